import type { INodeProperties } from 'n8n-workflow';
import { GOOGLE, SEND_TO_DEVICES, WRITES_MESSAGE } from './channels';

/** Who gets it. */
export const recipientFields: INodeProperties[] = [
	{
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
		displayOptions: { show: { ...WRITES_MESSAGE, channel: GOOGLE } },
	},
	{
		displayName: 'Recipients',
		name: 'recipientSource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'From an Item Field', value: 'field', description: 'One device per item; the fastest way' },
			{ name: 'From an Expression', value: 'expression', description: 'Put the address together for each item' },
			{ name: 'List', value: 'list', description: 'The same devices whatever the items' },
		],
		default: 'field',
		displayOptions: { show: SEND_TO_DEVICES },
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
