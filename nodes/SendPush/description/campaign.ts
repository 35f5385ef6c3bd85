import type { INodeProperties } from 'n8n-workflow';
import { applicationLocator } from '../../shared/applicationLocator';

type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

export const showCampaign = (...operations: string[]): Show => ({ resource: ['campaign'], operation: operations });

const start = showCampaign('start');

const fromFile = { ...start, recipientsFrom: ['file'] };

const fromPostgres = { ...start, recipientsFrom: ['postgres'] };

/** Which campaign it is, and for which application. */
export const campaignKeyFields: INodeProperties[] = [
	applicationLocator({ show: start }),
	{
		displayName: 'Campaign Key',
		name: 'campaignKey',
		type: 'string',
		required: true,
		default: '={{ $workflow.id }}/{{ $now.toISODate() }}',
		description:
			'The same key is the same campaign: starting it again sends nothing twice. The default makes one campaign per workflow and day.',
		displayOptions: { show: start },
	},
];

/** Where the recipients are and which column is what. */
export const campaignRecipientFields: INodeProperties[] = [
	{
		displayName: 'Recipients From',
		name: 'recipientsFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'CSV or NDJSON File', value: 'file', description: 'A file in a binary field, also compressed with gzip' },
			{ name: 'Input Items', value: 'items', description: 'One recipient per item; for up to some ten thousand' },
			{ name: 'PostgreSQL Query', value: 'postgres', description: 'The rows of a SELECT, read by a cursor' },
		],
		default: 'file',
		description: 'Where the list of recipients is',
		displayOptions: { show: start },
	},
	{
		displayName:
			'The message is written once, for all items. What differs between recipients is written as {{name}} in plain text and filled in from the item fields of that name. An expression would give everybody the value of the first item.',
		name: 'itemsNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { ...start, recipientsFrom: ['items'] } },
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the input field containing the file',
		description:
			'The binary field of the first item that has the file: from Read/Write Files, HTTP Request, S3 and the like',
		displayOptions: { show: fromFile },
	},
	{
		displayName: 'Query',
		name: 'query',
		type: 'string',
		typeOptions: { editor: 'sqlEditor', sqlDialect: 'PostgreSQL' },
		noDataExpression: true,
		required: true,
		default: '',
		placeholder: 'SELECT device, name, time_zone FROM users WHERE country = $1 ORDER BY id',
		// The SQL editor of n8n shows no placeholder.
		hint: 'For example: SELECT device, name FROM users WHERE country = $1 ORDER BY id',
		description: 'One SELECT. Values go into Query Parameters, never into the text.',
		displayOptions: { show: fromPostgres },
	},
	{
		displayName: 'Query Parameters',
		name: 'queryParameters',
		type: 'json',
		default: '[]',
		description: 'A JSON array with the values of $1, $2 and so on',
		displayOptions: { show: fromPostgres },
	},
	{
		displayName: 'Address Column',
		name: 'addressColumn',
		type: 'string',
		noDataExpression: true,
		required: true,
		default: 'device',
		placeholder: 'e.g. device_token',
		description:
			'Name of the column, or field, that holds the device address. Values for {{name}} in the message are taken from the columns of the same name.',
		displayOptions: { show: start },
	},
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'collection',
		placeholder: 'Add Column',
		default: {},
		displayOptions: { show: start },
		options: [
			{
				displayName: 'Substitutions',
				name: 'substitutions',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Substitution',
				default: {},
				options: [
					{
						displayName: 'Substitution',
						name: 'values',
						values: [
							{
								displayName: 'Name in the Message',
								name: 'name',
								type: 'string',
								default: '',
								placeholder: 'e.g. name',
								description: 'What stands between the braces, without them',
							},
							{
								displayName: 'Column',
								name: 'column',
								type: 'string',
								noDataExpression: true,
								default: '',
								placeholder: 'e.g. first_name',
								description: 'The column that has its values',
							},
						],
					},
				],
				description: 'Where names in the message and columns differ',
			},
			{
				displayName: 'Time Zone',
				name: 'timeZone',
				type: 'string',
				noDataExpression: true,
				default: '',
				placeholder: 'e.g. time_zone',
				description: 'Column with the time zone of the recipient, such as Europe/Paris: for quiet hours',
			},
			{
				displayName: 'User ID',
				name: 'userId',
				type: 'string',
				noDataExpression: true,
				default: '',
				placeholder: 'e.g. user_id',
				description: 'Column with the ID of the user: all devices of a user get the same A/B treatment',
			},
		],
	},
];

/** What comes out besides the summary. */
export const campaignFailureField = (show: Show): INodeProperties => ({
	displayName: 'Failures',
	name: 'failures',
	type: 'options',
	options: [
		{ name: 'Items', value: 'items', description: 'Up to 1,000 items on the output Failed' },
		{ name: 'CSV File', value: 'csv', description: 'All of them, in a binary field of the summary' },
		{ name: 'NDJSON File', value: 'ndjson', description: 'All of them, in a binary field of the summary' },
		{ name: 'None', value: 'none', description: 'The delivery log has them all the same' },
	],
	default: 'items',
	description: 'How recipients that were not reached come out',
	displayOptions: { show },
});

/** One campaign, by its key or its id. */
export function campaignLocatorFields(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Campaign By',
			name: 'campaignBy',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'ID', value: 'id', description: 'Chosen from a list, or by the ID that Start put out' },
				{ name: 'Key', value: 'key', description: 'By the Campaign Key that it was started with' },
			],
			default: 'id',
			description: 'How to name the campaign',
			displayOptions: { show },
		},
		{
			displayName: 'Campaign',
			name: 'campaignId',
			type: 'resourceLocator',
			required: true,
			default: { mode: 'list', value: '' },
			description: 'The campaign, by its key in the list or by its ID',
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					placeholder: 'Select a campaign...',
					// The Push Store is optional: the list must open without that credential too.
					typeOptions: { searchListMethod: 'searchCampaigns', searchable: true, skipCredentialsCheckInRLC: true },
				},
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
				},
			],
			displayOptions: { show: { ...show, campaignBy: ['id'] } },
		},
		applicationLocator({ show: { ...show, campaignBy: ['key'] } }),
		{
			displayName: 'Campaign Key',
			name: 'campaignKey',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. spring-sale',
			description: 'The key that the campaign was started with',
			displayOptions: { show: { ...show, campaignBy: ['key'] } },
		},
	];
}
