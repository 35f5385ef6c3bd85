import type { INodeProperties } from 'n8n-workflow';
import { templateLocator } from '../../shared/templateLocator';
import { TEMPLATE } from '../content/templates';
import { WRITES_MESSAGE } from './channels';
import { DIRECT } from './source';

/** A campaign always is an application's: only a direct send has no templates. */
const forApplication = { show: WRITES_MESSAGE, hide: DIRECT };

const fromTemplate = { show: { ...WRITES_MESSAGE, messageFrom: [TEMPLATE] }, hide: DIRECT };

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
		description: 'Whether the message is written here or is one of the stored templates',
		displayOptions: forApplication,
	},
	templateLocator(fromTemplate),
	{
		displayName: 'Template Version',
		name: 'templateVersion',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Which version to use. 0 means the active one.',
		displayOptions: fromTemplate,
	},
];
