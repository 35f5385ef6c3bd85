import { createHash } from 'node:crypto';
import type { WireRequest } from '../desk';
import { isObject, parseObject } from '../json';
import type { AdmReason } from './reasons';

const FIELDS: ReadonlySet<string> = new Set([
	'data',
	'notification',
	'consolidationKey',
	'expiresAfter',
	'priority',
	'md5',
]);
const DATA_LIMIT = 6144;
const LONGEST_LIFE = 2_678_400;

/** Headers Amazon insists on, to the letter. */
export function typeFault(request: WireRequest): AdmReason | undefined {
	const { headers } = request;
	const right =
		headers['x-amzn-type-version'] === 'com.amazon.device.messaging.ADMMessage@1.0' &&
		headers['x-amzn-accept-type'] === 'com.amazon.device.messaging.ADMSendResult@1.0' &&
		headers.accept === 'application/json' &&
		(headers['content-type'] ?? '').split(';')[0] === 'application/json';
	return right ? undefined : 'InvalidType';
}

/** Base64 of the MD5 over `k1:v1,k2:v2`, keys sorted by their UTF-8 bytes. */
export function admChecksum(data: Readonly<Record<string, string>>): string {
	const pairs = Object.entries(data).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
	return createHash('md5')
		.update(pairs.map(([key, value]) => `${key}:${value}`).join(','))
		.digest('base64');
}

/** Amazon: "Sending a message via ADM", rules of the body. */
export function bodyFault(text: string): AdmReason | undefined {
	const body = parseObject(text);
	if (!body || Object.keys(body).some((field) => !FIELDS.has(field))) return 'InvalidData';
	const { data, notification, priority } = body;
	if (data === undefined && notification === undefined) return 'InvalidData';
	if (data !== undefined && !isTextMap(data)) return 'InvalidData';
	if (notification !== undefined && !isObject(notification)) return 'InvalidData';
	if (priority !== undefined && priority !== 'high' && priority !== 'normal') return 'InvalidData';
	if (isTextMap(data) && sizeOf(data) > DATA_LIMIT) return 'MessageTooLarge';
	return optionFault(body, isTextMap(data) ? data : {});
}

function optionFault(body: Record<string, unknown>, data: Readonly<Record<string, string>>): AdmReason | undefined {
	const { consolidationKey, expiresAfter, md5 } = body;
	if (consolidationKey !== undefined) {
		if (typeof consolidationKey !== 'string' || consolidationKey.length > 64) return 'InvalidConsolidationKey';
	}
	if (expiresAfter !== undefined) {
		const whole = typeof expiresAfter === 'number' && Number.isInteger(expiresAfter);
		if (!whole || expiresAfter < 1 || expiresAfter > LONGEST_LIFE) return 'InvalidExpiration';
	}
	return md5 === undefined || md5 === admChecksum(data) ? undefined : 'InvalidChecksum';
}

function isTextMap(value: unknown): value is Record<string, string> {
	return isObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function sizeOf(data: Readonly<Record<string, string>>): number {
	return Object.entries(data).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}
