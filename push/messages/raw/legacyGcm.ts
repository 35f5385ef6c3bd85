import { isTreeObject } from '../json';
import type { Tree, TreeObject } from '../json';
import { checkFcmKeys, orAbsent, stringValues } from '../native/data';
import { apnsExpiration } from '../native/fcm';
import type { Warn } from '../native/fields';
import { legacyNotification } from './legacyNotification';
import { flagAt, objectAt, priorityOf, secondsOf, textAt } from './legacyValues';

/**
 * `everywhere`: what the old format meant for iPhones and browsers is carried over too. `android`: only what is
 * iOS' own is, and Android's fields stay Android's, which is what a Pinpoint request gets.
 */
export type LegacyScope = 'everywhere' | 'android';

const KNOWN: ReadonlySet<string> = new Set([
	'to',
	'registration_ids',
	'condition',
	'notification_key',
	'collapse_key',
	'priority',
	'content_available',
	'mutable_content',
	'time_to_live',
	'restricted_package_name',
	'dry_run',
	'delay_while_idle',
	'data',
	'notification',
	'fcm_options',
	'android',
	'apns',
	'webpush',
	'android_v2',
	'token',
	'fid',
	'topic',
	'name',
]);

/**
 * Google: Migrate from legacy FCM APIs to HTTP v1, key by key. Members a v1 message has too (`android`, `apns`, ...)
 * win over what is translated into them.
 * @throws {Refused} naming the member that the old format did not have like this
 */
export function legacyMessage(legacy: TreeObject, warn: Warn, scope: LegacyScope): TreeObject {
	const unknown = Object.keys(legacy).filter((key) => !KNOWN.has(key));
	if (unknown.length > 0)
		warn(`The raw payload for Google has members FCM does not know: ${unknown.join(', ')}. Left out.`);
	const data = objectAt(legacy, 'data');
	checkFcmKeys(data);
	const shown = legacyNotification(objectAt(legacy, 'notification'), warn);
	const wide = scope === 'everywhere';
	return {
		data: orAbsent(stringValues(data)),
		notification: orAbsent(shown.common),
		android: merged(androidOf(legacy, shown.android), objectAt(legacy, 'android')),
		apns: merged(apnsOf(legacy, wide ? { ...shown.ios, ...shown.shared } : shown.ios, wide), objectAt(legacy, 'apns')),
		webpush: merged(wide ? webpushOf(legacy, shown.web) : {}, objectAt(legacy, 'webpush')),
		android_v2: legacy.android_v2,
		fcm_options: legacy.fcm_options,
	};
}

function androidOf(legacy: TreeObject, notification: TreeObject): TreeObject {
	const priority = priorityOf(legacy);
	const seconds = secondsOf(legacy);
	return {
		collapse_key: textAt(legacy, 'collapse_key'),
		priority: priority?.toUpperCase(),
		ttl: seconds === undefined ? undefined : `${seconds}s`,
		restricted_package_name: textAt(legacy, 'restricted_package_name'),
		notification: orAbsent(notification),
	};
}

function apnsOf(legacy: TreeObject, aps: TreeObject, wide: boolean): TreeObject {
	const priority = priorityOf(legacy);
	const seconds = secondsOf(legacy);
	const headers = {
		'apns-priority': priority === undefined ? undefined : priority === 'high' ? '10' : '5',
		'apns-collapse-id': wide ? textAt(legacy, 'collapse_key') : undefined,
		'apns-expiration': wide && seconds !== undefined ? apnsExpiration(seconds) : undefined,
	};
	const all = orAbsent({
		...aps,
		'content-available': flagAt(legacy, 'content_available') ? 1 : undefined,
		'mutable-content': flagAt(legacy, 'mutable_content') ? 1 : undefined,
	});
	return { headers: orAbsent(headers), payload: all && { aps: all } };
}

function webpushOf(legacy: TreeObject, web: TreeObject): TreeObject {
	const key = textAt(legacy, 'collapse_key');
	const seconds = secondsOf(legacy);
	const headers = {
		TTL: seconds === undefined ? undefined : String(seconds),
		Urgency: priorityOf(legacy),
		// RFC 8030: a topic is at most 32 characters of the URL-safe base64 alphabet.
		Topic: key !== undefined && /^[\w-]{1,32}$/.test(key) ? key : undefined,
	};
	return { headers: orAbsent(headers), ...web };
}

/** Deep: the second wins where both have a value. */
function merged(translated: TreeObject, own: TreeObject): TreeObject | undefined {
	const all: Record<string, Tree | undefined> = { ...translated };
	for (const [key, value] of Object.entries(own)) {
		const known = all[key];
		all[key] = isTreeObject(known) && isTreeObject(value) ? merged(known, value) : value;
	}
	return orAbsent(all);
}
