import { CHANNELS, readMoment } from '../../model';
import type { FcmContent } from '../content';
import { compileJson, isTreeObject, Slot } from '../json';
import type { TreeObject } from '../json';
import type { FcmExtras } from '../notification';
import type { ChannelPlan } from '../plan';
import { noContent, refuse } from '../refusal';
import { checkTimeToLive } from '../size';
import { mayHavePlaceholders } from '../substitution';
import { checkFcmKeys, isEmpty, orAbsent, stringValues, withKey, withTapTarget } from './data';
import type { Fields, Warn } from './fields';
import { withOverride } from './override';

/**
 * FCM: Message. Shown by the system of an Android device and, through `apns`, of an iPhone; `data` is the app's.
 * The token of an iPhone looks like any other: `apns` is given wherever a field needs it there.
 */
export function fcmPlan(fields: Fields, warn: Warn): ChannelPlan {
	checkExtras(fields);
	const data = dataOf(fields, warn);
	checkFcmKeys(data);
	const quiet = isDataOnly(fields);
	if (quiet && !fields.silent && isEmpty(data))
		noContent('GCM', 'Give it a title, a body or data, or make it a silent push.');
	return fcmPlanOf(
		{
			data: orAbsent(stringValues(data)),
			notification: quiet ? undefined : orAbsent({ title: fields.title, body: fields.body, image: fields.imageUrl }),
			android: orAbsent(withOverride(androidOf(fields, quiet), fields.fcm.androidOverride, 'Android override')),
			webpush: fields.fcm.webpush === undefined ? undefined : withOverride({}, fields.fcm.webpush, 'web push part'),
			apns: orAbsent(withOverride(apnsOf(fields, quiet), fields.fcm.apnsOverride, 'Apple override')),
			fcm_options: orAbsent({ analytics_label: fields.fcm.analyticsLabel }),
		},
		{ collapseId: fields.collapseId },
	);
}

/** What FCM's size limit counts. */
const COUNTED: ReadonlySet<string> = new Set(['data', 'notification']);

/**
 * FCM counts the keys and values of `data` and `notification`; counted here are the UTF-8 bytes of their JSON, which
 * is a little more. What stands in `android`, `apns` and `webpush` is left to Google's own count.
 */
export function fcmPlanOf(message: TreeObject, { validateOnly = false, collapseId }: FcmPlanOptions): ChannelPlan {
	const { android } = message;
	const collapsible =
		isTreeObject(android) && [android.collapse_key, android.collapseKey].some((key) => key !== undefined);
	return {
		json: compileJson(message, COUNTED),
		limit: CHANNELS.GCM.payloadLimit,
		...(collapseId === undefined ? {} : { collapseId }),
		finish: ({ text, bytes }): FcmContent => ({ provider: 'fcm', message: text, validateOnly, bytes, collapsible }),
	};
}

export interface FcmPlanOptions {
	readonly validateOnly?: boolean;
	/** To be checked once it is filled; the key of a raw message is Google's to judge. */
	readonly collapseId?: string;
}

/** iPhones keep to their own header: a moment, not a duration. */
export function apnsExpiration(seconds: number): string | Slot {
	if (seconds === 0) return '0';
	return new Slot((filling) => String(Math.floor(filling.now / 1000) + seconds), 'second');
}

function isDataOnly({ title, subtitle, body, imageUrl, silent, fcm }: Fields): boolean {
	if (silent || fcm.dataOnly) return true;
	return [title, subtitle, body, imageUrl, fcm.titleLocKey, fcm.bodyLocKey].every((shown) => shown === undefined);
}

/** Data-only messages carry the texts as data, for the app to show them. */
function dataOf(fields: Fields, warn: Warn): TreeObject {
	if (fields.silent) return fields.data;
	const data = withTapTarget(fields.data, fields, warn);
	if (!fields.fcm.dataOnly) return data;
	const { title, subtitle, body, imageUrl, sound, badge, category, threadId } = fields;
	return Object.entries({ title, subtitle, body, imageUrl, sound, badge, category, threadId }).reduce(
		(all, [key, value]) => withKey(all, key, value, warn),
		data,
	);
}

function androidOf(fields: Fields, quiet: boolean): TreeObject {
	const { priority, silent, timeToLiveSeconds, fcm } = fields;
	return {
		collapse_key: fields.collapseId,
		priority: (priority ?? (silent ? 'normal' : undefined))?.toUpperCase(),
		ttl: timeToLiveSeconds === undefined ? undefined : `${timeToLiveSeconds}s`,
		restricted_package_name: fcm.restrictedPackageName,
		direct_boot_ok: fcm.directBootOk,
		bandwidth_constrained_ok: fcm.bandwidthConstrainedOk,
		restricted_satellite_ok: fcm.restrictedSatelliteOk,
		notification: quiet ? undefined : orAbsent(androidNotification(fields)),
	};
}

