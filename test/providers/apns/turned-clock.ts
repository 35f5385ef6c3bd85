import type { Clock } from '../../../push/model';

/** A clock that moves only when told to. */
export class TurnedClock implements Clock {
	#now: number;

	#monotonic = 0;

	#timers: Array<{ readonly due: number; readonly callback: () => void }> = [];

	constructor(now = Date.parse('2026-11-23T12:00:00Z')) {
		this.#now = now;
	}

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#monotonic;
	}

	after(ms: number, callback: () => void): () => void {
		const timer = { due: this.#monotonic + ms, callback };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** Lets time pass. */
	pass(ms: number): void {
		this.#now += ms;
		this.#monotonic += ms;
		const due = this.#timers.filter((timer) => timer.due <= this.#monotonic);
		this.#timers = this.#timers.filter((timer) => !due.includes(timer));
		for (const { callback } of due) callback();
	}

	/** Sets the wall clock alone, as an administrator does. */
	set(now: number): void {
		this.#now = now;
	}
}

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
