import { CHANNELS } from '../../model';
import type { ChannelType } from '../../model';
import type { ApnsPushType } from '../content';
import { compileJson, compileJsonText, isTreeObject } from '../json';
import type { TreeObject } from '../json';
import { apnsPlanOf, headersOf } from '../native/apns';
import type { Fields, Warn } from '../native/fields';
import type { ChannelPlan } from '../plan';
import { strictAps } from './strictAps';

/** Apple's payload, byte for byte as written, unless a value has a type that devices would ignore. */
export function rawApnsPlan(
	raw: string,
	payload: TreeObject,
	fields: Fields,
	channelType: ChannelType,
	warn: Warn,
): ChannelPlan {
	const given = isTreeObject(payload.aps) ? payload.aps : {};
	const aps = strictAps(given, warn);
	warnOfSafari(aps, fields, warn);
	const pushType = rawPushType(aps, fields, channelType);
	const json = aps === given ? compileJsonText(raw) : compileJson({ ...payload, aps });
	return apnsPlanOf(json, { ...headersOf(fields), pushType }, channelType, warn);
}

/** Apple: apns-push-type must say what the payload does. */
function rawPushType(aps: TreeObject, fields: Fields, channelType: ChannelType): ApnsPushType {
	if (CHANNELS[channelType].voip) return 'voip';
	if (fields.apns.pushType) return fields.apns.pushType;
	if (fields.silent) return 'background';
	if (aps.event !== undefined) return 'liveactivity';
	const shows = ['alert', 'badge', 'sound'].some((key) => aps[key] !== undefined);
	return !shows && aps['content-available'] === 1 ? 'background' : 'alert';
}

function warnOfSafari(aps: TreeObject, { apns }: Fields, warn: Warn): void {
	if (!apns.topic?.startsWith('web.') || Array.isArray(aps['url-args'])) return;
	warn('The raw payload has no aps.url-args: Safari ignores pushes without it. Add "url-args": [].');
}
