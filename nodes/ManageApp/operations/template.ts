import type { INodeProperties } from 'n8n-workflow';
import { WorkflowMistake } from '../../shared/errors';
import { LenientJson } from '../../shared/lenientJson';
import type { OperationContext } from '../../shared/operation';
import { isRecord, textOf, type Values } from '../../shared/parameters';
import { templateLocator, templateName, versionOf } from '../../shared/templateLocator';
import { type Show, textParameter } from './application';

/** The template an operation of this node works on. */
export const chooseTemplate = (show: Show) => templateLocator({ show });

/** @throws {WorkflowMistake} when none is chosen */
export function chosenTemplate({ functions }: OperationContext, itemIndex: number): string {
	return templateName(functions.getNodeParameter('template', itemIndex, ''));
}

export function versionField(show: Show, description: string): INodeProperties {
	return {
		displayName: 'Version',
		name: 'templateVersion',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description,
		displayOptions: { show },
	};
}

/** Undefined for 0. @throws {WorkflowMistake} */
export function chosenVersion({ functions }: OperationContext, itemIndex: number): number | undefined {
	return versionOf(functions.getNodeParameter('templateVersion', itemIndex, 0));
}

const SAMPLE = {
	Default: { Action: 'OPEN_APP', Title: 'Hello {{name | "friend"}}', Body: 'Sent from n8n' },
	APNS: { MediaUrl: '' },
	GCM: { ImageUrl: '' },
};

/** What a template says, in fields or as AWS writes it. */
export function contentFields(show: Show): INodeProperties[] {
	const fields = { show: { ...show, templateMode: ['fields'] } };
	return [
		{
			displayName: 'Content',
			name: 'templateMode',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Fields', value: 'fields', description: 'The same texts on every channel' },
				{ name: 'JSON', value: 'json', description: 'Parts for each channel, as Amazon Pinpoint writes them' },
			],
			default: 'fields',
			description: 'How the message is written',
			displayOptions: { show },
		},
		{
			displayName: 'Title',
			name: 'templateTitle',
			type: 'string',
			default: '',
			placeholder: 'e.g. Your order is on its way',
			description: 'Shown in bold. Use {{name}} for values, and helpers such as {{#if vip}}Dear member{{/if}}.',
			displayOptions: fields,
		},
		{
			displayName: 'Body',
			name: 'templateBody',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. It arrives today between 2 and 4 pm.',
			description:
				'The text below the title. Use {{name}} for values, and helpers such as {{#if vip}}Dear member{{/if}}.',
			displayOptions: fields,
		},
		{
			displayName: 'When Tapped',
			name: 'templateAction',
			type: 'options',
			options: [
				{ name: 'Open App', value: 'OPEN_APP', description: 'Start the app or bring it to the front' },
				{ name: 'Open Deep Link', value: 'DEEP_LINK', description: 'Open a certain screen of the app' },
				{ name: 'Open URL', value: 'URL', description: 'Open a web page' },
			],
			default: 'OPEN_APP',
			description: 'What happens when the notification is tapped',
			displayOptions: fields,
		},
		{
			displayName: 'Link',
			name: 'templateUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/orders/{{order}}',
			description: 'The deep link or web address to open',
			displayOptions: { show: { ...show, templateMode: ['fields'], templateAction: ['DEEP_LINK', 'URL'] } },
		},
		{
			displayName: 'Sound',
			name: 'templateSound',
			type: 'string',
			default: 'default',
			placeholder: 'e.g. chime.caf',
			description: 'Leave "default" for the usual sound, name a sound file of the app, or leave empty for none',
			displayOptions: fields,
		},
		{
			displayName: 'Image URL',
			name: 'templateImageUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/picture.jpg',
			description: 'A picture to show. On Apple devices the app needs a notification service extension.',
			displayOptions: fields,
		},
		{
			displayName: 'Parts',
			name: 'templateParts',
			type: 'json',
			typeOptions: { rows: 12 },
			default: JSON.stringify(SAMPLE, null, 2),
			description:
				'The parts Default, APNS, GCM, Baidu and ADM of a PushNotificationTemplateRequest. RawContent in a part takes the place of its other fields.',
			displayOptions: { show: { ...show, templateMode: ['json'] } },
		},
		{
			displayName: 'Default Values',
			name: 'templateDefaults',
			type: 'json',
			typeOptions: { rows: 4 },
			default: '{}',
			description: 'Values for recipients that bring none, for example {"name": "friend"}',
			displayOptions: { show },
		},
	];
}

/** @throws {WorkflowMistake} for JSON that cannot be read */
export function readContent(context: OperationContext, itemIndex: number): unknown {
	const defaults = defaultValues(context, itemIndex);
	if (textParameter(context, 'templateMode', itemIndex) === 'json') {
		const parts = new LenientJson(context.engine).read(
			parameter(context, 'templateParts', itemIndex),
			'templateParts',
			'Parts',
		);
		if (!isRecord(parts))
			throw new WorkflowMistake('Parts is not a JSON object.', 'Write it like {"Default": {"Body": "Hello"}}.');
		return { ...defaults, ...parts };
	}
	const field = (name: string) => textParameter(context, name, itemIndex);
	const image = field('templateImageUrl');
	const action = field('templateAction');
	return {
		Default: {
			Title: field('templateTitle'),
			Body: field('templateBody'),
			Sound: field('templateSound'),
			...(action === '' || action === 'OPEN_APP' ? {} : { Action: action, Url: field('templateUrl') }),
		},
		...(image === ''
			? {}
			: { APNS: { MediaUrl: image }, GCM: { ImageUrl: image }, Baidu: { ImageUrl: image }, ADM: { ImageUrl: image } }),
		...defaults,
	};
}

function defaultValues(context: OperationContext, itemIndex: number): { DefaultSubstitutions?: string } {
	const values = new LenientJson(context.engine).read(
		parameter(context, 'templateDefaults', itemIndex),
		'templateDefaults',
		'Default Values',
	);
	if (values === undefined || (isRecord(values) && Object.keys(values).length === 0)) return {};
	return { DefaultSubstitutions: JSON.stringify(values) };
}

/** One parameter as the readers of parameters take it. */
export function parameter({ functions }: OperationContext, name: string, itemIndex: number): Values {
	return { [name]: functions.getNodeParameter(name, itemIndex, '') };
}

export const descriptionField: INodeProperties = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. When the parcel has left the warehouse',
	description: 'What this version is for. Up to 500 characters.',
};

export function descriptionOf(values: Values): { description?: string } {
	return 'description' in values ? { description: textOf(values, 'description') ?? '' } : {};
}
