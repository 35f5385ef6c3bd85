import type { ChannelType } from '../../model';
import type { TreeObject } from '../json';
import { apnsPlan } from '../native/apns';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import type { MergedMessage } from './precedence';
import type { APNSMessage } from './types';
import { commonFields, DIRECT, nativeTap, priorityOf, pushTypeOf, tapTarget, timeToLive } from './words';
import type { MessageStyle, RequestContext } from './words';

/** An alert as iOS shows it, with AWS's `data` beside `aps`. */
export function awsApnsPlan(
	message: MergedMessage,
	own: APNSMessage,
	context: RequestContext,
	options: { channelType: ChannelType; style: MessageStyle; warn: Warn },
): ChannelPlan {
	const data = dataForApple(message, own, context);
	const additions: Partial<Fields> =
		options.style === 'native' ? { ...nativeTap(message), data: { ...message.Data, data } } : { data: { data } };
	return apnsPlan({ ...apnsFields(message, own), ...additions }, options.channelType, options.warn);
}

export function apnsFields(message: MergedMessage, own: APNSMessage): Fields {
	const pushType = pushTypeOf(own.APNSPushType);
	return {
		...commonFields(message),
		sound: own.Sound || undefined,
		badge: own.Badge,
		category: own.Category || undefined,
		threadId: own.ThreadId || undefined,
		collapseId: own.CollapseId || undefined,
		priority: priorityOf(own.Priority),
		timeToLiveSeconds: timeToLive(own.TimeToLive),
		apns: {
			...(pushType === undefined ? {} : { pushType }),
			// Only a service extension can load the picture or film.
			...(own.MediaUrl ? { mutableContent: true } : {}),
		},
	};
}

/**
 * What the readers in AWS's iOS libraries look for: the tap's target in `pinpoint.deeplink` (there is no reader for
 * a URL), the picture in `media-url`. Where `jsonBody` belongs, AWS's texts and its messages disagree: it goes to
 * both places.
 */
export function dataForApple(message: MergedMessage, own: APNSMessage, context: RequestContext): TreeObject {
	return {
		'media-url': own.MediaUrl || undefined,
		pinpoint: {
			...context,
			deeplink: tapTarget(message),
			campaign: { campaign_id: DIRECT },
			jsonBody: message.Data,
		},
		jsonBody: message.Data,
	};
}
