import { CHANNELS } from '../../model';
import type { BaiduContent } from '../content';
import { compileJson } from '../json';
import type { JsonTemplate, TreeObject } from '../json';
import type { ChannelPlan } from '../plan';
import { noContent } from '../refusal';
import { checkTimeToLive } from '../size';
import { isEmpty, orAbsent, withTapTarget } from './data';
import { leaveOut } from './fields';
import type { Fields, Warn } from './fields';

/**
 * Baidu Cloud Push: push/single_device, the field `msg`. A notification is shown by Baidu's service, a transparent
 * message is handed to the app: the same object without what only the display needs, and for a silent push the data alone.
 */
export function baiduPlan(fields: Fields, warn: Warn): ChannelPlan {
	const ios = fields.baidu.deviceType === 'ios';
	const transparent = !ios && isTransparent(fields);
	if (fields.silent && !ios) return baiduPlanOf(compileJson(fields.data), headersOf(fields, 0));
	leaveOut(warn, CHANNELS.BAIDU.label, leftOut(fields, ios));
	const message = ios ? iosMessage(fields, warn) : androidMessage(fields, transparent, warn);
	return baiduPlanOf(compileJson(message), headersOf(fields, transparent ? 0 : 1));
}

export interface BaiduHeaders {
	readonly messageType: 0 | 1;
	readonly expiresSeconds?: number;
	readonly deviceType?: 3 | 4;
	readonly deployStatus?: 1 | 2;
	readonly topicId?: string;
}

export function headersOf({ timeToLiveSeconds, baidu }: Fields, messageType: 0 | 1): BaiduHeaders {
	return {
		messageType,
		...(timeToLiveSeconds === undefined ? {} : { expiresSeconds: timeToLiveSeconds }),
		...(baidu.deviceType === undefined ? {} : { deviceType: baidu.deviceType === 'ios' ? 4 : 3 }),
		...(baidu.deployStatus === undefined ? {} : { deployStatus: baidu.deployStatus === 'development' ? 1 : 2 }),
		...(baidu.topicId === undefined ? {} : { topicId: baidu.topicId }),
	};
}

export function baiduPlanOf(json: JsonTemplate, headers: BaiduHeaders): ChannelPlan {
	if (headers.expiresSeconds !== undefined) checkTimeToLive(headers.expiresSeconds, 'BAIDU');
	return {
		json,
		limit: CHANNELS.BAIDU.payloadLimit,
		finish: ({ text, bytes }): BaiduContent => ({
			provider: 'baidu',
			...headers,
			message: text,
			bytes,
			collapsible: false,
		}),
	};
}

function isTransparent({ title, body, silent, baidu }: Fields): boolean {
	if (silent) return true;
	if (baidu.messageType) return baidu.messageType === 'transparent';
	return title === undefined && body === undefined;
}

/** `description` is the one field Baidu demands: a title alone becomes it. */
function androidMessage(fields: Fields, transparent: boolean, warn: Warn): TreeObject {
	const { title, body } = fields;
	const data = withTapTarget(fields.data, fields, warn);
	const texts = body === undefined ? { description: title } : { title, description: body };
	if (isEmpty(texts) && (isEmpty(data) || !transparent)) {
		noContent('BAIDU', 'Give it a title or a body, or make it a silent push.');
	}
	if (isEmpty(texts)) return data;
	const display = transparent ? {} : displayOf(fields);
	return { ...texts, ...display, custom_content: orAbsent(data) };
}

function displayOf({ action, url, baidu }: Fields): TreeObject {
	return {
		notification_builder_id: baidu.notificationBuilderId,
		notification_basic_style: baidu.notificationBasicStyle,
		// 1 opens a URL; 2 opens the app, or what the intent URI names. A plain deep link is such a URI.
		open_type: action === 'URL' ? 1 : 2,
		url: action === 'URL' ? url : undefined,
		pkg_content: action === 'URL' ? undefined : (baidu.pkgContent ?? (action === 'DEEP_LINK' ? url : undefined)),
	};
}

function iosMessage(fields: Fields, warn: Warn): TreeObject {
	const { title, body, subtitle, sound, badge, threadId, imageUrl, silent } = fields;
	const data = Object.fromEntries(Object.entries(fields.data).filter(([key]) => key !== 'aps'));
	if (Object.hasOwn(fields.data, 'aps'))
		warn('Apple keeps the data key "aps" for itself: it is left out for Baidu on iOS.');
	if (silent) return { aps: { 'content-available': 1 }, ...data };
	const aps: TreeObject = {
		alert: title === undefined && subtitle === undefined ? body : { title, subtitle, body },
		sound,
		badge,
		'thread-id': threadId,
		'mutable-content': imageUrl === undefined ? undefined : 1,
	};
	if (isEmpty(aps)) noContent('BAIDU', 'Give it a title or a body, or make it a silent push.');
	const custom = withTapTarget(data, fields, warn);
	return { aps, ...custom, ...(imageUrl === undefined ? {} : { 'media-url': imageUrl }) };
}

function leftOut(fields: Fields, ios: boolean): Record<string, unknown> {
	const { subtitle, imageUrl, sound, badge, category, threadId, collapseId, priority } = fields;
	const everywhere = { category, 'collapse id': collapseId, priority };
	// Android plays its default sound by itself: only another one would be missed.
	const missed = sound === 'default' ? undefined : sound;
	return ios ? everywhere : { subtitle, image: imageUrl, sound: missed, badge, thread: threadId, ...everywhere };
}
