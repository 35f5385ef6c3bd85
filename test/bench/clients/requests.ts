import { STATIC_MESSAGE } from '../message';
import type { Task } from './types';

/** As long as a real one (ES256, or Google's access token). */
const BEARER = `bearer ${'e'.repeat(190)}`;

/** Where a push to an address goes. */
export function pathFor(task: Task): (address: string) => string {
	if (task.shape === 'apns') return (address) => `/3/device/${address}`;
	const path = `/v1/projects/${projectOf(task)}/messages:send`;
	return () => path;
}

/** The headers of every push, as bare clients send them. */
export function headersFor(task: Task): Record<string, string> {
	if (task.shape === 'fcm') return { authorization: BEARER, 'content-type': 'application/json; charset=UTF-8' };
	return {
		authorization: BEARER,
		'apns-topic': task.apnsKey.bundleId,
		'apns-push-type': 'alert',
		'apns-priority': '10',
		'apns-collapse-id': STATIC_MESSAGE.collapseId,
		'apns-expiration': String(expirationOf()),
	};
}

/** The body of a push to an address. */
export function bodyFor(task: Task): (address: string) => string {
	if (task.shape === 'apns') return () => task.apnsPayload;
	const rest = task.fcmMessage.slice(1);
	return (address) => `{"message":{"token":"${address}",${rest}}`;
}

export function projectOf({ serviceAccountJson }: Task): string {
	const account: unknown = JSON.parse(serviceAccountJson);
	if (typeof account !== 'object' || account === null || !('project_id' in account)) return '';
	return String(account.project_id);
}

/** Epoch seconds up to which Apple keeps the message. */
export function expirationOf(): number {
	return Math.floor(Date.now() / 1000) + STATIC_MESSAGE.timeToLiveSeconds;
}
