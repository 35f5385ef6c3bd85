import type { Answer, RequestHandle, TransportRequest } from '../types';
import type { Stream } from './contract';
import type { Lane } from './lane';

/** Where a request is while its stream is open. */
export interface Flight {
	readonly lane: Lane;
	readonly stream: Stream;
	readonly stopTimer: () => void;
	/** Monotonic ms. */
	readonly openedAt: number;
}

/** One request from `Transport.request` to its answer. */
export class Pending implements RequestHandle {
	/** How often it was sent away unprocessed. */
	resends = 0;

	flight: Flight | undefined;

	#done: ((answer: Answer) => void) | undefined;

	constructor(
		readonly request: TransportRequest,
		done: (answer: Answer) => void,
		private readonly onCancel: (pending: Pending) => void,
	) {
		this.#done = done;
	}

	get settled(): boolean {
		return this.#done === undefined;
	}

	/** Gives the answer, the first time only; later, so that no caller is called back from inside its own call. */
	settle(answer: Answer): void {
		const done = this.#done;
		if (!done) return;
		this.#done = undefined;
		queueMicrotask(() => done(answer));
	}

	cancel(): void {
		if (!this.settled) this.onCancel(this);
	}
}
