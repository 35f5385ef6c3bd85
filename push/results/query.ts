import type { ChannelType, DeliveryStatus, LoggedBatch, LoggedResult, SendOrigin, TokenAction } from '../model';
import type { LogFilter, Page, PageRequest, Store } from '../store';
import { decodeCursor, encodeCursor } from '../store/repositories/page';
import { foldMetrics } from './metrics';

/** What results are asked for by; all that is given must hold. */
export interface ResultQuery {
	readonly applicationId?: string;
	readonly campaignId?: string;
	readonly address?: string;
	readonly messageId?: string;
	readonly traceId?: string;
	readonly tag?: string;
	readonly channels?: readonly ChannelType[];
	readonly statuses?: readonly DeliveryStatus[];
	readonly actions?: readonly TokenAction[];
	/** The provider's word, exactly. */
	readonly reason?: string;
	/** Recorded at or after, and before; epoch ms. */
	readonly since?: number;
	readonly until?: number;
	/** Not what this workflow sent. */
	readonly notWorkflowId?: string;
}

/** A result with what is known of its send. */
export interface FoundResult extends LoggedResult {
	readonly applicationId: string;
	readonly campaignId?: string;
	/** Epoch ms when it was recorded. */
	readonly recordedAt: number;
	readonly origin: SendOrigin;
}

type QueryStore = Pick<Store, 'deliveryLog' | 'deliveryIndex'>;

/** Batches decoded at a time. */
const READ = 10;

/** Newest first. @throws {PushError} `InvalidRequest` for a page token that is none of ours */
export async function listResults(
	store: QueryStore,
	query: ResultQuery,
	page: PageRequest,
): Promise<Page<FoundResult>> {
	const [sequence, place] = page.after ? decodeCursor(page.after, 'integer', 'integer') : [Number.MAX_SAFE_INTEGER, 0];
	const items: FoundResult[] = [];
	for await (const batch of newestFirst(store, query, (sequence ?? 0) + 1)) {
		const last = batch.sequence === sequence ? (place ?? 0) : batch.results.length;
		for (let at = Math.min(last, batch.results.length) - 1; at >= 0; at -= 1) {
			const result = batch.results[at];
			if (!result || !matchesResult(batch, result, query)) continue;
			items.push(found(batch, result));
			if (items.length === page.limit) return { items, next: encodeCursor([batch.sequence, at]) };
		}
	}
	return { items };
}

/** Everything, oldest first, some thousand results at a time. Results recorded while it is read are left out. */
export async function* streamResults(store: QueryStore, query: ResultQuery): AsyncGenerator<FoundResult[]> {
	const end = await store.deliveryLog.last();
	const key = keyOf(query);
	if (key !== undefined) {
		const all: LoggedBatch[] = [];
		for await (const batch of newestFirst(store, query, end + 1)) all.push(batch);
		for (const batch of all.reverse()) yield resultsIn(batch, query);
		return;
	}
	let sequence = query.since === undefined ? 0 : await store.deliveryLog.lastBefore(query.since);
	while (sequence < end) {
		const page = await store.deliveryLog.after({ sequence, limit: READ, filter: filterOf(query) });
		for (const batch of page.batches) {
			if (batch.sequence > end) return;
			const results = resultsIn(batch, query);
			if (results.length > 0) yield results;
		}
		// The end itself is gone: erased or trimmed meanwhile.
		if (page.scannedTo === sequence) return;
		sequence = page.scannedTo;
	}
}

/** Removes all results of an address; in the figures they stay. @returns how many */
export async function eraseAddress(
	store: QueryStore & Pick<Store, 'metrics'>,
	applicationId: string | undefined,
	address: string,
): Promise<number> {
	// A batch of which nothing is left goes, and what it adds to the figures with it.
	await foldMetrics(store);
	const query = { address, ...(applicationId === undefined ? {} : { applicationId }) };
	let erased = 0;
	for await (const { sequence } of newestFirst(store, query, Number.MAX_SAFE_INTEGER)) {
		erased += await store.deliveryLog.erase(sequence, address);
	}
	return erased;
}

