import type { AdmExtras, ApnsExtras, BaiduExtras, FcmExtras } from '../../../push/messages/notification';
import { WorkflowMistake } from '../../shared/errors';
import type { LenientJson } from '../../shared/lenientJson';
import { choiceOf, flagOf, isRecord, numberOf, section, textOf, textsOf, type Values } from '../../shared/parameters';
import type { WorkflowTimes } from '../../shared/times';

/** Spelled out here rather than read from the engine, which is not loaded yet; the compiler compares them. */
const PUSH_TYPES = [
	'alert',
	'background',
	'voip',
	'complication',
	'fileprovider',
	'mdm',
	'location',
	'liveactivity',
	'pushtotalk',
	'widgets',
	'controls',
] as const;

const NOTIFICATION_PRIORITIES = [
	'PRIORITY_MIN',
	'PRIORITY_LOW',
	'PRIORITY_DEFAULT',
	'PRIORITY_HIGH',
	'PRIORITY_MAX',
] as const;

/** The collection "Apple Options"; undefined when nothing in it is set. */
export function apnsExtras(parameters: Values, json: LenientJson, times: WorkflowTimes): ApnsExtras | undefined {
	const values = section(parameters, 'apnsOptions');
	return unlessEmpty<ApnsExtras>({
		pushType: choiceOf(values, 'pushType', 'Push Type', PUSH_TYPES),
		topic: textOf(values, 'topic'),
		priority: choiceOf(values, 'priority', 'APNs Priority', [1, 5, 10]),
		interruptionLevel: choiceOf(values, 'interruptionLevel', 'Interruption Level', [
			'passive',
			'active',
			'time-sensitive',
			'critical',
		]),
		relevanceScore: numberOf(values, 'relevanceScore', 'Relevance Score'),
		mutableContent: flagOf(values, 'mutableContent'),
		contentAvailable: flagOf(values, 'contentAvailable'),
		targetContentId: textOf(values, 'targetContentId'),
		filterCriteria: textOf(values, 'filterCriteria'),
		launchImage: textOf(values, 'launchImage'),
		criticalVolume: numberOf(values, 'criticalVolume', 'Critical Volume'),
		titleLocKey: textOf(values, 'titleLocKey'),
		titleLocArgs: textsOf(values, 'titleLocArgs'),
		locKey: textOf(values, 'locKey'),
		locArgs: textsOf(values, 'locArgs'),
		urlArgs: textsOf(values, 'urlArgs'),
		subtitleLocKey: textOf(values, 'subtitleLocKey'),
		subtitleLocArgs: textsOf(values, 'subtitleLocArgs'),
		liveActivityEvent: choiceOf(values, 'liveActivityEvent', 'Live Activity Event', ['start', 'update', 'end']),
		contentState: objectOf(values, 'contentState', 'Live Activity Content State', json),
		attributesType: textOf(values, 'attributesType'),
		attributes: objectOf(values, 'attributes', 'Live Activity Attributes', json),
		staleDate: times.iso(values, 'staleDate', 'Live Activity Stale Date'),
		dismissalDate: times.iso(values, 'dismissalDate', 'Live Activity Dismissal Date'),
		inputPushAddress: flagOf(values, 'inputPushAddress'),
		inputPushChannel: textOf(values, 'inputPushChannel'),
	});
}

