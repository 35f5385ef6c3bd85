import { CHANNELS } from '../../model';
import type { ChannelType, ProviderId, Substitutions } from '../../model';
import type { Text, TreeObject } from '../json';
import type { Overrides } from '../plan';
import type {
	ADMMessage,
	APNSMessage,
	BaiduMessage,
	DefaultPushNotificationMessage,
	DirectMessageConfiguration,
	GCMMessage,
} from './types';

/** What AWS's message of each service is called. */
export interface ChannelMessages {
	apns: APNSMessage;
	fcm: GCMMessage;
	baidu: BaiduMessage;
	adm: ADMMessage;
}

export type ChannelMessage = ChannelMessages[ProviderId];

/** The members every service has, after the defaults stepped in. */
export interface MergedMessage extends Omit<DefaultPushNotificationMessage, 'Title' | 'Body' | 'Data'> {
	readonly Title?: Text;
	readonly Body?: Text;
	readonly Data?: TreeObject;
}

/** The service's own message; undefined when the request has none. */
export function channelMessage(
	configuration: DirectMessageConfiguration,
	channelType: ChannelType,
): ChannelMessage | undefined {
	const messages: Readonly<Record<ProviderId, ChannelMessage | undefined>> = {
		apns: configuration.APNSMessage,
		fcm: configuration.GCMMessage,
		baidu: configuration.BaiduMessage,
		adm: configuration.ADMMessage,
	};
	return messages[CHANNELS[channelType].provider];
}

/**
 * AWS's order, field by field: the address's override, the service's message, DefaultPushNotificationMessage,
 * DefaultMessage. So a GCMMessage that only sets TimeToLive still gets the default title and body.
 */
export function mergeMessage(
	configuration: DirectMessageConfiguration,
	channelType: ChannelType,
	overrides: Overrides,
): MergedMessage {
	const own = channelMessage(configuration, channelType) ?? {};
	const common = configuration.DefaultPushNotificationMessage ?? {};
	return {
		Action: own.Action ?? common.Action,
		Data: own.Data ?? common.Data,
		SilentPush: own.SilentPush ?? common.SilentPush,
		Url: own.Url ?? common.Url,
		Title: shown(overrides.title ?? own.Title ?? common.Title),
		Body: shown(overrides.body ?? own.Body ?? common.Body ?? configuration.DefaultMessage?.Body),
	};
}

/** An empty text takes the default's place and then shows nothing. */
function shown(text: Text | undefined): Text | undefined {
	return text === '' ? undefined : text;
}

/** The message's own values by the same order; a recipient's come before all of them. */
export function mergeSubstitutions(
	configuration: DirectMessageConfiguration,
	channelType: ChannelType,
): Substitutions | undefined {
	const levels = [
		configuration.DefaultMessage?.Substitutions,
		configuration.DefaultPushNotificationMessage?.Substitutions,
		channelMessage(configuration, channelType)?.Substitutions,
	].filter((level) => level !== undefined);
	return levels.length === 0 ? undefined : Object.fromEntries(levels.flatMap((level) => Object.entries(level)));
}
