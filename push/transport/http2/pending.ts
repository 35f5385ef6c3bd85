import type { Answer, RequestHandle, TransportRequest } from '../types';
import type { Stream, StreamEnd, StreamOwner } from './contract';
import type { Timed } from './deadlines';
import type { Lane } from './lane';

/** What a request tells its pool. */
export interface PendingOwner {
	cancelled(pending: Pending): void;
	ended(pending: Pending, end: StreamEnd): void;
	timedOut(pending: Pending): void;
}

/** One request from `Transport.request` to its answer. One object for all of it, as there are very many of them. */
export class Pending implements RequestHandle, StreamOwner, Timed {
	/** How often it was sent away unprocessed. */
	resends = 0;

	/** While its stream is open; the lane stays known afterwards. */
	stream: Stream | undefined;

	lane: Lane | undefined;

	/** Answers its connection had given when its stream was opened. */
	answersBefore = 0;

	deadline = 0;

	earlier: Timed | undefined;

	later: Timed | undefined;

	/** The answer, until it was given. */
	answer: Answer | undefined;

	settled = false;

	constructor(
		readonly request: TransportRequest,
		readonly done: (answer: Answer) => void,
		private readonly owner: PendingOwner,
	) {}

	cancel(): void {
		if (!this.settled) this.owner.cancelled(this);
	}

	streamEnded(end: StreamEnd): void {
		this.owner.ended(this, end);
	}

	expired(): void {
		this.owner.timedOut(this);
	}
}
