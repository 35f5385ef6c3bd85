import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { CompiledMessageRequest } from '../../../push';
import type { SendOptions } from '../../../push/sending/types';
import type { EngineModule } from '../../shared/engine';
import { WorkflowMistake } from '../../shared/errors';
import { isRecord } from '../../shared/parameters';
import type { Summary } from '../../shared/summary';
import { deliver } from './deliver';
import { type Attempted, forEachGroup, recordSend, refuseStopped, REPLAYED, sendOnce } from './once';
import { RequestPlan } from './requestPlan';
import type { OnMistake, SendGroup } from './target';

/** The request of one item, ready to be sent. */
export interface ItemRequest {
	readonly itemIndex: number;
	readonly compiled: CompiledMessageRequest;
	/** As given: tells one request from another under the same idempotency key. */
	readonly given: unknown;
}

export interface RequestRun {
	readonly context: IExecuteFunctions;
	readonly engine: EngineModule;
	readonly options: SendOptions;
	readonly summary: Summary;
	readonly onMistake: OnMistake;
}

/** Sends the requests of all groups. One MessageResponse each, in the order of the items. */
export async function runRequests(
	run: RequestRun,
	groups: readonly SendGroup[],
	requests: readonly ItemRequest[],
): Promise<INodeExecutionData[]> {
	const responses = new Map<number, IDataObject>();
	const byItem = new Map(requests.map((request) => [request.itemIndex, request]));
	await forEachGroup(
		groups.flatMap((group) => oneByOne(group, requests)),
		async (group) => {
			const mine = group.items ? group.items.flatMap((item) => byItem.get(item) ?? []) : requests;
			const attempt = await attemptGroup(async () => await sendGroup(run, group, mine));
			if ('mistake' in attempt) for (const { itemIndex } of mine) run.onMistake(attempt.mistake, itemIndex);
			else for (const { itemIndex, json } of attempt.responses) responses.set(itemIndex, json);
		},
	);
	return requests.flatMap(({ itemIndex }) => {
		const json = responses.get(itemIndex);
		return json ? [{ json, pairedItem: { item: itemIndex } }] : [];
	});
}

interface Response {
	readonly itemIndex: number;
	readonly json: IDataObject;
}

/** With an idempotency key, the request of each item has its own answer. */
function oneByOne(group: SendGroup, requests: readonly ItemRequest[]): SendGroup[] {
	if (group.idempotencyKey === undefined) return [group];
	const items = group.items ?? requests.map(({ itemIndex }) => itemIndex);
	return items.map((item) => ({ ...group, items: [item] }));
}

async function attemptGroup(
	work: () => Promise<Response[]>,
): Promise<{ readonly responses: readonly Response[] } | { readonly mistake: unknown }> {
	try {
		return { responses: await work() };
	} catch (mistake) {
		return { mistake };
	}
}

async function sendGroup(run: RequestRun, group: SendGroup, requests: readonly ItemRequest[]): Promise<Response[]> {
	const { application } = group.target;
	const [request] = requests;
	if (!request) return [];
	if (application === undefined || group.idempotencyKey === undefined) {
		return (await sendAll(run, group, requests, () => {})).value;
	}
	const { value, replayed } = await sendOnce(
		application,
		group.idempotencyKey,
		{ operation: 'sendMessageRequest', request: request.given },
		async (sent) => await sendAll(run, group, requests, sent),
		(recorded) => decode(recorded, request.itemIndex),
	);
	if (replayed) {
		run.summary.warn(REPLAYED);
		await recordSend(application, { replayed: 1 }, run.summary);
	}
	return value;
}

async function sendAll(
	{ context, engine, options, summary }: RequestRun,
	{ target }: SendGroup,
	requests: readonly ItemRequest[],
	sent: () => void,
): Promise<Attempted<Response[]>> {
	const { applicationId, application } = target;
	const plan = new RequestPlan(summary);
	for (const { itemIndex, compiled } of requests) plan.add(itemIndex, compiled);
	const attempted = await deliver({
		start: (batches) => target.start(batches, { ...options, applicationId }),
		batches: plan.batches(),
		pending: plan.pending,
		onResult(result) {
			if (result.attempts > 0) sent();
			plan.settle(result);
		},
	});
	refuseStopped(context, attempted);
	if (application) for (const counts of plan.counts()) await recordSend(application, counts, summary);
	return { value: plan.responses(engine, applicationId), attempted };
}

/** A recorded response, for the item that asks for it now. */
function decode(recorded: unknown, itemIndex: number): Response[] {
	const [response]: unknown[] = Array.isArray(recorded) ? recorded : [];
	if (!isRecord(response) || !isRecord(response.json)) {
		throw new WorkflowMistake(
			'The recorded response of this idempotency key cannot be read: another operation recorded it.',
			'Use a key of its own for each operation.',
		);
	}
	const json: IDataObject = JSON.parse(JSON.stringify(response.json));
	return [{ itemIndex, json }];
}