/** FCM: AndroidNotification. */
function androidNotification({ sound, badge, fcm }: Fields): TreeObject {
	return {
		icon: fcm.icon,
		color: fcm.color,
		sound,
		tag: fcm.tag,
		click_action: fcm.clickAction,
		body_loc_key: fcm.bodyLocKey,
		body_loc_args: fcm.bodyLocKey ? fcm.bodyLocArgs : undefined,
		title_loc_key: fcm.titleLocKey,
		title_loc_args: fcm.titleLocKey ? fcm.titleLocArgs : undefined,
		channel_id: fcm.androidChannelId,
		ticker: fcm.ticker,
		sticky: fcm.sticky,
		visibility: fcm.visibility,
		notification_priority: fcm.notificationPriority,
		notification_count: badge,
		event_time: inUtc(fcm.eventTime),
		local_only: fcm.localOnly,
		default_sound: fcm.defaultSound,
		default_vibrate_timings: fcm.defaultVibrateTimings,
		vibrate_timings: fcm.vibrateTimings?.map((seconds) => `${seconds}s`),
		default_light_settings: fcm.defaultLightSettings,
		light_settings: lightSettings(fcm),
		proxy: fcm.proxy,
	};
}

/** FCM: Timestamp, which has no time without an offset. With a `{{name}}` in it as it is: Google judges what comes of it. */
function inUtc(moment: string | undefined): string | undefined {
	if (moment === undefined || mayHavePlaceholders(moment)) return moment;
	const at = readMoment(moment);
	return at === undefined ? undefined : new Date(at).toISOString();
}

/** FCM: LightSettings; a colour's parts from 0 to 1. */
function lightSettings({ lightColor, lightOnSeconds = 1, lightOffSeconds = 1 }: FcmExtras): TreeObject | undefined {
	if (lightColor === undefined) return undefined;
	const part = (at: number) => Number((Number.parseInt(lightColor.slice(at, at + 2) || 'ff', 16) / 255).toFixed(4));
	return {
		color: { red: part(1), green: part(3), blue: part(5), alpha: part(7) },
		light_on_duration: `${lightOnSeconds}s`,
		light_off_duration: `${lightOffSeconds}s`,
	};
}

function apnsOf(fields: Fields, quiet: boolean): TreeObject {
	const made = quiet ? quietApns(fields) : shownApns(fields);
	const { liveActivityAddress } = fields.fcm;
	return liveActivityAddress === undefined ? made : { ...made, live_activity_token: liveActivityAddress };
}

/** Wakes an app on an iPhone and shows nothing: priority 5 is the only one Apple takes for it. */
function quietApns(fields: Fields): TreeObject {
	return {
		headers: { ...apnsHeaders(fields), 'apns-push-type': 'background', 'apns-priority': '5' },
		payload: { aps: { 'content-available': 1 } },
	};
}

function shownApns(fields: Fields): TreeObject {
	const { title, subtitle, body, imageUrl, sound, badge, category, threadId, fcm } = fields;
	const localised = {
		'title-loc-key': fcm.titleLocKey,
		'title-loc-args': fcm.titleLocKey ? fcm.titleLocArgs : undefined,
		'loc-key': fcm.bodyLocKey,
		'loc-args': fcm.bodyLocKey ? fcm.bodyLocArgs : undefined,
	};
	const ownAlert = subtitle !== undefined || !isEmpty(localised);
	const aps: TreeObject = {
		alert: ownAlert ? { title, subtitle, body, ...localised } : undefined,
		badge,
		sound,
		'thread-id': threadId,
		category,
		// Only a service extension can load the picture.
		'mutable-content': imageUrl === undefined ? undefined : 1,
	};
	return { headers: orAbsent(apnsHeaders(fields)), payload: isEmpty(aps) ? undefined : { aps } };
}

/** High priority is what FCM asks of Apple anyway. */
function apnsHeaders({ collapseId, priority, timeToLiveSeconds }: Fields): TreeObject {
	return {
		'apns-collapse-id': collapseId,
		'apns-expiration': timeToLiveSeconds === undefined ? undefined : apnsExpiration(timeToLiveSeconds),
		'apns-priority': priority === 'normal' ? '5' : undefined,
	};
}

/** FCM: AndroidConfig, AndroidNotification.color, FcmOptions. */
function checkExtras({ timeToLiveSeconds, fcm }: Fields): void {
	if (timeToLiveSeconds !== undefined) checkTimeToLive(timeToLiveSeconds, 'GCM');
	if (fcm.color !== undefined && !/^#[0-9a-f]{6}$/i.test(fcm.color)) {
		refuse('InvalidField', 'The colour for Google is not of the form #rrggbb, for example #ff8800.');
	}
	if (fcm.lightColor !== undefined && !/^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i.test(fcm.lightColor)) {
		refuse('InvalidField', 'The colour of the light for Google is not of the form #rrggbb, for example #ff8800.');
	}
	if (fcm.eventTime !== undefined && inUtc(fcm.eventTime) === undefined) {
		refuse(
			'InvalidField',
			'The event time for Google is not a moment with its offset from UTC. Give it like 2026-12-31T18:00:00Z.',
		);
	}
	if (fcm.analyticsLabel !== undefined && !/^[\w.~%-]{1,50}$/.test(fcm.analyticsLabel)) {
		refuse(
			'InvalidField',
			'The analytics label has characters Google does not take: use up to 50 of a-z, A-Z, 0-9, - _ . ~ %.',
		);
	}
}
