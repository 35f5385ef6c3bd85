import { NotJson, parseTree } from '../json';
import type { Tree, TreeObject } from '../json';
import type { Warn } from '../native/fields';

/** One legacy `notification`, sorted by who shows it. */
export interface LegacyNotification {
	readonly common: TreeObject;
	readonly android: TreeObject;
	/** `aps` members that were iOS' alone. */
	readonly ios: TreeObject;
	/** `aps` members made of fields Android shows too. */
	readonly shared: TreeObject;
	readonly web: TreeObject;
}

/** Members that kept their names (FCM: AndroidNotification). */
const SAME_NAME = [
	'icon',
	'color',
	'sound',
	'tag',
	'click_action',
	'body_loc_key',
	'title_loc_key',
	'ticker',
	'event_time',
	'local_only',
	'default_sound',
	'default_vibrate_timings',
	'default_light_settings',
	'vibrate_timings',
	'light_settings',
	'sticky',
	'channel_id',
	'notification_priority',
] as const;

const TRANSLATED = [
	'title',
	'body',
	'image',
	'subtitle',
	'badge',
	'android_channel_id',
	'body_loc_args',
	'title_loc_args',
	'priority',
	'visibility',
	'notification_count',
] as const;

const KNOWN: ReadonlySet<string> = new Set([...SAME_NAME, ...TRANSLATED]);

export function legacyNotification(legacy: TreeObject, warn: Warn): LegacyNotification {
	const unknown = Object.keys(legacy).filter((key) => !KNOWN.has(key));
	if (unknown.length > 0)
		warn(`The raw notification for Google has members FCM does not know: ${unknown.join(', ')}. Left out.`);
	return {
		common: { title: legacy.title, body: legacy.body, image: legacy.image },
		android: androidOf(legacy),
		ios: iosOf(legacy),
		shared: sharedOf(legacy),
		web: webOf(legacy),
	};
}

function androidOf(legacy: TreeObject): TreeObject {
	return {
		...Object.fromEntries(SAME_NAME.map((name) => [name, legacy[name]])),
		channel_id: legacy.android_channel_id ?? legacy.channel_id,
		body_loc_args: listOf(legacy.body_loc_args),
		title_loc_args: listOf(legacy.title_loc_args),
		notification_priority: priorityOf(legacy.priority) ?? legacy.notification_priority,
		visibility: visibilityOf(legacy.visibility),
		notification_count: numberOf(legacy.notification_count),
	};
}

function iosOf(legacy: TreeObject): TreeObject {
	const { title, subtitle, body } = legacy;
	return {
		badge: numberOf(legacy.badge),
		// A subtitle needs an alert of its own, which takes the place of the common title and body.
		alert: subtitle === undefined ? undefined : { title, subtitle, body },
	};
}

function sharedOf(legacy: TreeObject): TreeObject {
	const { title, subtitle, body, body_loc_key: bodyKey, title_loc_key: titleKey } = legacy;
	const localised = bodyKey !== undefined || titleKey !== undefined;
	return {
		sound: legacy.sound,
		category: legacy.click_action,
		...(localised
			? {
					alert: {
						title,
						subtitle,
						body,
						'loc-key': bodyKey,
						'loc-args': listOf(legacy.body_loc_args),
						'title-loc-key': titleKey,
						'title-loc-args': listOf(legacy.title_loc_args),
					},
				}
			: {}),
	};
}

/** Only what a browser can open or load. */
function webOf({ icon, click_action: action }: TreeObject): TreeObject {
	const isWeb = (value: Tree | undefined) => typeof value === 'string' && value.startsWith('https://');
	return {
		notification: isWeb(icon) ? { icon } : undefined,
		fcm_options: isWeb(action) ? { link: action } : undefined,
	};
}

const PRIORITIES: Readonly<Record<string, string>> = {
	'-2': 'MIN',
	'-1': 'LOW',
	'0': 'DEFAULT',
	'1': 'HIGH',
	'2': 'MAX',
	min: 'MIN',
	low: 'LOW',
	default: 'DEFAULT',
	normal: 'DEFAULT',
	high: 'HIGH',
	max: 'MAX',
};

function priorityOf(value: Tree | undefined): string | undefined {
	const word = wordOf(value);
	if (word === undefined) return undefined;
	const known = PRIORITIES[word.replace(/^priority_/, '')];
	return known === undefined ? word.toUpperCase() : `PRIORITY_${known}`;
}

const VISIBILITIES: Readonly<Record<string, string>> = { '-1': 'SECRET', '0': 'PRIVATE', '1': 'PUBLIC' };

function visibilityOf(value: Tree | undefined): string | undefined {
	const word = wordOf(value);
	return word === undefined ? undefined : (VISIBILITIES[word] ?? word.toUpperCase());
}

function wordOf(value: Tree | undefined): string | undefined {
	return typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : undefined;
}

function numberOf(value: Tree | undefined): Tree | undefined {
	return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

/** The old format has lists as JSON texts; v1 wants them as lists. */
function listOf(value: Tree | undefined): Tree | undefined {
	if (typeof value !== 'string') return value;
	try {
		const parsed = parseTree(value);
		return Array.isArray(parsed) ? parsed : [value];
	} catch (error) {
		if (error instanceof NotJson) return [value];
		throw error;
	}
}
