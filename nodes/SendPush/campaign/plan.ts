import type { IExecuteFunctions } from 'n8n-workflow';
import type { CampaignMessage, CampaignPlan } from '../../../push';
import type { EngineModule } from '../../shared/engine';
import { WorkflowMistake } from '../../shared/errors';
import { LenientJson } from '../../shared/lenientJson';
import { choiceOf, isRecord, ItemParameters, section, textOf, type Values } from '../../shared/parameters';
import { type OpenedRegistry } from '../../shared/registry';
import { WorkflowTimes } from '../../shared/times';
import { MESSAGE_PARAMETERS, toNotification } from '../content/notification';
import { additions, wishOf } from '../content/templates';
import { FROM_FIELD } from '../description/channels';
import { settingNumber } from './numbers';
import { refuseItemValues } from './oneForAll';
import { treatmentsOf } from './treatments';

export const CAMPAIGN_PARAMETERS = [
	...MESSAGE_PARAMETERS,
	'campaignKey',
	'application',
	'channel',
	'channelField',
	'addressKind',
	'recipientsFrom',
	'binaryPropertyName',
	'query',
	'queryParameters',
	'addressColumn',
	'columns',
	'campaignSettings',
] as const;

/** What Start Campaign's parameters say, but for the recipients. */
export interface CampaignWish {
	readonly plan: CampaignPlan;
	/** Everything that is read of a row. */
	readonly columns: readonly string[];
}

/**
 * A campaign is one for all items: expressions are read for the first of them.
 * @throws {WorkflowMistake} for a message that would differ from item to item
 */
export function campaignValues(context: IExecuteFunctions): Values {
	refuseItemValues(context);
	return new ItemParameters(context, CAMPAIGN_PARAMETERS).at(0);
}

/** @throws {WorkflowMistake}, {PushError} */
export async function readPlan(
	context: IExecuteFunctions,
	opened: OpenedRegistry,
	values: Values,
): Promise<CampaignWish> {
	const { engine } = opened;
	const settings = section(values, 'campaignSettings');
	const times = new WorkflowTimes(engine, context);
	const { message, treatments, placeholders } = await readMessages(opened, values, settings, times);
	const mapping = readMapping(engine, values);
	const { channel, substitutions = {}, address, userId, timeZone } = mapping;
	const columns = [
		address,
		'column' in channel ? channel.column : undefined,
		userId,
		timeZone,
		...Object.values(substitutions),
		...placeholders.filter((name) => !Object.hasOwn(substitutions, name)),
	];
	return {
		plan: {
			message,
			...(treatments.length === 0 ? {} : { treatments }),
			rendering: { onMissing: 'fail', shortenToFit: false },
			mapping,
			...paceOf(settings),
			...scheduleOf(context, settings, times),
			...limitsOf(settings),
			retryHorizonMs: (settingNumber(settings, 'retryFor') ?? 60) * 60_000,
		},
		columns: [...new Set(columns.filter((column) => column !== undefined))],
	};
}

async function readMessages(opened: OpenedRegistry, values: Values, settings: Values, times: WorkflowTimes) {
	const wish = wishOf(values);
	const placeholders = new Set<string>();
	const fromTemplate = async (version: number | undefined): Promise<CampaignMessage> => {
		if (!wish) throw new WorkflowMistake('No template is chosen.', 'Choose one, or set Message From to Fields.');
		const view = await opened.registry.templates.get(opened.caller, wish.name, version ?? wish.version);
		const compiled = await opened.registry.templates.compiled(opened.caller, wish.name, view.version.version);
		for (const name of compiled.placeholders) placeholders.add(name);
		const { name, version: found, content } = view.version;
		return { kind: 'template', name, version: found, content, configuration: withoutGaps(additions(values)) };
	};
	const notification = wish ? undefined : toNotification(values, new LenientJson(opened.engine), times);
	const fromFields = (more: object): CampaignMessage => {
		const content = { ...notification, ...more };
		for (const name of opened.engine.placeholderNames(content)) placeholders.add(name);
		return { kind: 'notification', notification: content };
	};
	const message = wish ? await fromTemplate(undefined) : fromFields({});
	const treatments = [];
	for (const { name, weight, texts, templateVersion } of treatmentsOf(values, listOf(settings, 'treatments'))) {
		treatments.push({ name, weight, message: wish ? await fromTemplate(templateVersion) : fromFields(texts) });
	}
	return { message, treatments, placeholders: [...placeholders] };
}

