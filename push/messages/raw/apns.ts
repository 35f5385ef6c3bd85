import { CHANNELS } from '../../model';
import type { ChannelType } from '../../model';
import type { ApnsPushType } from '../content';
import { compileJsonText, isTreeObject } from '../json';
import type { TreeObject } from '../json';
import { apnsPlanOf, headersOf } from '../native/apns';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';

/** Apple's payload, byte for byte as written. */
export function rawApnsPlan(
	raw: string,
	payload: TreeObject,
	fields: Fields,
	channelType: ChannelType,
	warn: Warn,
): ChannelPlan {
	const aps = isTreeObject(payload.aps) ? payload.aps : {};
	warnOfTypes(aps, fields, warn);
	const pushType = rawPushType(aps, fields, channelType);
	return apnsPlanOf(compileJsonText(raw), { ...headersOf(fields), pushType }, channelType, warn);
}

/** Apple: apns-push-type must say what the payload does. */
function rawPushType(aps: TreeObject, fields: Fields, channelType: ChannelType): ApnsPushType {
	if (CHANNELS[channelType].voip) return 'voip';
	if (fields.apns.pushType) return fields.apns.pushType;
	if (fields.silent) return 'background';
	if (aps.event !== undefined) return 'liveactivity';
	const shows = ['alert', 'badge', 'sound'].some((key) => aps[key] !== undefined);
	return !shows && (aps['content-available'] === 1 || aps['content-available'] === true) ? 'background' : 'alert';
}

/** Devices ignore values of the wrong type without a word. */
function warnOfTypes(aps: TreeObject, { apns }: Fields, warn: Warn): void {
	if (aps.badge !== undefined && typeof aps.badge !== 'number') {
		warn('aps.badge of the raw payload is not a number: Apple devices ignore it. Write it without quotes.');
	}
	for (const key of ['content-available', 'mutable-content']) {
		const value = aps[key];
		if (value === undefined || value === 0 || value === 1) continue;
		warn(`aps.${key} of the raw payload is neither 0 nor 1: Apple devices ignore it.`);
	}
	if (apns.topic?.startsWith('web.') && !Array.isArray(aps['url-args'])) {
		warn('The raw payload has no aps.url-args: Safari ignores pushes without it. Add "url-args": [].');
	}
}
