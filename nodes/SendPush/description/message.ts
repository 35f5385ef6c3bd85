import type { INodeProperties } from 'n8n-workflow';
import { AMAZON, APPLE, APPLE_VOIP, BAIDU, GOOGLE, NOT_RAW, onlyFor, WRITES_MESSAGE, VISIBLE } from './channels';
import { NOT_FROM_TEMPLATE } from './template';

const rawFields: INodeProperties[] = [
	{
		displayName: 'Raw Payload',
		name: 'rawPayload',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description: "Whether to write the provider's JSON yourself instead of filling in fields",
		displayOptions: { show: WRITES_MESSAGE, hide: NOT_FROM_TEMPLATE },
	},
	{
		displayName: 'Apple Payload',
		name: 'apnsPayload',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '{\n  "aps": {\n    "alert": {\n      "title": "Hello",\n      "body": "Sent from n8n"\n    }\n  }\n}',
		description: 'The whole payload: the aps dictionary, with your own keys beside it',
		displayOptions: {
			show: onlyFor([...APPLE, ...APPLE_VOIP], { rawPayload: [true] }),
		},
	},
	{
		displayName: 'Google Payload',
		name: 'fcmPayload',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '{\n  "notification": {\n    "title": "Hello",\n    "body": "Sent from n8n"\n  }\n}',
		description: 'An FCM v1 message without its target. The old GCM form is understood too.',
		displayOptions: { show: onlyFor(GOOGLE, { rawPayload: [true] }) },
	},
	{
		displayName: 'Baidu Payload',
		name: 'baiduPayload',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '{\n  "title": "Hello",\n  "description": "Sent from n8n"\n}',
		description: 'The content of the parameter msg',
		displayOptions: { show: onlyFor(BAIDU, { rawPayload: [true] }) },
	},
	{
		displayName: 'Amazon Payload',
		name: 'admPayload',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '{\n  "notification": {\n    "title": "Hello",\n    "body": "Sent from n8n"\n  }\n}',
		description: 'The whole request: data, notification and, if wanted, consolidationKey and expiresAfter',
		displayOptions: { show: onlyFor(AMAZON, { rawPayload: [true] }) },
	},
];

const silentFields: INodeProperties[] = [
	{
		displayName: 'Silent',
		name: 'silent',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description: 'Whether to wake the app and hand it the data without showing anything',
		displayOptions: { show: onlyFor([...APPLE, ...GOOGLE, ...BAIDU, ...AMAZON], NOT_RAW) },
	},
	{
		displayName:
			'Devices limit silent pushes. Apple advises two or three per hour and drops what is more, and none arrives when the user has closed the app.',
		name: 'silentNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: onlyFor(APPLE, { ...NOT_RAW, silent: [true] }) },
	},
];

const visible = { show: { ...WRITES_MESSAGE, rawPayload: [false] }, hide: { silent: [true] } };

const textFields: INodeProperties[] = [
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Your order is on its way',
		description: 'Shown in bold. Use {{name}} to fill in the item field of that name.',
		displayOptions: visible,
	},
	{
		displayName: 'Body',
		name: 'body',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. It arrives today between 2 and 4 pm.',
		description: 'The text below the title. Use {{name}} to fill in the item field of that name.',
		displayOptions: visible,
	},
];

const dataFields: INodeProperties[] = [
	{
		displayName: 'Data',
		name: 'dataMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'None', value: 'none', description: 'The app gets the notification alone' },
			{ name: 'Fields', value: 'fields', description: 'Keys and values, entered or dragged one by one' },
			{ name: 'JSON', value: 'json', description: 'An object' },
		],
		default: 'none',
		description: "The app's own keys and values, which it gets with the notification",
		displayOptions: { show: { ...WRITES_MESSAGE, ...NOT_RAW } },
	},
	{
		displayName: 'Data Fields',
		name: 'data',
		type: 'assignmentCollection',
		default: {},
		description: 'Keys and values handed to the app. Except on Apple devices they arrive as text.',
		displayOptions: { show: { ...WRITES_MESSAGE, ...NOT_RAW, dataMode: ['fields'] } },
	},
	{
		displayName: 'Data JSON',
		name: 'dataJson',
		type: 'json',
		default: '{}',
		description: 'A JSON object handed to the app. Except on Apple devices its values arrive as text.',
		displayOptions: { show: { ...WRITES_MESSAGE, ...NOT_RAW, dataMode: ['json'] } },
	},
];

const tapActions = [
	{ name: 'Open App', value: 'OPEN_APP', description: 'Start the app or bring it to the front' },
	{ name: 'Open Deep Link', value: 'DEEP_LINK', description: 'Open a certain screen of the app' },
	{ name: 'Open URL', value: 'URL', description: 'Open a web page' },
];

/** A call is answered, not tapped. */
const TAPPED_NEVER = { silent: [true], channel: APPLE_VOIP };

const actionFields: INodeProperties[] = [
	{
		displayName: 'When Tapped',
		name: 'action',
		type: 'options',
		options: tapActions,
		default: 'OPEN_APP',
		description: 'What happens when the notification is tapped',
		displayOptions: { ...visible, hide: TAPPED_NEVER },
	},
	{
		displayName: 'Link',
		name: 'url',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/orders/42',
		description: 'The deep link or web address to open. On Apple devices the app reads and opens it.',
		displayOptions: {
			show: { ...WRITES_MESSAGE, rawPayload: [false], action: ['DEEP_LINK', 'URL'] },
			hide: TAPPED_NEVER,
		},
	},
	{
		displayName: 'Sound',
		name: 'sound',
		type: 'string',
		default: 'default',
		placeholder: 'e.g. chime.caf',
		description: 'Leave "default" for the usual sound, name a sound file of the app, or leave empty for none',
		displayOptions: { show: onlyFor([...APPLE, ...GOOGLE, ...AMAZON], VISIBLE) },
	},
];

/** What it says and does. */
export const messageFields: INodeProperties[] = [
	...textFields,
	...actionFields,
	...silentFields,
	...dataFields,
	...rawFields,
];