function readMapping(engine: EngineModule, values: Values): CampaignPlan['mapping'] {
	const columns = section(values, 'columns');
	const chosen = textOf(values, 'channel') ?? '';
	const kind = choiceOf(values, 'addressKind', 'Recipients Are', ['token', 'fid', 'topic', 'condition']);
	const substitutions: Record<string, string> = {};
	for (const row of listOf(columns, 'substitutions')) {
		const name = textOf(row, 'name')?.trim();
		const column = textOf(row, 'column')?.trim();
		if (name && column) substitutions[name] = column;
	}
	const userId = textOf(columns, 'userId')?.trim() || undefined;
	const timeZone = textOf(columns, 'timeZone')?.trim() || undefined;
	return {
		address: textOf(values, 'addressColumn')?.trim() ?? 'device',
		channel:
			chosen === FROM_FIELD
				? { column: textOf(values, 'channelField')?.trim() ?? 'channel' }
				: { type: engine.parseChannelType(chosen) },
		...(kind === undefined || kind === 'token' ? {} : { addressKind: kind }),
		...(userId === undefined ? {} : { userId }),
		...(timeZone === undefined ? {} : { timeZone }),
		...(Object.keys(substitutions).length === 0 ? {} : { substitutions }),
	};
}

function paceOf(settings: Values) {
	const rate = settingNumber(settings, 'messagesPerSecond');
	const rampUp = settingNumber(settings, 'rampUp');
	return {
		...(rate !== undefined && rate > 0 ? { ratePerSecond: rate } : {}),
		...(rampUp === undefined ? {} : { rampUpMs: rampUp * 1_000 }),
	};
}

function scheduleOf(context: IExecuteFunctions, settings: Values, times: WorkflowTimes) {
	const startAt = times.at(settings, 'startAt', 'Start At');
	const stopAt = times.at(settings, 'stopAt', 'Stop At');
	const start = textOf(settings, 'quietFrom');
	const end = textOf(settings, 'quietUntil');
	if ((start === undefined) !== (end === undefined)) {
		throw new WorkflowMistake('Quiet hours need a beginning and an end.', 'Set Quiet From and Quiet Until.');
	}
	const then = choiceOf(settings, 'quietThen', 'Quiet Hours: What Then', ['wait', 'skip', 'ignore']);
	if (then === 'ignore' && start !== undefined) {
		throw new WorkflowMistake('Quiet hours are set, and to be ignored.', 'Remove Quiet From and Quiet Until.');
	}
	const otherwise: 'wait' | 'skip' = then === 'skip' ? 'skip' : 'wait';
	const timeZone = textOf(settings, 'timeZone') ?? context.getTimezone();
	return {
		...(startAt === undefined ? {} : { startAt }),
		...(stopAt === undefined ? {} : { stopAt }),
		timeZone,
		...(then === undefined || start !== undefined ? {} : { applicationQuietHours: then }),
		...(start === undefined || end === undefined ? {} : { quietHours: { start, end, timeZone, otherwise } }),
	};
}

function limitsOf(settings: Values) {
	const limit = settingNumber(settings, 'firstRecipients');
	const holdOutPercent = settingNumber(settings, 'holdOut');
	const perDay = settingNumber(settings, 'dailyCap');
	const total = settingNumber(settings, 'totalCap');
	const percent = settingNumber(settings, 'breakerPercent');
	const window = settingNumber(settings, 'breakerWindow') ?? 1_000;
	return {
		...(limit === undefined ? {} : { limit }),
		...(holdOutPercent === undefined ? {} : { holdOutPercent }),
		...(perDay === undefined && total === undefined
			? {}
			: { caps: { ...(perDay === undefined ? {} : { perDay }), ...(total === undefined ? {} : { total }) } }),
		...(percent === undefined ? {} : { breaker: { percent, window } }),
	};
}

/** The rows of a fixed collection. */
function listOf(values: Values, name: string): Values[] {
	const { values: rows } = section(values, name);
	return Array.isArray(rows) ? rows.filter(isRecord) : [];
}

function withoutGaps<T>(value: T): T {
	return JSON.parse(JSON.stringify(value));
}
