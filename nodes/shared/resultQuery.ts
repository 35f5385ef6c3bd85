import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { ApplicationLocator, AwsEvent, FoundResult, ScopedQuery } from '../../push';
import type { ChannelType, DeliveryStatus } from '../../push/model';
import { type AddressForm } from './addresses';
import { ALL_APPLICATIONS, applicationLocator, toLocator } from './applicationLocator';
import { CHANNEL_OPTIONS, STATUS_OPTIONS } from './channelOptions';
import type { EngineModule } from './engine';
import { WorkflowMistake } from './errors';
import { isRecord, textOf, textsOf, type Values } from './parameters';
import { toResultJson } from './results';
import { isoDate } from './views';

type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

/** An application, or none for all of them. */
export function optionalApplication(show: Show): INodeProperties {
	return {
		...applicationLocator({ show }, ALL_APPLICATIONS),
		required: false,
		description: 'Only results of this application. Leave it empty for all of them.',
	};
}

/** @returns undefined when none is chosen */
export function toScope(parameter: unknown): ApplicationLocator | undefined {
	const value = isRecord(parameter) ? parameter.value : parameter;
	return typeof value === 'string' && value.trim() !== '' ? toLocator(parameter, '') : undefined;
}

const FIELDS = {
	address: {
		displayName: 'Address',
		name: 'address',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.device }}',
		description: 'Only results of this device token or registration ID',
	},
	campaignId: {
		displayName: 'Campaign ID',
		name: 'campaignId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 5f2c9a7e4b1d4c3f8a6e0d9b7c5a3e1f',
		description: 'Only results of this campaign',
	},
	channels: {
		displayName: 'Channels',
		name: 'channels',
		type: 'multiOptions',
		options: CHANNEL_OPTIONS,
		default: [],
		description: 'Only results of these channels',
	},
	messageId: {
		displayName: 'Message ID',
		name: 'messageId',
		type: 'string',
		default: '',
		placeholder: 'e.g. c1f6c9a0-6e2c-4f3a-9a58-2f8f0d2b8a11',
		description: 'The ID the provider gave the message',
	},
	reason: {
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		placeholder: 'e.g. BadDeviceToken',
		description: "Only results with this word of the provider's in providerReason",
	},
	since: {
		displayName: 'Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		description: 'Only results recorded from this time on',
	},
	statuses: {
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		options: STATUS_OPTIONS,
		default: [],
		description: 'Only results with one of these statuses',
	},
	tag: {
		displayName: 'Tag',
		name: 'tag',
		type: 'string',
		default: '',
		placeholder: 'e.g. spring-sale',
		description: 'Only results of sends with this tag',
	},
	traceId: {
		displayName: 'Trace ID',
		name: 'traceId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 4bf92f3577b34da6a3ce929d0e0e4736',
		description: 'Only results of messages with this trace ID',
	},
	until: {
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		description: 'Only results recorded before this time',
	},
} satisfies Record<string, INodeProperties>;

export type FilterName = keyof typeof FIELDS;

/** The collection "Filters" with these fields. */
export function filterFields(show: Show, names: readonly FilterName[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		displayOptions: { show },
		options: names.map((name) => FIELDS[name]),
	};
}

/**
 * All filters but the times.
 * @throws {WorkflowMistake} for a value that cannot be
 */
export function readFilters(filters: Values): Omit<ScopedQuery, 'since' | 'until'> {
	const text = (name: FilterName) => textOf(filters, name)?.trim();
	const query = {
		address: text('address'),
		campaignId: text('campaignId'),
		messageId: text('messageId'),
		reason: text('reason'),
		tag: text('tag'),
		traceId: text('traceId'),
		channels: wordsOf(filters, 'channels', 'Channels', isChannel),
		statuses: wordsOf(filters, 'statuses', 'Statuses', isStatus),
	};
	return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

function wordsOf<Word extends string>(
	filters: Values,
	name: FilterName,
	label: string,
	is: (word: string) => word is Word,
): Word[] | undefined {
	return textsOf(filters, name)?.map((word) => {
		const upper = word.toUpperCase() === 'FCM' ? 'GCM' : word.toUpperCase();
		if (is(upper)) return upper;
		throw new WorkflowMistake(`"${word.slice(0, 40)}" is not a value ${label} can have.`, 'Choose from the list.');
	});
}

function isChannel(word: string): word is ChannelType {
	return CHANNEL_OPTIONS.some(({ value }) => value === word);
}

export function isStatus(word: string): word is DeliveryStatus {
	return STATUS_OPTIONS.some(({ value }) => value === word);
}

/** How results look: as everywhere in this package, or as AWS's event stream told of them. */
export const FORMATS = ['result', 'awsEvent'] as const;

export type ResultFormat = (typeof FORMATS)[number];

export function formatField(show?: Show): INodeProperties {
	return {
		displayName: 'Format',
		name: 'format',
		type: 'options',
		options: [
			{ name: 'Result', value: 'result', description: 'As Send Push puts them out' },
			{
				name: 'AWS Event',
				value: 'awsEvent',
				description: "The envelope of Amazon Pinpoint's event stream, without the address",
			},
		],
		default: 'result',
		description: 'How a result is written down',
		...(show ? { displayOptions: { show } } : {}),
	};
}

/** A recorded result as items show it. */
export function foundResultJson(result: FoundResult, form: AddressForm): IDataObject {
	const { recordedAt, origin } = result;
	const { workflowId, workflowName, executionId, tag } = origin;
	return {
		...toResultJson(result, form),
		recordedAt: isoDate(recordedAt),
		...(workflowId === undefined ? {} : { workflowId }),
		...(workflowName === undefined ? {} : { workflowName }),
		...(executionId === undefined ? {} : { executionId }),
		...(tag === undefined ? {} : { tag }),
	};
}

export function resultInFormat(
	engine: EngineModule,
	result: FoundResult,
	format: ResultFormat,
	form: AddressForm,
): IDataObject {
	if (format === 'result') return foundResultJson(result, form);
	const event: AwsEvent = engine.toAwsEvent(result);
	return { ...event, client_context: { custom: { ...event.client_context.custom } } };
}
