import type { Clock, DeliveryResult } from '../model';

const BATCH = 1000;
/** A batch that is not full goes out this long after its first result, ms. */
const FLUSH_MS = 50;

type Read = IteratorResult<DeliveryResult[], undefined>;

interface Reader {
	resolve(read: Read): void;
	reject(error: unknown): void;
}

/** Results on their way to the reader: collected into batches, counted while unread. One promise per batch. */
export class ResultBuffer {
	#full: DeliveryResult[][] = [];

	#open: DeliveryResult[] = [];

	#unread = 0;

	/** In the batches given out since the reader asked last. */
	#given = 0;

	#batchNumber = 0;

	#flushDue = false;

	#disarm: (() => void) | undefined;

	#readers: Reader[] = [];

	#ended = false;

	#failure: { readonly error: unknown } | undefined;

	#discarding = false;

	/** @param onRead called when a batch was handed to the reader, or done with by it */
	constructor(
		private readonly clock: Clock,
		private readonly onRead: () => void,
	) {}

	get unread(): number {
		return this.#unread;
	}

	/** Unread, or in the hands of a reader that has not asked for the next batch. */
	get unsettled(): number {
		return this.#unread + this.#given;
	}

	/** Changes with each batch begun. */
	get batchNumber(): number {
		return this.#batchNumber;
	}

	push(result: DeliveryResult): void {
		if (this.#discarding) return;
		this.#unread += 1;
		if (this.#open.push(result) === BATCH) this.#deliver();
		else if (this.#open.length === 1) this.#disarm = this.clock.after(FLUSH_MS, () => this.#flush());
	}

	/** No more results will come; what is there can still be read. Then the error, if any, is thrown. */
	end(failure?: { readonly error: unknown }): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#failure = failure;
		if (this.#open.length > 0) this.#seal();
		for (const reader of this.#readers.splice(0)) this.#serve(reader);
	}

	/** The reader is gone. */
	discard(): void {
		this.#discarding = true;
		this.#full = [];
		this.#open = [];
		this.#unread = 0;
		this.#given = 0;
		this.#disarmTimer();
	}

	/** Asking for the next batch says that the ones before are done with. */
	next(): Promise<Read> {
		if (this.#given > 0) {
			this.#given = 0;
			this.onRead();
		}
		return new Promise((resolve, reject) => this.#serve({ resolve, reject }));
	}

	#serve(reader: Reader): void {
		if (this.#full.length === 0 && this.#flushDue) this.#seal();
		const batch = this.#full.shift();
		if (batch) {
			this.#unread -= batch.length;
			this.#given += batch.length;
			reader.resolve({ done: false, value: batch });
			this.onRead();
		} else if (!this.#ended) {
			this.#readers.push(reader);
		} else if (this.#failure) {
			const { error } = this.#failure;
			this.#failure = undefined;
			reader.reject(error);
		} else {
			reader.resolve({ done: true, value: undefined });
		}
	}

	#flush(): void {
		this.#disarm = undefined;
		this.#flushDue = true;
		const reader = this.#readers.shift();
		if (reader) this.#serve(reader);
	}

	#seal(): void {
		this.#disarmTimer();
		this.#flushDue = false;
		this.#full.push(this.#open);
		this.#open = [];
		this.#batchNumber += 1;
	}

	#deliver(): void {
		this.#seal();
		const reader = this.#readers.shift();
		if (reader) this.#serve(reader);
	}

	#disarmTimer(): void {
		this.#disarm?.();
		this.#disarm = undefined;
	}
}
