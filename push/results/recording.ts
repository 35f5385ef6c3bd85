import type { DeliveryResult, SendOrigin } from '../model';
import type { ResultStream, SendOptions } from '../sending/types';
import { type BatchHead, type DeliveryLog, unrecordedWarning } from './log';

export interface RecordedSendOptions extends SendOptions {
	/** Where the send comes from; kept with its results. */
	readonly origin?: SendOrigin;
	/**
	 * Where results are recorded before the caller sees them. Sends for an application: that of its store by default;
	 * `none` for a caller that records them itself. Direct sends: nowhere by default.
	 */
	readonly log?: DeliveryLog | 'none';
}

/** Batches that are being recorded at the same time at most; their results are unread to the sender. */
const AHEAD = 4;

/**
 * Results reach the reader after they are in the log, in their order; reading runs ahead by a few batches, so that the
 * log's latency costs no throughput. When they cannot be recorded the reader gets them all the same, with a warning on
 * the first of each batch. Whoever leaves early stops the send, and what was still under way is recorded too.
 * @param start begins the send; `stop` is its signal to stop
 */
export async function* recordResults(
	start: (stop: AbortSignal) => ResultStream,
	log: DeliveryLog,
	head: BatchHead,
	signal: AbortSignal | undefined,
): ResultStream {
	const left = new AbortController();
	const record = async (results: DeliveryResult[]): Promise<DeliveryResult[]> => {
		try {
			await log.record(head, results);
			return results;
		} catch (error) {
			return withWarning(results, unrecordedWarning(error, results.length));
		}
	};
	const queue = new RecordingQueue();
	const reading = queue.fill(start(signal ? AbortSignal.any([signal, left.signal]) : left.signal), record);
	try {
		for (;;) {
			const results = await queue.first();
			if (!results) break;
			yield results;
		}
	} finally {
		left.abort();
		queue.leave();
		await reading;
	}
	queue.rethrow();
}

/** Batches on their way into the log, in their order. */
class RecordingQueue {
	readonly #batches: Array<Promise<DeliveryResult[]>> = [];

	#changed = Promise.withResolvers<void>();

	#ended = false;

	#left = false;

	#failure: { readonly error: unknown } | undefined;

	/** Reads the stream to its end, a few batches ahead of the reader. */
	async fill(stream: ResultStream, record: (results: DeliveryResult[]) => Promise<DeliveryResult[]>): Promise<void> {
		try {
			for await (const results of stream) {
				const recorded = record(results);
				this.#batches.push(recorded);
				this.#change();
				while (!this.#left && this.#batches.length >= AHEAD) await this.#changed.promise;
				if (this.#left) await recorded;
			}
		} catch (error) {
			this.#failure = { error };
		}
		this.#ended = true;
		this.#change();
		if (this.#left) await Promise.all(this.#batches);
	}

	/** The oldest batch, once it is recorded; undefined after the last one. */
	async first(): Promise<DeliveryResult[] | undefined> {
		while (this.#batches.length === 0 && !this.#ended) await this.#changed.promise;
		const results = await this.#batches[0];
		this.#batches.shift();
		this.#change();
		return results;
	}

	leave(): void {
		this.#left = true;
		this.#change();
	}

	rethrow(): void {
		if (this.#failure) throw this.#failure.error;
	}

	#change(): void {
		this.#changed.resolve();
		this.#changed = Promise.withResolvers();
	}
}

/** Says something about a whole batch, on its first result. */
export function withWarning(results: DeliveryResult[], warning: string): DeliveryResult[] {
	const [first, ...others] = results;
	return first ? [{ ...first, warnings: [...(first.warnings ?? []), warning] }, ...others] : results;
}
