import { CHANNELS } from '../../model';
import type { ChannelType } from '../../model';
import type { ApnsContent, ApnsPushType } from '../content';
import { compileJson, isTreeObject } from '../json';
import type { JsonTemplate, TreeObject } from '../json';
import type { ApnsExtras } from '../notification';
import type { ChannelPlan } from '../plan';
import { noContent, refuse } from '../refusal';
import { isEmpty, orAbsent, withKey, withTapTarget } from './data';
import { liveActivityAps } from './liveActivity';
import type { Fields, Warn } from './fields';

/** Push types whose payload is the app's or the system's own affair; no alert is asked of them. */
const NEEDS_NO_ALERT: ReadonlySet<ApnsPushType> = new Set<ApnsPushType>([
	'background',
	'voip',
	'complication',
	'fileprovider',
	'mdm',
	'location',
	'pushtotalk',
	'widgets',
	'controls',
]);

/** Push types whose payload holds no `aps` unless it says something; the others have one, be it empty. */
const APS_ONLY_IF_USED: ReadonlySet<ApnsPushType> = new Set<ApnsPushType>(['fileprovider', 'mdm']);

/**
 * Apple: Generating a remote notification. Custom data stands beside `aps`, the tap's target as top-level `deeplink`
 * or `url`. A picture goes as `data["media-url"]` with `mutable-content`: the app's service extension loads it, and
 * the one of AWS's Amplify looks exactly there.
 */
export function apnsPlan(fields: Fields, channelType: ChannelType, warn: Warn): ChannelPlan {
	checkKeys(fields.data);
	const pushType = pushTypeOf(fields, channelType);
	const aps = apsFor(pushType, fields, warn);
	if (isEmpty(aps) && !NEEDS_NO_ALERT.has(pushType)) {
		noContent(channelType, 'Give it a title or a body, or make it a silent push.');
	}
	const payload = {
		...(isEmpty(aps) && APS_ONLY_IF_USED.has(pushType) ? {} : { aps }),
		...(pushType === 'background' ? fields.data : customKeys(fields, warn)),
	};
	return apnsPlanOf(compileJson(payload), { ...headersOf(fields), pushType }, channelType, warn);
}

function apsFor(pushType: ApnsPushType, fields: Fields, warn: Warn): TreeObject {
	if (pushType === 'background') return backgroundAps(fields, warn);
	return pushType === 'liveactivity' ? liveActivityAps(fields) : apsOf(fields, pushType);
}

/** What the headers are made of, raw content or not. */
export interface ApnsHeaders {
	readonly pushType: ApnsPushType;
	readonly topic?: string;
	readonly priority?: 1 | 5 | 10;
	readonly timeToLiveSeconds?: number;
	readonly collapseId?: string;
}

export function headersOf(fields: Fields): Omit<ApnsHeaders, 'pushType'> {
	const asked = fields.priority === undefined ? undefined : fields.priority === 'high' ? 10 : 5;
	return {
		topic: fields.apns.topic,
		priority: fields.apns.priority ?? asked,
		timeToLiveSeconds: fields.timeToLiveSeconds,
		collapseId: fields.collapseId,
	};
}

/** What Apple takes an absent priority for, said aloud; for the other types Apple states none. */
const DEFAULT_PRIORITY: Readonly<Partial<Record<ApnsPushType, 10>>> = {
	alert: 10,
	voip: 10,
	pushtotalk: 10,
};

/** Payload and headers together. Apple: background pushes must use priority 5; VoIP pushes may be 5,120 bytes long. */
export function apnsPlanOf(
	json: JsonTemplate,
	headers: ApnsHeaders,
	channelType: ChannelType,
	warn: Warn,
): ChannelPlan {
	const { pushType, topic } = headers;
	// Apple: a push to talk is of use at once or not at all.
	const timeToLiveSeconds = headers.timeToLiveSeconds ?? (pushType === 'pushtotalk' ? 0 : undefined);
	if (pushType === 'background' && (headers.priority ?? 5) > 5) {
		warn('Priority 10 was changed to 5: Apple takes background pushes at priority 5 only.');
	}
	const priority = pushType === 'background' ? 5 : (headers.priority ?? DEFAULT_PRIORITY[pushType]);
	const settingsWith = (collapseId: string | undefined): ApnsContent => ({
		provider: 'apns',
		pushType,
		...(topic === undefined ? {} : { topic }),
		...(priority === undefined ? {} : { priority }),
		...(timeToLiveSeconds === undefined ? {} : { timeToLiveSeconds }),
		...(collapseId === undefined ? {} : { collapseId }),
		payload: '',
		bytes: 0,
		collapsible: collapseId !== undefined,
	});
	// Of most messages the same for everybody; a copy costs less than putting it together.
	let settings = settingsWith(headers.collapseId);
	return {
		json,
		limit: pushType === 'voip' ? CHANNELS.APNS_VOIP.payloadLimit : CHANNELS[channelType].payloadLimit,
		collapseId: headers.collapseId,
		finish({ text, bytes }, collapseId): ApnsContent {
			if (collapseId !== settings.collapseId) settings = settingsWith(collapseId);
			return { ...settings, payload: text, bytes };
		},
	};
}

