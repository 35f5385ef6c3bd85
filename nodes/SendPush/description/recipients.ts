import type { INodeProperties } from 'n8n-workflow';
import { GOOGLE, SEND_TO_DEVICES, WRITES_MESSAGE } from './channels';

/** What the addresses of Google are, in a message as in a campaign. */
export const addressKindField: INodeProperties = {
	displayName: 'Recipients Are',
	name: 'addressKind',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Conditions',
			value: 'condition',
			description: "Subscribers of topics, e.g. 'news' in topics && 'sport' in topics",
		},
		{ name: 'Device Tokens', value: 'token', description: 'Registration tokens of Firebase, one per device' },
		{ name: 'Installation IDs', value: 'fid', description: 'Firebase installation IDs, one per device' },
		{ name: 'Topics', value: 'topic', description: 'Everybody who subscribed to the topic' },
	],
	default: 'token',
	description: 'What each recipient is: one device, or everybody who subscribed',
	displayOptions: { show: { ...WRITES_MESSAGE, channel: GOOGLE } },
};

const FROM_EXPRESSION = {
	name: 'From an Expression',
	value: 'expression',
	description: 'Put the address together for each item',
};

const LIST = { name: 'List', value: 'list', description: 'The same devices whatever the items' };

const recipientSource: INodeProperties = {
	displayName: 'Recipients',
	name: 'recipientSource',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'From an Item Field', value: 'field', description: 'One device per item; the fastest way' },
		FROM_EXPRESSION,
		LIST,
	],
	default: 'field',
	description: 'Where the device addresses are',
};

/** Who gets it. */
export const recipientFields: INodeProperties[] = [
	{
		...recipientSource,
		displayOptions: { show: { ...SEND_TO_DEVICES, '@tool': [false] } },
	},
	// A tool has no items: what it gets is what the model says.
	{
		...recipientSource,
		options: [
			{ ...FROM_EXPRESSION, name: 'From the Model', description: 'The star beside the field lets the model fill it' },
			LIST,
		],
		default: 'expression',
		displayOptions: { show: { ...SEND_TO_DEVICES, '@tool': [true] } },
	},
	{
		displayName: 'Recipient Field',
		name: 'recipientField',
		type: 'string',
		noDataExpression: true,
		required: true,
		default: 'device',
		placeholder: 'e.g. user.device',
		description:
			'Name of the item field that holds the device address (device token, registration ID or channel ID), or a list of them. Use dots for nested fields.',
		displayOptions: { show: { ...SEND_TO_DEVICES, recipientSource: ['field'] } },
	},
	{
		displayName: 'Recipient',
		name: 'recipient',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. {{ $json.user.device }}',
		description:
			'The device address (device token, registration ID or channel ID) for each item, or a list of them. With many items, a field name is much faster than an expression.',
		displayOptions: { show: { ...SEND_TO_DEVICES, recipientSource: ['expression'] } },
	},
	{
		displayName: 'Recipient List',
		name: 'recipientList',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'One device token per line',
		description:
			'Device addresses: one per line, with commas between them, or as a JSON array. Each different message is sent to the list once, however many items come in.',
		displayOptions: { show: { ...SEND_TO_DEVICES, recipientSource: ['list'] } },
	},
];
