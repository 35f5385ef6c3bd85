import type { AdmExtras, ApnsExtras, BaiduExtras, FcmExtras } from '../../../push/messages/notification';
import { choiceOf, flagOf, numberOf, section, textOf, textsOf, type Values } from '../../shared/parameters';

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
export function apnsExtras(parameters: Values): ApnsExtras | undefined {
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
	});
}

/** The collection "Google Options"; undefined when nothing in it is set. */
export function fcmExtras(parameters: Values): FcmExtras | undefined {
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
		md5: flagOf(values, 'md5'),
		dataOnly: flagOf(values, 'dataOnly'),
	});
}

function unlessEmpty<Extras extends object>(extras: Extras): Extras | undefined {
	return Object.values(extras).some((value) => value !== undefined) ? extras : undefined;
}