/** The collection "Google Options"; undefined when nothing in it is set. */
export function fcmExtras(parameters: Values, json: LenientJson, times: WorkflowTimes): FcmExtras | undefined {
	const values = section(parameters, 'fcmOptions');
	return unlessEmpty<FcmExtras>({
		androidChannelId: textOf(values, 'androidChannelId'),
		icon: textOf(values, 'icon'),
		color: textOf(values, 'color'),
		tag: textOf(values, 'tag'),
		clickAction: textOf(values, 'clickAction'),
		ticker: textOf(values, 'ticker'),
		sticky: flagOf(values, 'sticky'),
		visibility: choiceOf(values, 'visibility', 'Visibility', ['PRIVATE', 'PUBLIC', 'SECRET']),
		notificationPriority: choiceOf(values, 'notificationPriority', 'Notification Priority', NOTIFICATION_PRIORITIES),
		restrictedPackageName: textOf(values, 'restrictedPackageName'),
		analyticsLabel: textOf(values, 'analyticsLabel'),
		directBootOk: flagOf(values, 'directBootOk'),
		titleLocKey: textOf(values, 'titleLocKey'),
		titleLocArgs: textsOf(values, 'titleLocArgs'),
		bodyLocKey: textOf(values, 'bodyLocKey'),
		bodyLocArgs: textsOf(values, 'bodyLocArgs'),
		eventTime: times.iso(values, 'eventTime', 'Event Time'),
		localOnly: flagOf(values, 'localOnly'),
		defaultSound: flagOf(values, 'defaultSound'),
		defaultVibrateTimings: flagOf(values, 'defaultVibrateTimings'),
		vibrateTimings: secondsOf(values, 'vibrateTimings', 'Vibration'),
		defaultLightSettings: flagOf(values, 'defaultLightSettings'),
		lightColor: textOf(values, 'lightColor'),
		lightOnSeconds: numberOf(values, 'lightOnSeconds', 'Light On'),
		lightOffSeconds: numberOf(values, 'lightOffSeconds', 'Light Off'),
		proxy: choiceOf(values, 'proxy', 'Proxy', ['ALLOW', 'DENY', 'IF_PRIORITY_LOWERED']),
		bandwidthConstrainedOk: flagOf(values, 'bandwidthConstrainedOk'),
		restrictedSatelliteOk: flagOf(values, 'restrictedSatelliteOk'),
		liveActivityAddress: textOf(values, 'liveActivityAddress'),
		webpush: objectOf(values, 'webpush', 'Web Push', json),
		apnsOverride: objectOf(values, 'apnsOverride', 'Apple Override', json),
		androidOverride: objectOf(values, 'androidOverride', 'Android Override', json),
		dataOnly: flagOf(values, 'dataOnly'),
	});
}

/** The collection "Baidu Options"; undefined when nothing in it is set. */
export function baiduExtras(parameters: Values): BaiduExtras | undefined {
	const values = section(parameters, 'baiduOptions');
	return unlessEmpty<BaiduExtras>({
		messageType: choiceOf(values, 'messageType', 'Message Type', ['notification', 'transparent']),
		deviceType: choiceOf(values, 'deviceType', 'Device Type', ['android', 'ios']),
		deployStatus: choiceOf(values, 'deployStatus', 'Deploy Status', ['development', 'production']),
		notificationBuilderId: numberOf(values, 'notificationBuilderId', 'Notification Builder ID'),
		notificationBasicStyle: numberOf(values, 'notificationBasicStyle', 'Notification Style'),
		pkgContent: textOf(values, 'pkgContent'),
		topicId: textOf(values, 'topicId'),
	});
}

/** The collection "Amazon Options"; undefined when nothing in it is set. */
export function admExtras(parameters: Values): AdmExtras | undefined {
	const values = section(parameters, 'admOptions');
	return unlessEmpty<AdmExtras>({
		icon: textOf(values, 'icon'),
		color: textOf(values, 'color'),
		tag: textOf(values, 'tag'),
		clickAction: textOf(values, 'clickAction'),
		titleLocKey: textOf(values, 'titleLocKey'),
		titleLocArgs: textsOf(values, 'titleLocArgs'),
		bodyLocKey: textOf(values, 'bodyLocKey'),
		bodyLocArgs: textsOf(values, 'bodyLocArgs'),
		md5: flagOf(values, 'md5'),
		dataOnly: flagOf(values, 'dataOnly'),
	});
}

/** @throws {WorkflowMistake} when it is no JSON object; an empty one counts as none. */
function objectOf(
	values: Values,
	name: string,
	label: string,
	json: LenientJson,
): Readonly<Record<string, unknown>> | undefined {
	const value = json.read(values, name, label);
	if (value === undefined || (isRecord(value) && Object.keys(value).length === 0)) return undefined;
	if (isRecord(value)) return value;
	throw new WorkflowMistake(`${label} is not a JSON object.`, 'Write keys and values in braces, e.g. {"order": "42"}.');
}

/** Seconds with commas between them. @throws {WorkflowMistake} */
function secondsOf(values: Values, name: string, label: string): number[] | undefined {
	return textsOf(values, name)?.map((text) => {
		const seconds = Number(text);
		if (Number.isFinite(seconds) && seconds >= 0) return seconds;
		throw new WorkflowMistake(`${label} is not a list of seconds.`, 'Write it like 0, 0.2, 0.1, 0.2.');
	});
}

function unlessEmpty<Extras extends object>(extras: Extras): Extras | undefined {
	return Object.values(extras).some((value) => value !== undefined) ? extras : undefined;
}
