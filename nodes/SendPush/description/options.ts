import type { INodeProperties } from 'n8n-workflow';

const insideSendToDevices = { show: { '/operation': ['sendToDevices'] } };

/** What AWS's style means for whoever holds the phone. */
export function styleNotice(displayOptions: INodeProperties['displayOptions']): INodeProperties {
	return {
		displayName:
			'The message is laid out as Amazon Pinpoint did: on Android, only apps with the AWS or Amplify SDK show it. The option Style > Native makes it a notification that every phone shows.',
		name: 'styleNotice',
		type: 'notice',
		default: '',
		displayOptions,
	};
}

/** How it is sent and what comes out. */
export const optionFields: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	displayOptions: { show: { resource: ['message'] } },
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
			description: 'How much of a device address result items show',
			displayOptions: insideSendToDevices,
		},
		{
			displayName: 'Concurrency',
			name: 'concurrency',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 100,
			description: 'How many messages may be on their way at the same time. Chosen by provider when not set.',
		},
		{
			displayName: 'Idempotency Key',
			name: 'idempotencyKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. {{ $json.eventId }}',
			description:
				'A text that is the same when the same event comes again, for example a webhook delivered twice. Within 24 hours the same key sends nothing and puts out the recorded results. Read for each item.',
			displayOptions: { show: { '/source': ['application'] } },
		},
		{
			displayName: 'Maximum Wait (Seconds)',
			name: 'maximumWait',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 30,
			description: 'How long to keep trying for one recipient when the provider is busy or out of reach',
		},
		{
			displayName: 'Messages per Second',
			name: 'messagesPerSecond',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 500,
			description:
				'How fast to send at most. When not set: 500 to Google, 100 to Amazon, 50 to Baidu; Apple sets no limit.',
		},
		{
			displayName: 'Missing Values',
			name: 'onMissing',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'That recipient gets nothing and comes out on Failed' },
				{ name: 'Leave Empty', value: 'empty', description: 'The place stays empty' },
				{ name: 'Keep', value: 'keep', description: 'The placeholder is sent as it is written' },
			],
			default: 'fail',
			description:
				'What to do when a recipient has no value for a {{name}} in the message. A fallback comes before: {{name | "friend"}}.',
		},
		{
			displayName: 'Ramp-Up (Seconds)',
			name: 'rampUp',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description: 'Time to get from slow to full speed. When not set: 60 seconds for Google, none for the others.',
		},
		{
			displayName: 'Record Results',
			name: 'recordResults',
			type: 'boolean',
			default: true,
			description:
				'Whether to keep the results in the delivery log of this n8n, where the resource Result and the trigger find them. Sends for an application are always recorded.',
			displayOptions: { show: { '/source': ['direct'] } },
		},
		{
			displayName: 'Results',
			name: 'results',
			type: 'options',
			options: [
				{ name: 'Every Recipient', value: 'all', description: 'One item per recipient, on Sent or Failed' },
				{
					name: 'Failures and Summary',
					value: 'failuresAndSummary',
					description: 'One summary on Sent, one item per failure on Failed',
				},
				{ name: 'Summary Only', value: 'summary', description: 'One item on Sent' },
			],
			default: 'all',
			description: 'Which items come out. With many recipients, fewer items save memory.',
			displayOptions: insideSendToDevices,
		},
		{
			displayName: 'Shorten to Fit',
			name: 'shortenToFit',
			type: 'boolean',
			default: true,
			description:
				'Whether to cut a body that makes the message too long for the provider, and end it with …, instead of failing. Raw payloads are never cut.',
		},
		{
			displayName: 'Style',
			name: 'style',
			type: 'options',
			options: [
				{
					name: 'AWS Compatible',
					value: 'awsCompatible',
					description: 'As Amazon Pinpoint sent it, for apps that use the Amplify or AWS SDK',
				},
				{ name: 'Native', value: 'native', description: 'Shown by the device without any SDK' },
			],
			default: 'awsCompatible',
			description:
				'How the message is laid out for the device. When not set: Native for Send to Devices, AWS Compatible for Send Message Request.',
		},
		{
			displayName: 'Tag',
			name: 'tag',
			type: 'string',
			default: '',
			placeholder: 'e.g. newsletter',
			description: 'A word for this group of sends. The trigger can be told to listen to one tag only.',
		},
		{
			displayName: 'Trace ID',
			name: 'traceId',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-4711',
			description:
				'Your own ID for what caused this send, to find its results by. The TraceId of a MessageRequest goes before it.',
		},
		{
			displayName: 'Validate Only',
			name: 'validateOnly',
			type: 'boolean',
			default: true,
			description:
				'Whether to check everything and deliver nothing. Google is asked; the other providers have no such check, so only what can be checked here is.',
		},
		{
			displayName: 'When the Answer Is Lost',
			name: 'whenAnswerIsLost',
			type: 'options',
			options: [
				{
					name: 'Automatic',
					value: 'auto',
					description: 'Send again when a collapse ID hides the double, report otherwise',
				},
				{ name: 'Report', value: 'report', description: 'Report it as unknown; never sent twice' },
				{ name: 'Send Again', value: 'sendAgain', description: 'A device may show it twice' },
			],
			default: 'auto',
			description: 'What to do when the connection breaks before the provider has answered',
		},
	],
};
