import type { INodeProperties } from 'n8n-workflow';
import { ALL_APPLICATIONS, applicationLocator } from '../shared/applicationLocator';
import { CHANNEL_OPTIONS, STATUS_OPTIONS } from '../shared/channelOptions';
import { formatField } from '../shared/resultQuery';

const about = (...events: string[]) => ({ show: { event: events } });

const insideAbout = (...events: string[]) => ({ show: { '/event': events } });

/** What starts the workflow, and how it gets it. */
export const fields: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Alarm',
				value: 'alarm',
				description: 'When a figure crosses a threshold, and when it is back to normal',
			},
			{
				name: 'Campaign Event',
				value: 'campaign',
				description: 'When a campaign is started, finished, paused or stopped',
			},
			{
				name: 'Channel Health',
				value: 'channelHealth',
				description: 'When a certificate ends soon, or a provider refuses a credential',
			},
			{ name: 'Delivery Result', value: 'result', description: 'What became of messages' },
			{
				name: 'Invalid Token',
				value: 'invalidToken',
				description: 'Device tokens to delete or to replace in your own data',
			},
		],
		default: 'result',
		description: 'What starts the workflow',
	},
	{
		...applicationLocator(undefined, ALL_APPLICATIONS),
		required: false,
		description: 'Only of this application. Leave it empty for all of them.',
	},
	{
		displayName: 'Results',
		name: 'results',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Those that reached the provider too' },
			{ name: 'Chosen Statuses', value: 'chosen', description: 'Those with one of the statuses below' },
			{
				name: 'Failed Only',
				value: 'failed',
				description: 'Everything that did not reach the provider or was refused',
			},
		],
		default: 'failed',
		description: 'Which results start the workflow',
		displayOptions: about('result'),
	},
	{
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		options: STATUS_OPTIONS,
		default: ['PERMANENT_FAILURE'],
		description: 'Results with one of these statuses start the workflow',
		displayOptions: { show: { event: ['result'], results: ['chosen'] } },
	},
	{
		displayName: 'Campaign Events',
		name: 'campaignEvents',
		type: 'multiOptions',
		options: [
			{ name: 'Finished', value: 'campaign.finished', description: 'Everybody has a result, or it was cancelled' },
			{ name: 'Paused', value: 'campaign.paused', description: 'By a person, a workflow or the Stop button' },
			{ name: 'Started', value: 'campaign.started', description: 'It has begun to send' },
			{
				name: 'Stopped',
				value: 'campaign.stopped',
				description: 'By its circuit breaker, or by a fault that meets every recipient',
			},
		],
		default: ['campaign.finished', 'campaign.stopped'],
		description: 'Which of them start the workflow',
		displayOptions: about('campaign'),
	},
	{
		displayName: 'Health Events',
		name: 'healthEvents',
		type: 'multiOptions',
		options: [
			{
				name: 'Credential Expiring',
				value: 'channel.credentialExpiring',
				description: '30, 7 and 1 days before its end',
			},
			{
				name: 'Credential Refused',
				value: 'channel.credentialRefused',
				description: 'At most once an hour per channel',
			},
		],
		default: ['channel.credentialExpiring', 'channel.credentialRefused'],
		description: 'Which of them start the workflow',
		displayOptions: about('channelHealth'),
	},
	{
		displayName: 'Figure',
		name: 'metric',
		type: 'options',
		options: [
			{ name: 'Failed Messages', value: 'failed' },
			{ name: 'Failures in Percent', value: 'failurePercent' },
			{ name: 'Latency in Milliseconds', value: 'latencyP90', description: 'Nine of ten messages are faster' },
			{ name: 'Messages', value: 'total' },
			{ name: 'Throttled Messages', value: 'throttled' },
		],
		default: 'failurePercent',
		description: 'Measured for each minute',
		displayOptions: about('alarm'),
	},
	{
		displayName: 'Is',
		name: 'comparison',
		type: 'options',
		options: [
			{ name: 'Above', value: 'above' },
			{ name: 'Below', value: 'below' },
		],
		default: 'above',
		description: 'On which side of the threshold the figure raises the alarm',
		displayOptions: about('alarm'),
	},
	{
		displayName: 'Threshold',
		name: 'threshold',
		type: 'number',
		default: 20,
		description: 'The value that the figure must pass',
		displayOptions: about('alarm'),
	},
	{
		displayName: 'For Minutes',
		name: 'minutes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 60 },
		default: 3,
		description: 'In how many minutes the figure must pass it. They need not follow each other.',
		displayOptions: about('alarm'),
	},
	{
		displayName: 'Of the Last Minutes',
		name: 'ofMinutes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 60 },
		default: 5,
		description: 'The window that is looked at, up to the last full minute',
		displayOptions: about('alarm'),
	},
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options: [
			{
				displayName: 'Campaign ID',
				name: 'campaignId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 5f2c9a7e4b1d4c3f8a6e0d9b7c5a3e1f',
				description: 'Only of this campaign',
				displayOptions: insideAbout('result', 'invalidToken', 'campaign'),
			},
			{
				displayName: 'Channels',
				name: 'channels',
				type: 'multiOptions',
				options: CHANNEL_OPTIONS,
				default: [],
				description: 'Only of these channels',
				displayOptions: { hide: { '/event': ['campaign'] } },
			},
			{
				displayName: 'Tag',
				name: 'tag',
				type: 'string',
				default: '',
				placeholder: 'e.g. spring-sale',
				description: 'Only of sends with this tag',
				displayOptions: insideAbout('result', 'invalidToken'),
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: { hide: { event: ['alarm'] } },
		options: [
			{
				displayName: 'Addresses in Output',
				name: 'addressesInOutput',
				type: 'options',
				options: [
					{ name: 'Full', value: 'full' },
					{ name: 'Last 6 Characters', value: 'last6' },
					{ name: 'Hash', value: 'hash', description: 'The first 16 hexadecimal digits of the SHA-256 hash' },
				],
				default: 'full',
				description: 'How much of a device address the items show',
				displayOptions: insideAbout('result', 'invalidToken'),
			},
			{
				displayName: 'Batch Size',
				name: 'batchSize',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 10_000 },
				default: 500,
				description: 'How many items start one execution at most',
				displayOptions: insideAbout('result', 'invalidToken', 'campaign', 'channelHealth'),
			},
			{
				displayName: 'Catch Up',
				name: 'catchUp',
				type: 'options',
				options: [
					{ name: 'Everything Kept', value: 'all', description: 'As far as the delivery log goes back' },
					{ name: 'Last 24 Hours', value: 'day' },
					{ name: 'Nothing', value: 'none' },
				],
				default: 'day',
				description:
					'What to bring, once this workflow is on again, of what happened while it was off or n8n was down. The first item says what was skipped.',
				displayOptions: insideAbout('result', 'invalidToken', 'campaign', 'channelHealth'),
			},
			{ ...formatField(), displayOptions: insideAbout('result') },
			{
				displayName: 'Include Own Results',
				name: 'ownResults',
				type: 'boolean',
				default: false,
				description:
					'Whether to start this workflow for results of messages that it has sent itself. Take care that it does not run in circles.',
				displayOptions: insideAbout('result', 'invalidToken'),
			},
			{
				displayName: 'Include Suspects',
				name: 'suspects',
				type: 'boolean',
				default: false,
				description:
					'Whether to bring tokens too that a wrong environment, topic or project makes look invalid. Never delete these without a check.',
				displayOptions: insideAbout('invalidToken'),
			},
			{
				displayName: 'Maximum Wait (Seconds)',
				name: 'maximumWait',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 1 },
				default: 0.5,
				description: 'How long the first item of a batch waits for others',
				displayOptions: insideAbout('result', 'invalidToken', 'campaign', 'channelHealth'),
			},
		],
	},
];
