import { type Clock, type DeliveryBatch, type DeliveryResult, PushError, type SendOrigin } from '../model';
import type { Store } from '../store';

/** What a batch belongs to. */
export interface BatchHead {
	/** 32 zeros for a direct send. */
	readonly applicationId: string;
	readonly campaignId?: string;
	readonly origin: SendOrigin;
}

/** Where results are kept from the moment they are known. */
export interface DeliveryLog {
	/**
	 * Resolves when the results are in the store; calls that come together share a transaction.
	 * @throws {PushError} `StoreUnavailable`; for {@link PAUSE_MS} after a failure at once, so that a store that is out
	 * of reach does not slow down every batch of a send.
	 */
	record(head: BatchHead, results: readonly DeliveryResult[]): Promise<void>;
	/** Whoever wrote batches into the log by other means (a campaign with its progress) says so here. */
	announce(batches: readonly DeliveryBatch[]): void;
	/** Called in this process as soon as batches are in the store. @returns how to stop */
	onRecorded(listener: (batches: readonly DeliveryBatch[]) => void): () => void;
}

/** Results of one transaction: it stays far below 50 ms. */
const TOGETHER = 10_000;

/** Rows of one batch. */
const BATCH = 1_000;

/** After a failure nothing is tried for so long. */
export const PAUSE_MS = 10_000;

interface Waiting {
	readonly batch: DeliveryBatch;
	resolve(): void;
	reject(error: unknown): void;
}

export function createDeliveryLog(
	store: Pick<Store, 'deliveryLog'>,
	clock: Pick<Clock, 'now' | 'monotonic'>,
): DeliveryLog {
	const listeners = new Set<(batches: readonly DeliveryBatch[]) => void>();
	const waiting: Waiting[] = [];
	let writing = false;
	let failed: { readonly error: unknown; readonly until: number } | undefined;

	function announce(batches: readonly DeliveryBatch[]): void {
		for (const listener of listeners) listener(batches);
	}

	/** One transaction at a time; whatever comes meanwhile goes into the next one. */
	async function write(): Promise<void> {
		if (writing) return;
		writing = true;
		while (waiting.length > 0) {
			const group = waiting.splice(0, groupSize(waiting));
			const batches = group.map(({ batch }) => batch);
			try {
				await store.deliveryLog.append(batches);
				for (const { resolve } of group) resolve();
				announce(batches);
			} catch (error) {
				failed = { error, until: clock.monotonic() + PAUSE_MS };
				for (const { reject } of [...group, ...waiting.splice(0)]) reject(error);
			}
		}
		writing = false;
	}

	return {
		async record(head, results) {
			if (failed && clock.monotonic() < failed.until) throw failed.error;
			failed = undefined;
			const at = clock.now();
			const written: Array<Promise<void>> = [];
			for (let start = 0; start < results.length; start += BATCH) {
				const slice = start === 0 && results.length <= BATCH ? results : results.slice(start, start + BATCH);
				const { promise, resolve, reject } = Promise.withResolvers<void>();
				waiting.push({ batch: { at, ...head, results: slice }, resolve, reject });
				written.push(promise);
			}
			void write();
			await Promise.all(written);
		},
		announce,
		onRecorded(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

function groupSize(waiting: readonly Waiting[]): number {
	let results = 0;
	let size = 0;
	for (const { batch } of waiting) {
		results += batch.results.length;
		if (size > 0 && results > TOGETHER) break;
		size += 1;
	}
	return size;
}

/** What the first result of a batch says that could not be recorded. */
export function unrecordedWarning(error: unknown, count: number): string {
	const which = count === 1 ? 'This result is' : `${count} results are`;
	return `${which} missing in the delivery log, and so in its metrics and triggers: ${storeFault(error)}`;
}

/** Why something could not be written, as the end of a sentence. */
export function storeFault(error: unknown): string {
	return error instanceof PushError ? [error.message, error.hint].filter(Boolean).join(' ') : 'the store failed.';
}
