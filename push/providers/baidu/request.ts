import type { BaiduContent } from '../../messages/content';
import type { Outcome } from '../../model';
import type { TransportRequest } from '../../transport/types';
import { invalidAddress } from '../localOutcome';
import type { BaiduApp } from './credential';
import { baiduSign } from './sign';

/** Baidu answers only clients that introduce themselves the way its own SDKs do. */
const USER_AGENT = 'BCCS_SDK/3.0 (Linux; 5.10; x86_64) NodeJS/24 (Baidu Push SDK for NodeJS v3.0.0) n8n';

const HEADERS: Readonly<Record<string, string>> = Object.freeze({
	'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
	'user-agent': USER_AGENT,
});

/** @returns the refusal of an address that cannot be a channel id (10 to 25 digits); undefined for all others */
export function refuseBaiduAddress(address: string): Outcome | undefined {
	if (/^\d{10,25}$/.test(address)) return undefined;
	return invalidAddress(
		address === ''
			? 'The channel id is empty. Give the channel id the app got from Baidu.'
			: 'This is not a channel id of Baidu, which has 10 to 25 digits. Give it exactly as the app got it from Baidu.',
	);
}

/** The fields of `push/single_device`, without the common ones. */
export function singleDeviceFields(content: BaiduContent, channelId: string): Array<readonly [string, string]> {
	const fields: Array<readonly [string, string]> = [
		['channel_id', channelId],
		['msg_type', String(content.messageType)],
		['msg', content.message],
	];
	if (content.expiresSeconds !== undefined) fields.push(['msg_expires', String(content.expiresSeconds)]);
	if (content.deviceType !== undefined) fields.push(['device_type', String(content.deviceType)]);
	if (content.deployStatus !== undefined) fields.push(['deploy_status', String(content.deployStatus)]);
	if (content.topicId !== undefined) fields.push(['topic_id', content.topicId]);
	return fields;
}

export interface BaiduCall {
	readonly app: BaiduApp;
	/** `push/single_device` */
	readonly method: string;
	readonly fields: ReadonlyArray<readonly [string, string]>;
	/** Epoch ms; a signature is good for ten minutes from it. */
	readonly nowMs: number;
	readonly timeoutMs: number;
}

/** A signed call (Baidu Cloud Push REST 3.0: common parameters). */
export function baiduRequest({ app, method, fields, nowMs, timeoutMs }: BaiduCall): TransportRequest {
	const path = `/rest/3.0/${method}`;
	const signed = new Map(fields);
	signed.set('apikey', app.apiKey).set('timestamp', String(Math.floor(nowMs / 1000)));
	const sign = baiduSign('POST', `${app.origin}${path}`, signed, app.secretKey);
	const form = new URLSearchParams([...signed]);
	form.set('sign', sign);
	return { method: 'POST', path, headers: HEADERS, body: form.toString(), timeoutMs };
}
