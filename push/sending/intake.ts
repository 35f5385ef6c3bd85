import type { SendBatch } from './types';

/** Batches read without letting the process do anything else in between. */
const BATCHES_PER_TURN = 8;

export interface IntakePort {
	/** Whether there is room for another batch. */
	wants(): boolean;
	/** @throws when it is no batch */
	take(batch: SendBatch): void;
	/** The source threw, or gave what cannot be sent; it is not read any further. */
	failed(error: unknown): void;
	changed(): void;
}

type Source = AsyncIterable<SendBatch> | Iterable<SendBatch>;
type Step = IteratorResult<SendBatch, unknown>;

/** Pulls batches from the source, one at a time, and only while there is room for them. */
export class Intake {
	#iterator: AsyncIterator<SendBatch, unknown> | Iterator<SendBatch, unknown> | undefined;

	#pulling = false;

	#exhausted = false;

	#closing = false;

	#returning = false;

	#pulledInTurn = 0;

	constructor(
		private readonly source: Source,
		private readonly port: IntakePort,
	) {}

	/** Nothing more will come. */
	get isOver(): boolean {
		return (this.#exhausted || this.#closing) && !this.#pulling && !this.#returning;
	}

	pull(): void {
		if (this.#pulling || this.#exhausted || this.#closing || !this.port.wants()) return;
		this.#pulling = true;
		this.#pulledInTurn += 1;
		if (this.#pulledInTurn <= BATCHES_PER_TURN) return this.#read();
		// A source that is always ready must not keep timers, sockets and the Stop button from being served.
		setImmediate(() => {
			this.#pulledInTurn = 1;
			if (!this.#closing) return this.#read();
			this.#pulling = false;
			this.port.changed();
		});
	}

	/** Reads no further, and lets the source clean up. A batch that is already on its way still arrives. */
	close(): void {
		if (this.#closing || this.#exhausted) return;
		this.#closing = true;
		const over = () => {
			this.#returning = false;
			this.port.changed();
		};
		try {
			const returned = this.#iterator?.return?.();
			if (!(returned instanceof Promise)) return;
			this.#returning = true;
			returned.then(over, over);
		} catch {
			// The send ends for a reason of its own, which is the one to be told.
		}
	}

	/** Waits for the source no longer. */
	abandon(): void {
		this.#exhausted = true;
		this.#pulling = false;
		this.#returning = false;
	}

	#read(): void {
		try {
			this.#iterator ??=
				Symbol.asyncIterator in this.source ? this.source[Symbol.asyncIterator]() : this.source[Symbol.iterator]();
			const step = this.#iterator.next();
			if (step instanceof Promise)
				step.then(
					(read) => this.#arrived(read),
					(error: unknown) => this.#failed(error),
				);
			else this.#arrived(step);
		} catch (error) {
			this.#failed(error);
		}
	}

	#arrived(step: Step): void {
		if (!this.#pulling) return;
		this.#pulling = false;
		if (step.done) this.#exhausted = true;
		else this.#take(step.value);
		this.port.changed();
	}

	/** What cannot be taken ends the send, as a source does that throws. */
	#take(batch: SendBatch): void {
		try {
			this.port.take(batch);
		} catch (error) {
			this.port.failed(error);
		}
	}

	#failed(error: unknown): void {
		if (!this.#pulling) return;
		this.#pulling = false;
		this.#exhausted = true;
		this.port.failed(error);
		this.port.changed();
	}
}
