import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { showCampaign } from './campaign';

const start = showCampaign('start');

/** As seen from inside the collection. */
const fromFile = { show: { '/recipientsFrom': ['file'] } };

const fromTemplate = { show: { '/messageFrom': ['template'] } };

/** A raw payload is sent as it is written, and a silent push shows no texts. */
const fromFields = { hide: { '/messageFrom': ['template'], '/rawPayload': [true], '/silent': [true] } };

/**
 * Treatments themselves stay to be seen: n8n drops what is hidden, and the campaign would send one version to all
 * without a word.
 */
const noticesWhereUseless: INodeProperties[] = [
	{
		displayName: 'A raw payload is sent as it is written: there is nothing that a treatment could change.',
		name: 'rawNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '/rawPayload': [true] } },
	},
	{
		displayName: 'A silent push shows no texts: there is nothing that a treatment could change.',
		name: 'silentNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '/silent': [true] } },
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
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 1,
			description: 'Messages a device may get a day (UTC), over all campaigns of the application that have a cap',
		},
		{
			displayName: 'Delimiter',
			name: 'delimiter',
			type: 'string',
			default: ';',
			displayOptions: fromFile,
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
			displayOptions: fromFile,
			description: 'How the file is written. When not set: by its name.',
		},
		{
			displayName: 'First Recipients Only',
			name: 'firstRecipients',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
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
			description:
				'Nothing is sent from this time on, in the time zone of the recipient. When not set: the quiet hours of the application.',
		},
		{
			displayName: 'Quiet Hours: What Then',
			name: 'quietThen',
			type: 'options',
			options: [
				{ name: 'Wait', value: 'wait', description: 'Sent when the quiet hours are over' },
				{ name: 'Skip', value: 'skip', description: 'Not sent at all' },
				{
					name: 'Send Anyway',
					value: 'ignore',
					description: "No quiet hours, whatever the application's settings say",
				},
			],
			default: 'wait',
			description: 'What becomes of recipients whose quiet hours have begun',
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
			typeOptions: { minValue: 1, maxValue: 99 },
			default: 50,
			description: 'Stops the campaign when more than this part of the last recipients failed for the same reason',
		},
		{
			displayName: 'Stop When Failing: Last Recipients',
			name: 'breakerWindow',
			type: 'number',
			typeOptions: { minValue: 10, maxValue: 100000, numberPrecision: 0 },
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
			typeOptions: { minValue: 1, numberPrecision: 0 },
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
						...noticesWhereUseless,
						{
							displayName: 'Body',
							name: 'body',
							type: 'string',
							default: '',
							placeholder: 'e.g. Only today: 20 percent off.',
							displayOptions: fromFields,
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Image URL',
							name: 'imageUrl',
							type: 'string',
							default: '',
							placeholder: 'e.g. https://example.com/a.jpg',
							displayOptions: fromFields,
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Link',
							name: 'url',
							type: 'string',
							default: '',
							placeholder: 'e.g. https://example.com/sale?version=a',
							displayOptions: fromFields,
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. Short title',
							description: 'What the figures call it. When empty: A, B, C and so on.',
						},
						{
							displayName: 'Template Version',
							name: 'templateVersion',
							type: 'number',
							default: 0,
							displayOptions: fromTemplate,
							description: 'Which version of the template it uses. 0 means that of the message.',
						},
						{
							displayName: 'Title',
							name: 'title',
							type: 'string',
							default: '',
							placeholder: 'e.g. Your sale has begun',
							displayOptions: fromFields,
							description: 'When empty, that of the message',
						},
						{
							displayName: 'Weight',
							name: 'weight',
							type: 'number',
							typeOptions: { minValue: 0.01 },
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
