import type { IExecuteFunctions } from 'n8n-workflow';
import type { ApplicationLocator, ApplicationSend, DirectCredentials } from '../../../push';
import type { ResultStream, SendBatch, SendOptions } from '../../../push/sending/types';
import { NO_APPLICATION, toLocator } from '../../shared/applicationLocator';
import { egressFilterOf } from '../../shared/egress';
import type { EngineModule } from '../../shared/engine';
import { isRecord, ItemParameters, textOf } from '../../shared/parameters';
import { openRegistry } from '../../shared/registry';
import { directLog, originOf } from './origin';

/** Where messages go through: an application's channels, or the credentials of the node itself. */
export interface SendTarget {
	/** Named in responses; zeros in direct mode. */
	readonly applicationId: string;
	/** Absent in direct mode. */
	readonly application?: ApplicationSend;
	start(batches: Iterable<SendBatch>, options: SendOptions): ResultStream;
}

/** Items that are sent together. */
export interface SendGroup {
	readonly target: SendTarget;
	readonly idempotencyKey?: string;
	/** In ascending order; absent = all of them. */
	readonly items?: readonly number[];
}

/** Told of an item that cannot be used; throws to stop everything. */
export type OnMistake = (error: unknown, itemIndex: number) => void;

export function isDirect(context: IExecuteFunctions): boolean {
	return textOf(new ItemParameters(context, ['source']).at(0), 'source') === 'direct';
}

export async function directTarget(
	context: IExecuteFunctions,
	engineModule: EngineModule,
	credentials: DirectCredentials,
): Promise<SendTarget> {
	const engine = engineModule.engine();
	engine.useEgressFilter(egressFilterOf(context));
	const applicationId = engineModule.DIRECT_APPLICATION_ID;
	const recorded = { origin: originOf(context), ...(await directLog(context)) };
	return { applicationId, start: (batches, options) => engine.send(batches, credentials, { ...options, ...recorded }) };
}

interface Wish {
	readonly locator: ApplicationLocator;
	readonly idempotencyKey: string;
	/** Absent = all of them. */
	readonly items?: number[];
}

/**
 * The items by application and idempotency key. Constant parameters make one group, read without looking at the items.
 * Every application is opened before anything is sent.
 * @throws {PushError} `StoreUnavailable` and others that concern the whole node
 */
export async function applicationGroups(context: IExecuteFunctions, onMistake: OnMistake): Promise<SendGroup[]> {
	const wishes = readWishes(context, onMistake);
	if (wishes.length === 0) return [];
	const { engine, registry, caller } = await openRegistry(context);
	const running = engine.engine();
	const origin = originOf(context);
	const opened = new Map<string, SendTarget>();
	const groups: SendGroup[] = [];
	for (const { locator, idempotencyKey, items } of wishes) {
		const attempt = await attemptOpen(async () => {
			const known = opened.get(JSON.stringify(locator));
			if (known) return known;
			const application = await registry.openSend(caller, locator);
			return {
				applicationId: application.application.id,
				application,
				start: (batches: Iterable<SendBatch>, options: SendOptions) =>
					running.sendFor(application, batches, { ...options, origin }),
			};
		});
		if ('mistake' in attempt) {
			for (const item of items ?? context.getInputData().keys()) onMistake(attempt.mistake, item);
			continue;
		}
		opened.set(JSON.stringify(locator), attempt.target);
		groups.push({
			target: attempt.target,
			...(idempotencyKey === '' ? {} : { idempotencyKey }),
			...(items ? { items } : {}),
		});
	}
	return groups;
}

async function attemptOpen(
	work: () => Promise<SendTarget>,
): Promise<{ readonly target: SendTarget } | { readonly mistake: unknown }> {
	try {
		return { target: await work() };
	} catch (mistake) {
		return { mistake };
	}
}

function readWishes(context: IExecuteFunctions, onMistake: OnMistake): Wish[] {
	const applications = new ItemParameters(context, ['application']);
	const keys = idempotencyKeys(context);
	const locatorOf = (item: number) =>
		toLocator(applications.at(item).application, `Choose one. ${NO_APPLICATION.send}.`);
	if (applications.constant && keys.constant) return [{ locator: locatorOf(0), idempotencyKey: keys.at(0) }];
	const wishes = new Map<string, Required<Wish>>();
	const count = context.getInputData().length;
	for (let item = 0; item < count; item++) {
		try {
			const locator = locatorOf(item);
			const idempotencyKey = keys.at(item);
			const id = JSON.stringify([locator, idempotencyKey]);
			const wish = wishes.get(id);
			if (wish) wish.items.push(item);
			else wishes.set(id, { locator, idempotencyKey, items: [item] });
		} catch (error) {
			onMistake(error, item);
		}
	}
	return [...wishes.values()];
}

/** Unlike the other options, which govern the whole send, the key is read for each item. */
function idempotencyKeys(context: IExecuteFunctions): { constant: boolean; at(itemIndex: number): string } {
	const raw: unknown = context.getNodeParameter('options', 0, {}, { rawExpressions: true });
	const written = isRecord(raw) ? textOf(raw, 'idempotencyKey') : undefined;
	if (written === undefined) return { constant: true, at: () => '' };
	if (!written.startsWith('=')) return { constant: true, at: () => written.trim() };
	return {
		constant: false,
		at(itemIndex) {
			const value: unknown = context.getNodeParameter('options.idempotencyKey', itemIndex, '');
			return textOf({ value }, 'value')?.trim() ?? '';
		},
	};
}
