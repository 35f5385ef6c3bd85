import type { ChannelType } from '../../model';
import { Embedded } from '../json';
import type { TreeObject } from '../json';
import { admPlan, admPlanOf, expiresAfter } from '../native/adm';
import { baiduPlan } from '../native/baidu';
import { orAbsent, stringValues } from '../native/data';
import { fcmPlan, fcmPlanOf } from '../native/fcm';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import { noContent } from '../refusal';
import { checkTimeToLive } from '../size';
import type { MergedMessage } from './precedence';
import type { ADMMessage, BaiduMessage, GCMMessage } from './types';
import { commonFields, DIRECT, expiry, nativeTap, priorityOf, tapTarget, timeToLive } from './words';
import type { MessageStyle, RequestContext } from './words';

type AndroidMessage = GCMMessage | BaiduMessage | ADMMessage;

export interface AndroidOptions {
	readonly context: RequestContext;
	readonly style: MessageStyle;
	readonly warn: Warn;
}

export function awsGcmPlan(message: MergedMessage, own: GCMMessage, options: AndroidOptions): ChannelPlan {
	const data = dataForAndroid(message, own, options.context);
	const fields = gcmFields(message, own);
	if (options.style === 'native') return fcmPlan(asNative(fields, message, data), options.warn);
	checkContent(message, own, 'GCM');
	if (fields.timeToLiveSeconds !== undefined) checkTimeToLive(fields.timeToLiveSeconds, 'GCM');
	const android = {
		priority: fields.priority?.toUpperCase(),
		ttl: fields.timeToLiveSeconds === undefined ? undefined : `${fields.timeToLiveSeconds}s`,
		collapse_key: fields.collapseId,
		restricted_package_name: fields.fcm.restrictedPackageName,
	};
	return fcmPlanOf({ android: orAbsent(android), data: stringValues(data) }, { collapseId: fields.collapseId });
}

/** Baidu shows a notification by itself in either style. */
export function awsBaiduPlan(message: MergedMessage, own: BaiduMessage, options: AndroidOptions): ChannelPlan {
	const data = dataForAndroid(message, own, options.context);
	const fields = baiduFields(message, own);
	checkContent(message, own, 'BAIDU');
	if (options.style === 'native') return baiduPlan(asNative(fields, message, data), options.warn);
	return baiduPlan({ ...fields, data }, options.warn);
}

export function awsAdmPlan(message: MergedMessage, own: ADMMessage, options: AndroidOptions): ChannelPlan {
	const data = dataForAndroid(message, own, options.context);
	const fields = admFields(message, own);
	if (options.style === 'native') {
		// The caller cannot know the data it would be the checksum of.
		const adm = { ...fields.adm, md5: fields.checksum !== undefined };
		return admPlan({ ...asNative(fields, message, data), adm }, options.warn);
	}
	checkContent(message, own, 'ADM');
	const seconds = fields.timeToLiveSeconds;
	return admPlanOf({
		data: stringValues(data),
		consolidationKey: fields.collapseId,
		expiresAfter: seconds === undefined ? undefined : expiresAfter(seconds, options.warn),
		md5: fields.checksum,
	});
}

export function gcmFields(message: MergedMessage, own: GCMMessage): Fields {
	return {
		...androidFields(message, own),
		collapseId: own.CollapseKey || undefined,
		priority: priorityOf(own.Priority),
		timeToLiveSeconds: timeToLive(own.TimeToLive),
		fcm: {
			...(own.IconReference ? { icon: own.IconReference } : {}),
			...(own.RestrictedPackageName ? { restrictedPackageName: own.RestrictedPackageName } : {}),
		},
	};
}

export function baiduFields(message: MergedMessage, own: BaiduMessage): Fields {
	return { ...androidFields(message, own), timeToLiveSeconds: timeToLive(own.TimeToLive) };
}

export function admFields(message: MergedMessage, own: ADMMessage): Fields {
	return {
		...androidFields(message, own),
		collapseId: own.ConsolidationKey || undefined,
		timeToLiveSeconds: expiry(own.ExpiresAfter),
		checksum: own.MD5 || undefined,
		adm: own.IconReference ? { icon: own.IconReference } : {},
	};
}

function androidFields(message: MergedMessage, own: AndroidMessage): Fields {
	return { ...commonFields(message), imageUrl: own.ImageUrl || undefined, sound: own.Sound || undefined };
}

function asNative(fields: Fields, message: MergedMessage, data: TreeObject): Fields {
	return { ...fields, ...nativeTap(message), data: { ...message.Data, ...data } };
}

/** The flat keys AWS's Android libraries read; all values are strings. */
export function dataForAndroid(message: MergedMessage, own: AndroidMessage, context: RequestContext): TreeObject {
	return {
		'pinpoint.notification.title': message.Title,
		'pinpoint.notification.body': message.Body,
		'pinpoint.notification.silentPush': message.SilentPush ? '1' : '0',
		...actionKey(message),
		'pinpoint.notification.imageUrl': own.ImageUrl || undefined,
		'pinpoint.notification.imageIconUrl': own.ImageIconUrl || undefined,
		'pinpoint.notification.imageSmallIconUrl': own.SmallImageIconUrl || undefined,
		'pinpoint.notification.icon': own.IconReference || undefined,
		'pinpoint.notification.sound': own.Sound || undefined,
		'pinpoint.jsonBody': message.Data === undefined ? undefined : new Embedded(message.Data),
		'pinpoint.campaign.campaign_id': DIRECT,
		...(Object.keys(context).length === 0 ? {} : { data: new Embedded({ pinpoint: context }) }),
	};
}

/** Exactly one of the three. */
function actionKey(message: MergedMessage): TreeObject {
	const target = tapTarget(message);
	if (target === undefined) return { 'pinpoint.openApp': 'true' };
	return message.Action === 'URL' ? { 'pinpoint.url': target } : { 'pinpoint.deeplink': target };
}

function checkContent(message: MergedMessage, own: AndroidMessage, channelType: ChannelType): void {
	if (
		message.SilentPush ||
		[message.Title, message.Body, message.Data, own.ImageUrl].some((part) => part !== undefined)
	)
		return;
	noContent(channelType, 'Give the request a message for it, or a DefaultPushNotificationMessage.');
}
