import { type Clock, PushError, type Random } from '../model';
import type { Store } from '../store';
import { foldMetrics, trimMetrics } from './metrics';

/** How long results are kept. */
export interface Retention {
	readonly days: number;
	readonly results: number;
}

export const DEFAULT_RETENTION: Retention = { days: 30, results: 10_000_000 };

const RETENTION = 'deliveryLog.retention';
const LEASE = 'deliveryLog.upkeep';

/** Between two looks at whether there is something to do, ms. */
const INTERVAL_MS = 5_000;

/** Trimming looks less often. */
const TRIM_EVERY_MS = 60_000;

/** One process of all that share a store does the work; a killed one is replaced after so long. */
const LEASE_MS = 30_000;

/** Batches removed in one transaction. */
const SLICE = 20;

/** A trigger that was not on for so long begins anew. */
const FORGOTTEN_DAYS = 90;

const DAY_MS = 86_400_000;

type UpkeepStore = Pick<Store, 'deliveryLog' | 'deliveryIndex' | 'events' | 'documents' | 'subscriptions' | 'metrics'>;

/** Work on the log that nobody waits for: building indexes, removing what is too old or too much. */
export interface Upkeep {
	/** Results have come in: starts looking, if it does not yet. */
	wake(): void;
	/** Looks until it is released, results or not. @returns how to release it */
	keepAwake(): () => void;
	/** Does all there is to do now. */
	run(): Promise<void>;
	stop(): Promise<void>;
}

/**
 * Keeps the log in order while results come in.
 * @param also more work of the same kind: called under the same lease
 */
export function createUpkeep(
	store: UpkeepStore,
	clock: Clock,
	random: Random,
	also: () => Promise<void> = async () => {},
): Upkeep {
	const holder = random.uuid();
	let disarm: (() => void) | undefined;
	let running: Promise<void> | undefined;
	let stopped = false;
	let idle = true;
	let wanted = 0;
	let nextTrim = -Infinity;

	async function work(): Promise<void> {
		if (!(await takeLease(store, holder, clock.now()))) return;
		await sealSegments(store, () => stopped);
		await foldMetrics(store);
		await also();
		if (clock.monotonic() < nextTrim) return;
		nextTrim = clock.monotonic() + TRIM_EVERY_MS;
		await trim(store, await readRetention(store), clock.now(), () => stopped);
	}

	/** A store that cannot be used now is asked again next time: whoever sends is told of it there. */
	async function once(): Promise<void> {
		running ??= work().finally(() => (running = undefined));
		await running;
	}

	function arm(): void {
		disarm ??= clock.after(
			INTERVAL_MS,
			() => {
				disarm = undefined;
				const wasIdle = idle;
				idle = true;
				once().catch(() => {});
				// One more look after the last results: other processes may have left something.
				if ((!wasIdle || wanted > 0) && !stopped) arm();
			},
			'background',
		);
	}

	return {
		wake() {
			idle = false;
			if (!stopped) arm();
		},
		keepAwake() {
			wanted += 1;
			if (!stopped) arm();
			let released = false;
			return () => {
				if (!released) wanted -= 1;
				released = true;
			};
		},
		run: once,
		async stop() {
			stopped = true;
			disarm?.();
			await running?.catch(() => {});
		},
	};
}

async function sealSegments(store: UpkeepStore, stopped: () => boolean): Promise<void> {
	while (!stopped()) {
		const segment = await store.deliveryIndex.nextSegment();
		if (!segment) return;
		await store.deliveryIndex.seal(segment);
	}
}

/** In slices, so that nobody who writes waits longer than one of them. */
async function trim(
	store: UpkeepStore,
	{ days, results }: Retention,
	now: number,
	stopped: () => boolean,
): Promise<void> {
	const before = now - days * DAY_MS;
	// What came since the figures were counted stays until they are counted again.
	const uncounted = (await store.metrics.cursor()) + 1;
	const floor = Math.min(uncounted, await store.deliveryIndex.floor(before, results));
	while (!stopped() && (await store.deliveryIndex.trim(floor, SLICE)) > 0);
	while (!stopped() && (await store.events.trim(before, SLICE)) > 0);
	await store.subscriptions.trim(now - FORGOTTEN_DAYS * DAY_MS);
	await trimMetrics(store, now);
}

export async function readRetention(store: Pick<Store, 'documents'>): Promise<Retention> {
	const document = await store.documents.get(RETENTION);
	const value: unknown = document ? JSON.parse(document.value) : undefined;
	return isRetention(value) ? value : DEFAULT_RETENTION;
}

/** @throws {PushError} `InvalidRequest` */
export async function writeRetention(store: Pick<Store, 'documents'>, retention: Retention): Promise<void> {
	if (!isRetention(retention)) {
		throw new PushError('InvalidRequest', 'Results are kept for at least one day, and at least one of them.', {
			hint: 'Give numbers of 1 and more.',
		});
	}
	const { days, results } = retention;
	const known = await store.documents.get(RETENTION);
	await store.documents.put(RETENTION, JSON.stringify({ days, results }), known?.version ?? 0);
}

function isRetention(value: unknown): value is Retention {
	return (
		typeof value === 'object' &&
		value !== null &&
		'days' in value &&
		'results' in value &&
		typeof value.days === 'number' &&
		typeof value.results === 'number' &&
		value.days >= 1 &&
		value.results >= 1
	);
}

/** @returns whether the work is ours for the next half minute */
async function takeLease(store: UpkeepStore, holder: string, now: number): Promise<boolean> {
	const found = await store.documents.get(LEASE);
	const lease: unknown = found ? JSON.parse(found.value) : undefined;
	if (isLease(lease) && lease.holder !== holder && lease.until > now) return false;
	try {
		await store.documents.put(LEASE, JSON.stringify({ holder, until: now + LEASE_MS }), found?.version ?? 0);
		return true;
	} catch (error) {
		// Another process was faster.
		if (error instanceof PushError && error.code === 'StaleWrite') return false;
		throw error;
	}
}

function isLease(value: unknown): value is { readonly holder: string; readonly until: number } {
	return (
		typeof value === 'object' &&
		value !== null &&
		'holder' in value &&
		'until' in value &&
		typeof value.until === 'number'
	);
}
