import type { Answer } from '../types';
import type { Pending } from './pending';

/** Gives answers to those who asked: later, never from inside a call of theirs, and all of one turn together. */
export class Answers {
	#waiting: Pending[] = [];

	#due = false;

	/** The first answer counts. */
	give(pending: Pending, answer: Answer): void {
		if (pending.settled) return;
		pending.settled = true;
		pending.answer = answer;
		this.#waiting.push(pending);
		if (this.#due) return;
		this.#due = true;
		queueMicrotask(this.#deliver);
	}

	readonly #deliver = (): void => {
		const waiting = this.#waiting;
		this.#waiting = [];
		this.#due = false;
		let given = 0;
		try {
			for (; given < waiting.length; given += 1) {
				const pending = waiting[given];
				const answer = pending?.answer;
				if (!pending || !answer) continue;
				pending.answer = undefined;
				pending.done(answer);
			}
		} finally {
			// One who throws does not keep the others waiting.
			if (given < waiting.length) this.#again(waiting.slice(given + 1));
		}
	};

	#again(rest: Pending[]): void {
		this.#waiting = [...rest, ...this.#waiting];
		if (this.#due || this.#waiting.length === 0) return;
		this.#due = true;
		queueMicrotask(this.#deliver);
	}
}
