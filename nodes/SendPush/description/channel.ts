import type { INodeProperties } from 'n8n-workflow';
import { APPLE, APPLE_VOIP, FROM_FIELD, SEND_TO_DEVICES, WRITES_MESSAGE } from './channels';
import { DIRECT } from './source';

/** Which service, and how to sign in to it. */
export const channelFields: INodeProperties[] = [
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Amazon Device Messaging', value: 'ADM', description: 'Fire tablets and Fire TV' },
			{ name: 'Apple (Production)', value: 'APNS', description: 'Apps from the App Store and TestFlight' },
			{ name: 'Apple (Sandbox)', value: 'APNS_SANDBOX', description: 'Apps run from Xcode' },
			{ name: 'Apple VoIP (Production)', value: 'APNS_VOIP', description: 'Incoming calls, apps from the App Store' },
			{ name: 'Apple VoIP (Sandbox)', value: 'APNS_VOIP_SANDBOX', description: 'Incoming calls, apps run from Xcode' },
			{ name: 'Baidu Cloud Push', value: 'BAIDU', description: 'Android in mainland China' },
			{
				name: 'From an Item Field',
				value: FROM_FIELD,
				description: 'Each item, or row of a file, names its own channel',
			},
			{ name: 'Google (FCM)', value: 'GCM', description: 'Android, and other apps that use Firebase' },
		],
		default: 'GCM',
		description: 'The service that delivers to the devices',
		displayOptions: { show: WRITES_MESSAGE },
	},
	{
		displayName:
			"Apple's sandbox only reaches apps run from Xcode. Apps from TestFlight and the App Store need production.",
		name: 'sandboxNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...WRITES_MESSAGE, channel: ['APNS_SANDBOX', 'APNS_VOIP_SANDBOX'] } },
	},
	{
		displayName:
			'A VoIP push is for an incoming call. The app must report a call to the system at once: iOS ends an app that does not, and in the end brings it no more of them.',
		name: 'voipNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...WRITES_MESSAGE, channel: APPLE_VOIP } },
	},
	{
		displayName: 'Channel Field',
		name: 'channelField',
		type: 'string',
		noDataExpression: true,
		required: true,
		default: 'channel',
		placeholder: 'e.g. user.channel',
		description:
			'Name of the item field, or the column, that holds the channel: APNS, APNS_SANDBOX, APNS_VOIP, APNS_VOIP_SANDBOX, GCM (or FCM), BAIDU or ADM. Use dots for nested fields.',
		displayOptions: { show: { ...WRITES_MESSAGE, channel: [FROM_FIELD] } },
	},
	{
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Key (.p8)', value: 'key', description: 'Works for all your apps and does not expire' },
			{
				name: 'Certificate (.p12 or PEM)',
				value: 'certificate',
				description: 'Works for one app and expires each year',
			},
		],
		default: 'key',
		description: 'How to sign in to Apple',
		displayOptions: { show: { ...SEND_TO_DEVICES, ...DIRECT, channel: [...APPLE, ...APPLE_VOIP] } },
	},
];
