import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
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
		displayOptions: { show: start },
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the input field containing the file',
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
		description: 'One SELECT. Values go into Query Parameters, never into the text.',
		displayOptions: { show: fromPostgres },
	},
	{
		displayName: 'Query Parameters',
		name: 'queryParameters',
		type: 'json',
		default: '[]',
		description: 'A JSON array with the values of $1, $2',
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
							},
							{ displayName: 'Column', name: 'column', type: 'string', default: '', placeholder: 'e.g. first_name' },
						],
					},
				],
				description: 'Where names in the message and columns differ',
			},
			{
				displayName: 'Time Zone',
				name: 'timeZone',
				type: 'string',
				default: '',
				placeholder: 'e.g. time_zone',
				description: 'Column with the time zone of the recipient, such as Europe/Paris: for quiet hours',
			},
			{
				displayName: 'User ID',
				name: 'userId',
				type: 'string',
				default: '',
				placeholder: 'e.g. user_id',
				description: 'Column with the ID of the user: all devices of a user get the same A/B treatment',
			},
		],
	},
];

const time = (displayName: string, name: string, description: string): INodePropertyOptions & INodeProperties => ({
	displayName,
	name,
	value: name,
	type: 'dateTime',
	default: '',
	description,
});

/** When, how fast, and to whom not. */
export const campaignSettings: INodeProperties = {
	displayName: 'Campaign Settings',
	name: 'campaignSettings',
	type: 'collection',
	placeholder: 'Add Setting',
	default: {},
	displayOptions: { show: start },
	options: [
		{
			displayName: 'Daily Cap per Address',
			name: 'dailyCap',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'Messages a device may get a day (UTC), over all campaigns of the application that have a cap',
		},
		{
			displayName: 'Delimiter',
			name: 'delimiter',
			type: 'string',
			default: ';',
			description: 'Of the CSV file. When not set: comma, semicolon, tab or bar, whichever the first line has most of.',
		},
		{
			displayName: 'File Type',
			name: 'fileType',
			type: 'options',
			options: [
				{ name: 'CSV', value: 'csv' },
				{ name: 'NDJSON', value: 'ndjson', description: 'One JSON object per line' },
			],
			default: 'csv',
			description: 'When not set: by the name of the file',
		},
		{
			displayName: 'First Recipients Only',
			name: 'firstRecipients',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 100,
			description: 'For a trial: only so many rows from the top are taken',
		},
		{
			displayName: 'Hold-Out (Percent)',
			name: 'holdOut',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 99 },
			default: 10,
			description:
				'Part of the recipients that get nothing, for comparison. Always the same ones for the same campaign.',
		},
		{
			displayName: 'Messages per Second',
			name: 'messagesPerSecond',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 5000,
			description: 'How fast at most, all n8n processes together',
		},
		{
			displayName: 'Quiet From',
			name: 'quietFrom',
			type: 'string',
			default: '22:00',
			description: 'Nothing is sent from this time on, in the time zone of the recipient',
		},
		{
			displayName: 'Quiet Hours: What Then',
			name: 'quietThen',
			type: 'options',
			options: [
				{ name: 'Wait', value: 'wait', description: 'Sent when the quiet hours are over' },
				{ name: 'Skip', value: 'skip', description: 'Not sent at all' },
			],
			default: 'wait',
		},
		{
			displayName: 'Quiet Until',
			name: 'quietUntil',
			type: 'string',
			default: '08:00',
			description: 'The end of the quiet hours, in the time zone of the recipient',
		},
		{
			displayName: 'Ramp-Up (Seconds)',
			name: 'rampUp',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description: 'Time in which the rate rises to its full value',
		},
		{
			displayName: 'Retry for (Minutes)',
			name: 'retryFor',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description: 'How long a recipient is tried again when its provider is busy, from its first try on',
		},
		time('Start At', 'startAt', 'Nothing is sent before. The runner workflow starts the campaign then.'),
		time('Stop At', 'stopAt', 'Nothing is sent after. Whoever was not reached is counted as expired.'),
		{
			displayName: 'Stop When Failing (Percent)',
			name: 'breakerPercent',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 100 },
			default: 50,
			description: 'Stops the campaign when more than this part of the last recipients failed for the same reason',
		},
		{
			displayName: 'Stop When Failing: Last Recipients',
			name: 'breakerWindow',
			type: 'number',
			typeOptions: { minValue: 10, maxValue: 100000 },
			default: 1000,
			description: 'How many recipients are looked at for Stop When Failing',
		},
		{
			displayName: 'Time Zone',
			name: 'timeZone',
			type: 'string',
			default: '',
			placeholder: 'e.g. Europe/Berlin',
			description: "For quiet hours, where a recipient has none of its own. When not set: the workflow's.",
		},
		{
			displayName: 'Total Cap per Address',
			name: 'totalCap',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 10,
			description: 'Messages a device may get ever, over all campaigns of the application that have a cap',
		},
		{
			displayName: 'Treatments (A/B)',
			name: 'treatments',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, maxAllowedFields: 5 },
			placeholder: 'Add Treatment',
			default: {},
			options: [
				{
					displayName: 'Treatment',
					name: 'values',
					values: [
						{
							displayName: 'Body',
							name: 'body',
							type: 'string',
							default: '',
							placeholder: 'e.g. Only today: 20 percent off.',
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Image URL',
							name: 'imageUrl',
							type: 'string',
							default: '',
							placeholder: 'e.g. https://example.com/a.jpg',
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Link',
							name: 'url',
							type: 'string',
							default: '',
							placeholder: 'e.g. https://example.com/sale?version=a',
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: 'A',
						},
						{
							displayName: 'Template Version',
							name: 'templateVersion',
							type: 'number',
							default: 0,
							description: 'Of the template, when the message comes from one. 0 means that of the message.',
						},
						{
							displayName: 'Title',
							name: 'title',
							type: 'string',
							default: '',
							placeholder: 'e.g. Your sale has begun',
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Weight',
							name: 'weight',
							type: 'number',
							default: 1,
							description: 'Its share of the recipients, beside the weights of the others',
						},
					],
				},
			],
			description: 'Up to five versions of the message; each recipient gets one of them',
		},
		{
			displayName: 'Validate Only',
			name: 'validateOnly',
			type: 'boolean',
			default: false,
			description: 'Whether to only check channels, credentials, sizes and rows: nothing is stored and nothing is sent',
		},
	],
};

/** What comes out besides the summary. */
export const campaignFailureField = (show: Show): INodeProperties => ({
	displayName: 'Failures',
	name: 'failures',
	type: 'options',
	options: [
		{ name: 'Items', value: 'items', description: 'Up to 1,000 items on the output Failed' },
		{ name: 'CSV File', value: 'csv', description: 'All of them, in a binary field of the summary' },
		{ name: 'NDJSON File', value: 'ndjson', description: 'All of them, in a binary field of the summary' },
		{ name: 'None', value: 'none' },
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
				{ name: 'ID', value: 'id', description: 'What Start put out as campaignId' },
				{ name: 'Key', value: 'key', description: 'The Campaign Key that it was started with' },
			],
			default: 'id',
			displayOptions: { show },
		},
		{
			displayName: 'Campaign ID',
			name: 'campaignId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
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
