import type { INodeProperties } from 'n8n-workflow';

type ShowRules = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** The value of the parameter Channel that takes the channel from each item. */
export const FROM_FIELD = 'fromField';

export const APPLE = ['APNS', 'APNS_SANDBOX'];

export const APPLE_VOIP = ['APNS_VOIP', 'APNS_VOIP_SANDBOX'];

/** AWS says GCM, everybody else FCM: both are understood in a workflow's JSON. */
export const GOOGLE = ['GCM', 'FCM'];

export const BAIDU = ['BAIDU'];

export const AMAZON = ['ADM'];

export const SEND_TO_DEVICES: ShowRules = { resource: ['message'], operation: ['sendToDevices'] };

/** For the fields that make up a message, wherever one is written. */
export const WRITES_MESSAGE: ShowRules = { resource: ['message', 'campaign'], operation: ['sendToDevices', 'start'] };

export const SEND_MESSAGE_REQUEST: ShowRules = { resource: ['message'], operation: ['sendMessageRequest'] };

/** Rules for a parameter that only these channels have; shown too when each item names its channel. */
export function onlyFor(channels: readonly string[], more: ShowRules = {}): ShowRules {
	return { ...WRITES_MESSAGE, channel: [...channels, FROM_FIELD], ...more };
}

/** The same for a field inside a collection, which sees the other parameters from below. */
export function insideOnlyFor(channels: readonly string[], more: ShowRules = {}): ShowRules {
	return { '/channel': [...channels, FROM_FIELD], ...more };
}

/** For the fields that a raw payload takes the place of. */
export const NOT_RAW: ShowRules = { rawPayload: [false] };

/** A visible notification in plain fields. */
export const VISIBLE: ShowRules = { rawPayload: [false], silent: [false] };

/** The same two rules as seen from inside a collection; a channel without silent pushes counts as visible. */
export const INSIDE_VISIBLE: ShowRules = { '/rawPayload': [false], '/silent': [{ _cnd: { not: true } }] };
