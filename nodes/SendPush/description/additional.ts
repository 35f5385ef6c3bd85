import type { INodeProperties } from 'n8n-workflow';
import { AMAZON, APPLE, APPLE_VOIP, BAIDU, GOOGLE, INSIDE_VISIBLE, insideOnlyFor, WRITES_MESSAGE } from './channels';

const ALL_APPLE = [...APPLE, ...APPLE_VOIP];

/** Fields of a notification that most messages do without. */
export const additionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	displayOptions: { show: WRITES_MESSAGE },
	options: [
		{
			displayName: 'Badge',
			name: 'badge',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 1,
			description: 'The number on the app icon. On Apple devices 0 removes it.',
			displayOptions: { show: insideOnlyFor([...APPLE, ...GOOGLE], INSIDE_VISIBLE) },
		},
		{
			displayName: 'Category',
			name: 'category',
			type: 'string',
			default: '',
			placeholder: 'e.g. ORDER_ARRIVED',
			description: 'Name of a set of buttons the app has defined',
			displayOptions: { show: insideOnlyFor(APPLE, INSIDE_VISIBLE) },
		},
		{
			displayName: 'Collapse ID',
			name: 'collapseId',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-42',
			description: 'A newer message with the same ID takes the place of an older one. At most 64 bytes.',
			displayOptions: { show: insideOnlyFor([...ALL_APPLE, ...GOOGLE, ...AMAZON]) },
		},
		{
			displayName: 'Image URL',
			name: 'imageUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/picture.jpg',
			description: 'A picture to show. On Apple devices the app needs a notification service extension.',
			displayOptions: { show: insideOnlyFor([...APPLE, ...GOOGLE, ...AMAZON], INSIDE_VISIBLE) },
		},
		{
			displayName: 'Priority',
			name: 'priority',
			type: 'options',
			options: [
				{ name: 'High', value: 'high', description: 'Deliver at once, wake the device' },
				{ name: 'Normal', value: 'normal', description: 'Deliver when it costs the device little' },
			],
			default: 'high',
			description: 'How soon the device gets it',
			displayOptions: { show: insideOnlyFor([...ALL_APPLE, ...GOOGLE, ...AMAZON]) },
		},
		{
			displayName: 'Subtitle',
			name: 'subtitle',
			type: 'string',
			default: '',
			placeholder: 'e.g. Order 42',
			description: 'Shown between title and body',
			displayOptions: { show: insideOnlyFor(APPLE, INSIDE_VISIBLE) },
		},
		{
			displayName: 'Thread ID',
			name: 'threadId',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-42',
			description: 'Notifications with the same thread are shown as one group',
			displayOptions: { show: insideOnlyFor(APPLE, INSIDE_VISIBLE) },
		},
		{
			displayName: 'Time to Live (Seconds)',
			name: 'timeToLive',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 86400,
			description: 'How long the provider keeps the message for a device that is offline. 0 means now or never.',
			displayOptions: { show: insideOnlyFor([...ALL_APPLE, ...GOOGLE, ...BAIDU, ...AMAZON]) },
		},
	],
};
