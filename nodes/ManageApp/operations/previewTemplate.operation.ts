import type { IDataObject } from 'n8n-workflow';
import type { CompiledTemplate, MessageStyle } from '../../../push/messages';
import type { ChannelPreview } from '../../../push/templates';
import type { ChannelType } from '../../../push/model';
import { WorkflowMistake } from '../../shared/errors';
import { substitutionsOf } from '../../shared/itemField';
import type { Operation, OperationContext } from '../../shared/operation';
import { choiceOf, isRecord, jsonOf, textOf } from '../../shared/parameters';
import { collection } from './application';
import { chooseTemplate, chosenTemplate, chosenVersion, parameter, versionField } from './template';

const show = { resource: ['template'], operation: ['preview'] };

/** What each channel would send to a sample recipient, and what the phone shows. Nothing is sent. */
export const previewTemplate: Operation = {
	option: {
		name: 'Preview',
		value: 'preview',
		description: 'See the exact payloads, their sizes, and pictures of the lock screens',
		action: 'Preview a template',
	},
	fields: [
		chooseTemplate(show),
		versionField(show, 'Which version to preview. 0 means the active one.'),
		{
			displayName: 'Channels',
			name: 'previewChannels',
			type: 'multiOptions',
			options: [
				{ name: 'Amazon Device Messaging', value: 'ADM' },
				{ name: 'Apple', value: 'APNS' },
				{ name: 'Apple VoIP', value: 'APNS_VOIP' },
				{ name: 'Baidu Cloud Push', value: 'BAIDU' },
				{ name: 'Google (FCM)', value: 'GCM' },
			],
			default: ['APNS', 'GCM'],
			description: 'Which devices to show it for',
			displayOptions: { show },
		},
		{
			displayName: 'Sample Values',
			name: 'sampleValues',
			type: 'json',
			typeOptions: { rows: 4 },
			default: '{}',
			description:
				'Values of the recipient to show it for, for example {"name": "Ann"}. An item can be given as a whole.',
			displayOptions: { show },
		},
		{
			displayName: 'Options',
			name: 'previewOptions',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: { show },
			options: [
				{
					displayName: 'App Name',
					name: 'appName',
					type: 'string',
					default: '',
					placeholder: 'e.g. Shop',
					description: 'The name on the pictures',
				},
				{
					displayName: 'Style',
					name: 'style',
					type: 'options',
					options: [
						{ name: 'AWS Compatible', value: 'aws', description: 'As Amazon Pinpoint sent it' },
						{ name: 'Native', value: 'native', description: 'Shown by the device without any SDK' },
					],
					default: 'native',
					description: 'How the message is laid out for the device',
				},
			],
		},
	],
	async run(context, itemIndex) {
		const { engine, registry, caller, functions } = context;
		const name = chosenTemplate(context, itemIndex);
		const template = await registry.templates.compiled(caller, name, chosenVersion(context, itemIndex));
		const options = collection(context, 'previewOptions', itemIndex);
		const style: MessageStyle = choiceOf(options, 'style', 'Style', ['native', 'aws']) ?? 'native';
		const preview = engine.previewMessage(() => engine.compileTemplateMessage({ template, style }), {
			channels: chosenChannels(context, itemIndex),
			substitutions: sampleValues(context, itemIndex, template),
			title: `${template.name}, version ${template.version}`,
			appName: textOf(options, 'appName') ?? 'Your App',
			now: Date.now(),
			timeZone: functions.getTimezone(),
		});
		const file = async (text: string, extension: string, type: string) =>
			await functions.helpers.prepareBinaryData(Buffer.from(text), `${template.name}.${extension}`, type);
		return [
			{
				json: { name: template.name, version: template.version, channels: preview.channels.map(channelJson) },
				binary: {
					html: await file(preview.html, 'html', 'text/html'),
					svg: await file(preview.svg, 'svg', 'image/svg+xml'),
				},
			},
		];
	},
};

function chosenChannels({ engine, functions }: OperationContext, itemIndex: number): ChannelType[] {
	const chosen: unknown = functions.getNodeParameter('previewChannels', itemIndex, []);
	const words = Array.isArray(chosen) ? chosen.map(String) : [String(chosen)];
	const channels = [...new Set(words.map((word) => engine.parseChannelType(word)))];
	if (channels.length > 0) return channels;
	throw new WorkflowMistake('No channel is chosen.', 'Choose at least one under Channels.');
}

function sampleValues(context: OperationContext, itemIndex: number, template: CompiledTemplate) {
	const values = jsonOf(parameter(context, 'sampleValues', itemIndex), 'sampleValues', 'Sample Values');
	if (values === undefined) return {};
	if (!isRecord(values)) {
		throw new WorkflowMistake('Sample Values is not a JSON object.', 'Write it like {"name": "Ann"}.');
	}
	const item: IDataObject = JSON.parse(JSON.stringify(values));
	return substitutionsOf(item, template.placeholders) ?? {};
}

function channelJson({ channelType, payload, headers, bytes, limit, warnings, refusal }: ChannelPreview): IDataObject {
	return {
		channel: channelType,
		...(payload === undefined ? {} : { payload, headers: { ...headers }, bytes }),
		limit,
		fits: bytes !== undefined && bytes <= limit,
		warnings: [...warnings],
		...(refusal ? { refusal: { ...refusal } } : {}),
	};
}