/** The results of a batch that are asked for. */
export function resultsIn(batch: LoggedBatch, query: ResultQuery): FoundResult[] {
	return batch.results.filter((result) => matchesResult(batch, result, query)).map((result) => found(batch, result));
}

/** Batches before `sequence` that may hold something: without a key all there are, else those the key leads to. */
async function* newestFirst(store: QueryStore, query: ResultQuery, sequence: number): AsyncGenerator<LoggedBatch> {
	const key = keyOf(query);
	if (key === undefined) {
		yield* backwards(store, sequence, filterOf(query), 0);
		return;
	}
	// Asked first: what is sealed from now on is still looked through as open.
	const sealedTo = await store.deliveryIndex.sealedTo();
	yield* backwards(store, sequence, { ...filterOf(query), holds: key }, sealedTo);
	const candidates = (await store.deliveryIndex.find(key)).filter((at) => at <= sealedTo && at < sequence);
	for (let start = 0; start < candidates.length; start += READ) {
		for (const batch of await store.deliveryLog.get(candidates.slice(start, start + READ))) {
			if (matchesBatch(batch, query)) yield batch;
		}
	}
}

/** Down to, and without, `downTo`. */
async function* backwards(
	store: QueryStore,
	sequence: number,
	filter: LogFilter,
	downTo: number,
): AsyncGenerator<LoggedBatch> {
	for (let before = sequence; ; ) {
		const batches = await store.deliveryLog.before({ sequence: before, limit: READ, filter, downTo });
		yield* batches;
		const last = batches.at(-1);
		if (!last || batches.length < READ) return;
		before = last.sequence;
	}
}

function keyOf({ messageId, address, traceId }: ResultQuery): string | undefined {
	return messageId ?? address ?? traceId;
}

/** What the database can tell of a whole batch. */
export function filterOf(query: ResultQuery): LogFilter {
	const { applicationId, campaignId, tag, channels, statuses, actions, reason, since, until, notWorkflowId } = query;
	return {
		...(applicationId === undefined ? {} : { applicationId }),
		...(campaignId === undefined ? {} : { campaignId }),
		...(tag === undefined ? {} : { tag }),
		...(channels === undefined ? {} : { channels }),
		...(statuses === undefined ? {} : { statuses }),
		...(actions === undefined ? {} : { actions }),
		...(reason === undefined ? {} : { reason }),
		...(since === undefined ? {} : { since }),
		...(until === undefined ? {} : { until }),
		...(notWorkflowId === undefined ? {} : { notWorkflowId }),
	};
}

function matchesBatch(batch: LoggedBatch, query: ResultQuery): boolean {
	return (
		(query.applicationId === undefined || batch.applicationId === query.applicationId) &&
		(query.campaignId === undefined || batch.campaignId === query.campaignId) &&
		(query.tag === undefined || batch.origin.tag === query.tag) &&
		(query.since === undefined || batch.at >= query.since) &&
		(query.until === undefined || batch.at < query.until)
	);
}

export function matchesResult(batch: LoggedBatch, result: LoggedResult, query: ResultQuery): boolean {
	return (
		(query.address === undefined || result.address === query.address || result.updatedToken === query.address) &&
		(query.messageId === undefined || result.messageId === query.messageId) &&
		(query.traceId === undefined || (result.traceId ?? batch.origin.traceId) === query.traceId) &&
		(query.channels === undefined || query.channels.includes(result.channelType)) &&
		(query.statuses === undefined || query.statuses.includes(result.deliveryStatus)) &&
		(query.actions === undefined || query.actions.includes(result.tokenAction)) &&
		(query.reason === undefined || result.providerReason === query.reason)
	);
}

/** A result with what its batch knows. */
export function found({ applicationId, campaignId, at, origin }: LoggedBatch, result: LoggedResult): FoundResult {
	const traceId = result.traceId ?? origin.traceId;
	return {
		...result,
		...(traceId === undefined ? {} : { traceId }),
		applicationId,
		...(campaignId === undefined ? {} : { campaignId }),
		recordedAt: at,
		origin,
	};
}
