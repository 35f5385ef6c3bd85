import { APNS_PUSH_TYPES } from '../content';
import type { ApnsPushType } from '../content';
import type { Fields, Warn } from '../native/fields';
import { refuse } from '../refusal';
import type { MergedMessage } from './precedence';

/** What AWS's readers expect of a message that no campaign sent. */
export const DIRECT = '_DIRECT';

export type RequestContext = Readonly<Record<string, string>>;

/**
 * `aws`: what AWS's readers on the device expect, byte for byte; on Android nothing is shown without one.
 * `native`: shown by the phone itself; what AWS's readers look for goes along as data.
 */
export type MessageStyle = 'aws' | 'native';

/** The members all services have, in a Notification's words. The tap's target is the style's business. */
export function commonFields(message: MergedMessage): Fields {
	return {
		title: message.Title,
		body: message.Body,
		data: {},
		silent: message.SilentPush === true,
		apns: {},
		fcm: {},
		baidu: {},
		adm: {},
	};
}

/** Where a tap leads; undefined: it opens the app. */
export function tapTarget({ Action, Url }: MergedMessage): string | undefined {
	return Action === undefined || Action === 'OPEN_APP' ? undefined : Url || undefined;
}

/** For the native style: the phone, or the app's own code, opens the target. */
export function nativeTap(message: MergedMessage): Pick<Fields, 'action' | 'url'> {
	const url = tapTarget(message);
	return url === undefined ? {} : { action: message.Action, url };
}

/** Says where action and URL do not fit together. */
export function warnOfAction({ Action, Url }: MergedMessage, warn: Warn): void {
	if ((Action === undefined || Action === 'OPEN_APP') && Url) {
		warn('Url is ignored because Action is not URL or DEEP_LINK: a tap opens the app.');
	}
	if ((Action === 'URL' || Action === 'DEEP_LINK') && !Url) {
		warn(`Action is ${Action}, but there is no Url: a tap opens the app.`);
	}
}

/** Each service takes the other's words: 5 is normal, 10 is high. */
export function priorityOf(word: string | undefined): 'high' | 'normal' | undefined {
	switch (word?.toLowerCase()) {
		case undefined:
		case '':
			return undefined;
		case '5':
		case 'normal':
			return 'normal';
		case '10':
		case 'high':
			return 'high';
		default:
			return refuse('InvalidPriority', 'Priority is none of 5, 10, normal, high. Correct it.');
	}
}

export function pushTypeOf(word: string | undefined): ApnsPushType | undefined {
	if (!word) return undefined;
	const known = APNS_PUSH_TYPES.find((type) => type === word.toLowerCase());
	return known ?? refuse('InvalidField', `APNSPushType is none of ${APNS_PUSH_TYPES.join(', ')}. Correct it.`);
}

/** Seconds; each service has its own upper end. */
export function timeToLive(seconds: number | undefined): number | undefined {
	if (seconds === undefined || seconds >= 0) return seconds;
	return refuse('InvalidTimeToLive', 'TimeToLive is negative. Give whole seconds from 0 up.');
}

/** ADM's seconds come as a string. */
export function expiry(seconds: string | undefined): number | undefined {
	if (!seconds) return undefined;
	if (/^\d{1,9}$/.test(seconds)) return Number(seconds);
	return refuse('InvalidTimeToLive', 'ExpiresAfter is not a whole number of seconds, for example "3600".');
}
