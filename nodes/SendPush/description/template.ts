import type { INodeProperties } from 'n8n-workflow';
import { templateLocator } from '../../shared/templateLocator';
import { TEMPLATE } from '../content/templates';
import { SEND_TO_DEVICES } from './channels';
import { FOR_APPLICATION } from './source';

const forApplication = { ...SEND_TO_DEVICES, ...FOR_APPLICATION };

const fromTemplate = { ...forApplication, messageFrom: [TEMPLATE] };

/** For the fields that a template takes the place of. */
export const NOT_FROM_TEMPLATE = { messageFrom: [TEMPLATE] };

/** Where the message comes from. */
export const templateFields: INodeProperties[] = [
	{
		displayName: 'Message From',
		name: 'messageFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Fields', value: 'fields', description: 'Written in this node' },
			{ name: 'Template', value: TEMPLATE, description: 'Written once with Manage App, used by name' },
		],
		default: 'fields',
		displayOptions: { show: forApplication },
	},
	templateLocator({ show: fromTemplate }),
	{
		displayName: 'Template Version',
		name: 'templateVersion',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Which version to use. 0 means the active one.',
		displayOptions: { show: fromTemplate },
	},
];
