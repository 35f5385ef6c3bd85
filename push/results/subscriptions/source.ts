import type { EventType, LoggedBatch } from '../../model';
import type { PushEvent, Store, SubscriptionCursor } from '../../store';
import { filterOf, found, type FoundResult, matchesResult, type ResultQuery } from '../query';

/** How far a subscription has come. */
export type Position = Omit<SubscriptionCursor, 'failures'>;

export interface ReadItems<Item> {
	readonly items: readonly Item[];
	/** After these items. */
	readonly position: Position;
	/** Whether there may be more right now. */
	readonly more: boolean;
	/** What was gone before it could be read. */
	readonly skipped?: readonly Skipped[];
}

/** What did not reach the subscriber, and why. */
export interface Skipped {
	readonly reason: 'catchUp' | 'retention' | 'failed';
	/** Results or events; an upper bound where they were not looked at one by one. */
	readonly count: number;
}

/** Where a subscription reads from. */
export interface Source<Item> {
	/** Up to `limit` items from a position on. */
	read(position: Position, limit: number): Promise<ReadItems<Item>>;
	/** The position of a subscription that begins now. */
	end(): Promise<Position>;
	/** Goes past what is older than `since` (epoch ms) or gone. */
	skipTo(
		position: Position,
		since: number,
	): Promise<{ readonly position: Position; readonly skipped: readonly Skipped[] }>;
}

type SourceStore = Pick<Store, 'deliveryLog' | 'deliveryIndex' | 'events'>;

const BEGINNING: Position = { results: 0, place: 0, events: 0, state: '{}' };

/** Batches decoded at a time. */
const READ = 5;

/** Results of the delivery log in its order, which within a campaign is that of the sends. */
export function resultSource(store: SourceStore, query: ResultQuery): Source<FoundResult> {
	const filter = filterOf(query);

	/** What retention removed of the batches between a position and the one that was read next. */
	async function overtaken(position: Position, read: number): Promise<readonly Skipped[]> {
		if (read <= position.results + 1) return [];
		const kept = await store.deliveryLog.first();
		// What has gone since it was read is not missing.
		return read < kept ? [] : removed(position, kept);
	}

	return {
		async read(position, limit) {
			const { batches, scannedTo } = await store.deliveryLog.after({ sequence: position.results, limit: READ, filter });
			const skipped = await overtaken(position, batches[0]?.sequence ?? scannedTo);
			const items: FoundResult[] = [];
			for (const batch of batches) {
				const begin = batch.sequence === position.results + 1 ? firstLeft(batch, position) : 0;
				for (let place = begin; place < batch.results.length; place += 1) {
					const result = batch.results[place];
					if (!result || !matchesResult(batch, result, query)) continue;
					items.push(found(batch, result));
					if (items.length < limit) continue;
					return { items, position: after(position, batch, place + 1), more: true, skipped };
				}
			}
			const moved = scannedTo > position.results ? { ...position, results: scannedTo, place: 0 } : position;
			return { items, position: moved, more: batches.length === READ, skipped };
		},

		end: async () => ({ ...BEGINNING, results: await store.deliveryLog.last() }),

		async skipTo(position, since) {
			const skipped = removed(position, await store.deliveryLog.first());
			const young = await store.deliveryLog.lastBefore(since);
			if (young <= position.results) return { position, skipped };
			const count = await store.deliveryLog.count(position.results, young, filter);
			return {
				position: { ...position, results: young, place: 0 },
				skipped: count > 0 ? [...skipped, { reason: 'catchUp', count }] : skipped,
			};
		},
	};
}

/**
 * The batches after a position that are not kept any more; how many results they held is not known.
 * @param kept the oldest batch there is; 0 = the log is empty
 */
function removed({ results }: Position, kept: number): readonly Skipped[] {
	const count = kept - 1 - results;
	// Who began with an empty log has missed nothing.
	return results > 0 && count > 0 ? [{ reason: 'retention', count }] : [];
}

/** Where to go on in a batch. If results that were left have been erased, some that are done come again. */
function firstLeft({ results }: LoggedBatch, { place }: Position): number {
	return place === 0 ? 0 : Math.max(0, results.length - place);
}

/** The position when so many results of a batch are done, at least one. */
function after(position: Position, { sequence, results }: LoggedBatch, done: number): Position {
	const left = results.length - done;
	return { ...position, results: left === 0 ? sequence : sequence - 1, place: left };
}

/** Events of some types, in their order. */
export function eventSource(
	store: SourceStore,
	types: readonly EventType[],
	matches: (event: PushEvent) => boolean,
): Source<PushEvent> {
	return {
		async read(position, limit) {
			const { events, scannedTo } = await store.events.after(position.events, limit, types);
			return {
				items: events.filter(matches),
				position: { ...position, events: scannedTo },
				more: events.length === limit,
			};
		},

		end: async () => ({ ...BEGINNING, events: await store.events.lastBefore(Number.MAX_SAFE_INTEGER) }),

		async skipTo(position, since) {
			const young = await store.events.lastBefore(since);
			if (young <= position.events) return { position, skipped: [] };
			return {
				position: { ...position, events: young },
				skipped: [{ reason: 'catchUp', count: young - position.events }],
			};
		},
	};
}