function checkKeys(data: TreeObject): void {
	if (!Object.hasOwn(data, 'aps')) return;
	refuse(
		'ReservedDataKey',
		'Apple keeps the data key "aps" for the notification itself. Rename it, or give a raw payload for Apple.',
	);
}

function pushTypeOf(fields: Fields, channelType: ChannelType): ApnsPushType {
	if (CHANNELS[channelType].voip) return 'voip';
	if (fields.apns.pushType) return fields.apns.pushType;
	if (fields.apns.liveActivityEvent) return 'liveactivity';
	if (fields.silent) return 'background';
	const shown = isEmpty({ ...apsOf(fields, 'alert'), 'content-available': undefined });
	return fields.apns.contentAvailable && shown ? 'background' : 'alert';
}

function backgroundAps(fields: Fields, warn: Warn): TreeObject {
	if (!fields.silent && (fields.title ?? fields.body ?? fields.sound ?? fields.badge) !== undefined) {
		warn('A background push shows nothing on Apple devices: title, body, sound and badge are left out there.');
	}
	return { 'content-available': 1 };
}

/** Apple: payload key reference. */
export function apsOf(fields: Fields, pushType: ApnsPushType): TreeObject {
	const { apns, badge, threadId, category } = fields;
	const contentChanged = pushType === 'widgets' || pushType === 'controls' ? true : undefined;
	if (fields.silent) return { 'content-available': 1, 'content-changed': contentChanged };
	return {
		alert: orAbsent(alertOf(fields)),
		badge,
		sound: soundOf(fields),
		'thread-id': threadId,
		category,
		'content-available': apns.contentAvailable ? 1 : undefined,
		'mutable-content': (apns.mutableContent ?? fields.imageUrl !== undefined) ? 1 : undefined,
		'target-content-id': apns.targetContentId,
		'interruption-level': apns.interruptionLevel,
		'relevance-score': apns.relevanceScore,
		'filter-criteria': apns.filterCriteria,
		'content-changed': contentChanged,
		'url-args': urlArgs(apns),
	};
}

function alertOf({ title, subtitle, body, apns }: Fields): TreeObject {
	return {
		title,
		subtitle,
		body,
		'title-loc-key': apns.titleLocKey,
		'title-loc-args': apns.titleLocKey ? apns.titleLocArgs : undefined,
		'subtitle-loc-key': apns.subtitleLocKey,
		'subtitle-loc-args': apns.subtitleLocKey ? apns.subtitleLocArgs : undefined,
		'loc-key': apns.locKey,
		'loc-args': apns.locKey ? apns.locArgs : undefined,
		'launch-image': apns.launchImage,
	};
}

function soundOf({ sound, apns }: Fields): TreeObject | string | undefined {
	if (apns.criticalVolume === undefined) return sound;
	return { critical: 1, name: sound ?? 'default', volume: apns.criticalVolume };
}

/** Safari demands the key, be it empty; its topics start with `web.`. */
function urlArgs({ urlArgs: values, topic }: ApnsExtras): readonly string[] | undefined {
	return values ?? (topic?.startsWith('web.') ? [] : undefined);
}

function customKeys(fields: Fields, warn: Warn): TreeObject {
	const data = withTapTarget(fields.data, fields, warn);
	if (fields.imageUrl === undefined || fields.silent) return data;
	const inner = data.data ?? {};
	if (isTreeObject(inner)) return { ...data, data: withKey(inner, 'media-url', fields.imageUrl, warn) };
	warn('The data has its own key "data" that is no object: the picture has no place in it and is left out for Apple.');
	return data;
}
