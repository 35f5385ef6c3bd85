import type { INodePropertyOptions } from 'n8n-workflow';

/** The channels by the names people know them by. */
export const CHANNEL_OPTIONS: INodePropertyOptions[] = [
	{ name: 'Amazon Device Messaging', value: 'ADM' },
	{ name: 'Apple (Production)', value: 'APNS' },
	{ name: 'Apple (Sandbox)', value: 'APNS_SANDBOX' },
	{ name: 'Apple VoIP (Production)', value: 'APNS_VOIP' },
	{ name: 'Apple VoIP (Sandbox)', value: 'APNS_VOIP_SANDBOX' },
	{ name: 'Baidu Cloud Push', value: 'BAIDU' },
	{ name: 'Google (FCM)', value: 'GCM' },
];

/** The statuses a message can end with. */
export const STATUS_OPTIONS: INodePropertyOptions[] = [
	{ name: 'Duplicate', value: 'DUPLICATE' },
	{ name: 'Opted Out', value: 'OPT_OUT' },
	{ name: 'Permanent Failure', value: 'PERMANENT_FAILURE' },
	{ name: 'Successful', value: 'SUCCESSFUL' },
	{ name: 'Temporary Failure', value: 'TEMPORARY_FAILURE' },
	{ name: 'Throttled', value: 'THROTTLED' },
	{ name: 'Timeout', value: 'TIMEOUT' },
	{ name: 'Unknown Failure', value: 'UNKNOWN_FAILURE' },
];
