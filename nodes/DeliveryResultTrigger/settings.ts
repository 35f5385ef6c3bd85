import type { ITriggerFunctions } from 'n8n-workflow';
import type { Scope, Subject } from '../../push';
import type { DeliveryStatus, EventType } from '../../push/model';
import { ADDRESS_FORMS, type AddressForm } from '../shared/addresses';
import { WorkflowMistake } from '../shared/errors';
import { choiceOf, flagOf, isRecord, numberOf, textsOf, type Values } from '../shared/parameters';
import { FORMATS, isStatus, readFilters, type ResultFormat, toScope } from '../shared/resultQuery';

export const EVENTS = ['result', 'invalidToken', 'campaign', 'channelHealth', 'alarm'] as const;

export type TriggerEvent = (typeof EVENTS)[number];

export interface TriggerSettings {
	readonly event: TriggerEvent;
	readonly scope: Scope;
	readonly subject: Subject;
	readonly batchSize: number;
	readonly maxWaitMs: number;
	readonly catchUpMs: number;
	readonly format: ResultFormat;
	readonly form: AddressForm;
}

const FAILED: readonly DeliveryStatus[] = [
	'THROTTLED',
	'TEMPORARY_FAILURE',
	'PERMANENT_FAILURE',
	'UNKNOWN_FAILURE',
	'TIMEOUT',
];

const CATCH_UP_MS = { all: Infinity, day: 86_400_000, none: 0 } as const;

const CAMPAIGN_EVENTS = ['campaign.started', 'campaign.finished', 'campaign.paused', 'campaign.stopped'] as const;
const HEALTH_EVENTS = ['channel.credentialRefused', 'channel.credentialExpiring'] as const;

/** @throws {WorkflowMistake} naming the parameter that cannot be used */
export function readSettings(context: ITriggerFunctions): TriggerSettings {
	const parameter = (name: string): unknown => context.getNodeParameter(name, null);
	const collection = (name: string): Values => {
		const value = parameter(name);
		return isRecord(value) ? value : {};
	};
	const options = collection('options');
	const event = choiceOf({ event: parameter('event') }, 'event', 'Trigger On', EVENTS) ?? 'result';
	const catchUp = choiceOf(options, 'catchUp', 'Catch Up', ['all', 'day', 'none']) ?? 'day';
	const batchSize = numberOf(options, 'batchSize', 'Batch Size') ?? 500;
	return {
		event,
		scope: toScope(parameter('application')),
		subject: subjectOf(context, event, parameter, collection),
		batchSize: event === 'alarm' ? 1 : Math.min(10_000, Math.max(1, Math.floor(batchSize))),
		maxWaitMs: Math.max(0, (numberOf(options, 'maximumWait', 'Maximum Wait') ?? 0.5) * 1_000),
		catchUpMs: CATCH_UP_MS[catchUp],
		format: choiceOf(options, 'format', 'Format', FORMATS) ?? 'result',
		form: choiceOf(options, 'addressesInOutput', 'Addresses in Output', ADDRESS_FORMS) ?? 'full',
	};
}

function subjectOf(
	context: ITriggerFunctions,
	event: TriggerEvent,
	parameter: (name: string) => unknown,
	collection: (name: string) => Values,
): Subject {
	const options = collection('options');
	const { campaignId, channels, tag } = readFilters(collection('filters'));
	const channelFilter = channels === undefined ? {} : { channels };
	const campaignFilter = { ...channelFilter, ...(campaignId === undefined ? {} : { campaignId }) };
	const workflowId = context.getWorkflow().id;
	const own = flagOf(options, 'ownResults') !== true && workflowId ? { notWorkflowId: workflowId } : {};
	const resultFilter = { ...campaignFilter, ...(tag === undefined ? {} : { tag }), ...own };
	switch (event) {
		case 'result': {
			const statuses = statusesOf(parameter('results'), parameter('statuses'));
			return { kind: 'results', query: { ...resultFilter, ...(statuses ? { statuses } : {}) } };
		}
		case 'invalidToken': {
			const actions = flagOf(options, 'suspects') ? (['suspect'] as const) : [];
			return { kind: 'results', query: { ...resultFilter, actions: ['remove', 'replace', ...actions] } };
		}
		case 'campaign':
			return {
				kind: 'events',
				types: chosen(parameter('campaignEvents'), 'Campaign Events', CAMPAIGN_EVENTS),
				query: campaignFilter,
			};
		case 'channelHealth':
			return {
				kind: 'events',
				types: chosen(parameter('healthEvents'), 'Health Events', HEALTH_EVENTS),
				query: channelFilter,
			};
		case 'alarm':
			return { kind: 'alarm', rule: ruleOf(parameter), query: channelFilter };
	}
}

function statusesOf(results: unknown, statuses: unknown): readonly DeliveryStatus[] | undefined {
	if (results === 'all') return undefined;
	if (results !== 'chosen') return FAILED;
	const words = textsOf({ statuses }, 'statuses') ?? [];
	const known = words.filter(isStatus);
	if (known.length > 0 && known.length === words.length) return known;
	throw new WorkflowMistake('Statuses names none, or one there is not.', 'Choose at least one from the list.');
}

function chosen<Type extends EventType>(value: unknown, label: string, all: readonly Type[]): readonly Type[] {
	const words = textsOf({ value }, 'value') ?? [];
	const known = all.filter((type) => words.includes(type));
	if (known.length > 0) return known;
	throw new WorkflowMistake(`${label} names no event.`, 'Choose at least one from the list.');
}

function ruleOf(parameter: (name: string) => unknown) {
	const values: Values = Object.fromEntries(
		['metric', 'comparison', 'threshold', 'minutes', 'ofMinutes'].map((name) => [name, parameter(name)]),
	);
	const metrics = ['failurePercent', 'failed', 'throttled', 'total', 'latencyP90'] as const;
	const ofMinutes = numberOf(values, 'ofMinutes', 'Of the Last Minutes') ?? 5;
	const minutes = numberOf(values, 'minutes', 'For Minutes') ?? 3;
	if (
		!Number.isInteger(minutes) ||
		!Number.isInteger(ofMinutes) ||
		minutes < 1 ||
		minutes > ofMinutes ||
		ofMinutes > 60
	) {
		throw new WorkflowMistake(
			`An alarm for ${minutes} of the last ${ofMinutes} minutes can never come.`,
			'Use whole numbers from 1 to 60, the first no larger than the second.',
		);
	}
	return {
		metric: choiceOf(values, 'metric', 'Figure', metrics) ?? 'failurePercent',
		comparison: choiceOf(values, 'comparison', 'Is', ['above', 'below']) ?? 'above',
		threshold: numberOf(values, 'threshold', 'Threshold') ?? 20,
		minutes,
		ofMinutes,
	};
}
