import type { MessageStyle } from '../../../push/messages';

/** RFC 7396: members take the place of those before, null takes them away. */
export type Patch = { readonly [key: string]: unknown };

export interface Golden {
	readonly json: Patch;
	readonly headers: Patch;
}

/** One ✓ of AWS's field matrix: what the message says, and what changes on the wire in each style. */
export interface Cell {
	readonly own: Patch;
	readonly aws?: Partial<Golden>;
	readonly native?: Partial<Golden>;
	/** The JSON is this and nothing else: raw content. */
	readonly whole?: Patch;
}

export type Column = 'APNS' | 'GCM' | 'BAIDU' | 'ADM';

export const MESSAGE: Readonly<Record<Column, string>> = {
	APNS: 'APNSMessage',
	GCM: 'GCMMessage',
	BAIDU: 'BaiduMessage',
	ADM: 'ADMMessage',
};

/** AWS: the members of all five parts, DefaultPushNotificationMessage among them. */
export const COMMON = ['Action', 'Body', 'Title', 'Url', 'Data', 'SilentPush', 'Substitutions'] as const;

const RAW = ['RawContent', 'Sound'] as const;
const PICTURES = ['ImageUrl', 'ImageIconUrl', 'SmallImageIconUrl', 'IconReference'] as const;

/** AWS: which member belongs to which message (Pinpoint API, SendMessages). */
export const MATRIX: Readonly<Record<Column, readonly string[]>> = {
	APNS: [
		...COMMON,
		...RAW,
		'MediaUrl',
		'Badge',
		'Category',
		'ThreadId',
		'CollapseId',
		'Priority',
		'TimeToLive',
		'APNSPushType',
		'PreferredAuthenticationMethod',
	],
	GCM: [
		...COMMON,
		...RAW,
		...PICTURES,
		'CollapseKey',
		'RestrictedPackageName',
		'Priority',
		'TimeToLive',
		'PreferredAuthenticationMethod',
	],
	BAIDU: [...COMMON, ...RAW, ...PICTURES, 'TimeToLive'],
	ADM: [...COMMON, ...RAW, ...PICTURES, 'ConsolidationKey', 'ExpiresAfter', 'MD5'],
};

/** What AWS's Android readers look for, of a message with a title and a body. */
const KEYS = {
	'pinpoint.notification.title': 'T',
	'pinpoint.notification.body': 'B',
	'pinpoint.notification.silentPush': '0',
	'pinpoint.openApp': 'true',
	'pinpoint.campaign.campaign_id': '_DIRECT',
};

const apns: Golden = {
	json: { aps: { alert: { title: 'T', body: 'B' } }, data: { pinpoint: { campaign: { campaign_id: '_DIRECT' } } } },
	headers: { provider: 'apns', pushType: 'alert', priority: 10, collapsible: false },
};

const fcm = { provider: 'fcm', validateOnly: false, collapsible: false };

const baidu: Golden = {
	json: { title: 'T', description: 'B', open_type: 2, custom_content: KEYS },
	headers: { provider: 'baidu', messageType: 1, collapsible: false },
};

const adm = { provider: 'adm', collapsible: false };

/** A title and a body, nothing else. */
export const BASE: Readonly<Record<Column, Readonly<Record<MessageStyle, Golden>>>> = {
	APNS: { aws: apns, native: apns },
	GCM: {
		aws: { json: { data: KEYS }, headers: fcm },
		native: { json: { notification: { title: 'T', body: 'B' }, data: KEYS }, headers: fcm },
	},
	BAIDU: { aws: baidu, native: baidu },
	ADM: {
		aws: { json: { data: KEYS }, headers: adm },
		native: { json: { notification: { title: 'T', body: 'B' }, data: KEYS }, headers: adm },
	},
};

export function patched(base: Patch, patch: Patch | undefined): Patch {
	const made = new Map<string, unknown>(Object.entries(base));
	for (const [key, value] of Object.entries(patch ?? {})) {
		if (value === null) made.delete(key);
		else if (isObject(value)) made.set(key, patched(asObject(made.get(key)), value));
		else made.set(key, value);
	}
	return Object.fromEntries(made);
}

function asObject(value: unknown): Patch {
	return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Patch {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
