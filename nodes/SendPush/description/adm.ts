import type { INodeProperties } from 'n8n-workflow';
import { AMAZON, INSIDE_VISIBLE, onlyFor } from './channels';
import { NOT_FROM_TEMPLATE } from './template';

const visible = { show: INSIDE_VISIBLE };

/** Amazon Device Messaging: "Send a message". */
export const admOptions: INodeProperties = {
	displayName: 'Amazon Options',
	name: 'admOptions',
	type: 'collection',
	placeholder: 'Add Amazon Option',
	default: {},
	displayOptions: { show: onlyFor(AMAZON), hide: NOT_FROM_TEMPLATE },
	options: [
		{
			displayName: 'Body Localization Arguments',
			name: 'bodyLocArgs',
			type: 'string',
			typeOptions: { multipleValues: true },
			default: [],
			description: 'Values for the placeholders of the localized body',
			displayOptions: visible,
		},
		{
			displayName: 'Body Localization Key',
			name: 'bodyLocKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. order_body',
			description: "Key of a body in the app's own string resources",
			displayOptions: visible,
		},
		{
			displayName: 'Checksum',
			name: 'md5',
			type: 'boolean',
			default: true,
			description: 'Whether to add an MD5 checksum of the data, which the app can compare',
		},
		{
			displayName: 'Click Action',
			name: 'clickAction',
			type: 'string',
			default: '',
			placeholder: 'e.g. OPEN_ORDER',
			description: 'Intent filter of the activity to start when tapped',
			displayOptions: visible,
		},
		{
			displayName: 'Color',
			name: 'color',
			type: 'color',
			default: '',
			description: 'Colour of the small icon, as #rrggbb',
			displayOptions: visible,
		},
		{
			displayName: 'Data Only',
			name: 'dataOnly',
			type: 'boolean',
			default: true,
			description: 'Whether to send title and body as data too, so that the app builds the notification itself',
			displayOptions: visible,
		},
		{
			displayName: 'Icon',
			name: 'icon',
			type: 'string',
			default: '',
			placeholder: 'e.g. ic_order',
			description: 'Name of a drawable in the app',
			displayOptions: visible,
		},
		{
			displayName: 'Tag',
			name: 'tag',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-42',
			description: 'A newer notification with the same tag takes the place of the one shown',
			displayOptions: visible,
		},
		{
			displayName: 'Title Localization Arguments',
			name: 'titleLocArgs',
			type: 'string',
			typeOptions: { multipleValues: true },
			default: [],
			description: 'Values for the placeholders of the localized title',
			displayOptions: visible,
		},
		{
			displayName: 'Title Localization Key',
			name: 'titleLocKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. order_title',
			description: "Key of a title in the app's own string resources",
			displayOptions: visible,
		},
	],
};
