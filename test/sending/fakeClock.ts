import type { Clock, Random } from '../../push/model';

interface Timer {
	at: number;
	number: number;
	callback: () => void;
	live: boolean;
}

function isBefore(a: Timer, b: Timer): boolean {
	return a.at < b.at || (a.at === b.at && a.number < b.number);
}

/** Lets promises, and what was put off with setImmediate, go on. */
export async function settle(turns = 2): Promise<void> {
	for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is turned. Timers fire in order, each at its own moment. */
export class FakeClock implements Clock {
	/** Extra ms by which timers fire late, drawn anew for each; 0 by default. */
	lateness: () => number = () => 0;

	#heap: Timer[] = [];

	#time = 0;

	#number = 0;

	#live = 0;

	constructor(private readonly epoch = Date.UTC(2026, 0, 1)) {}

	/** Timers that are set. */
	get timers(): number {
		return this.#live;
	}

	now(): number {
		return this.epoch + Math.floor(this.#time);
	}

	monotonic(): number {
		return this.#time;
	}

	after(ms: number, callback: () => void): () => void {
		this.#number += 1;
		const timer = { at: this.#time + Math.max(0, ms) + this.lateness(), number: this.#number, callback, live: true };
		this.#push(timer);
		this.#live += 1;
		return () => this.#kill(timer);
	}

	/** Turns the clock without letting promises go on. */
	advance(ms: number): void {
		const end = this.#time + ms;
		for (let due = this.#nextTime(); due !== undefined && due <= end; due = this.#nextTime()) this.#fire(due);
		this.#time = Math.max(this.#time, end);
	}

	/** Turns the clock; after each moment at which timers fire, everything that follows from them happens. */
	async run(ms: number): Promise<void> {
		await settle();
		const end = this.#time + ms;
		for (let due = this.#nextTime(); due !== undefined && due <= end; due = this.#nextTime()) {
			this.#fire(due);
			await settle();
		}
		this.#time = Math.max(this.#time, end);
	}

	/**
	 * Turns the clock until the promise is settled.
	 * @throws when nothing is left that could settle it, or `limitMs` have gone by
	 */
	async until<T>(promise: Promise<T>, limitMs = 24 * 3_600_000): Promise<T> {
		let pending = true;
		const over = () => {
			pending = false;
		};
		promise.then(over, over);
		const end = this.#time + limitMs;
		for (let idleTurns = 0; ; ) {
			await settle(1);
			if (!pending) return await promise;
			const due = this.#nextTime();
			if (due !== undefined && due > end) throw new Error(`Not settled within ${limitMs} ms of the fake clock`);
			if (due !== undefined) this.#fire(due);
			idleTurns = due === undefined ? idleTurns + 1 : 0;
			if (idleTurns > 50) throw new Error('Nothing is left that could settle the promise');
		}
	}

	/** Everything due at this moment, timers set meanwhile for the same moment included. */
	#fire(at: number): void {
		this.#time = Math.max(this.#time, at);
		for (let first = this.#heap[0]; first && first.at <= at; first = this.#heap[0]) {
			this.#pop();
			if (this.#kill(first)) first.callback();
		}
	}

	#kill(timer: Timer): boolean {
		const wasLive = timer.live;
		if (wasLive) this.#live -= 1;
		timer.live = false;
		return wasLive;
	}

	#nextTime(): number | undefined {
		for (let first = this.#heap[0]; first; first = this.#heap[0]) {
			if (first.live) return first.at;
			this.#pop();
		}
		return undefined;
	}

	#push(timer: Timer): void {
		const heap = this.#heap;
		let at = heap.push(timer) - 1;
		for (let up = (at - 1) >> 1; at > 0; up = (at - 1) >> 1) {
			const parent = heap[up];
			if (!parent || !isBefore(timer, parent)) break;
			heap[at] = parent;
			at = up;
		}
		heap[at] = timer;
	}

	#pop(): void {
		const heap = this.#heap;
		const last = heap.pop();
		if (!last || heap.length === 0) return;
		let at = 0;
		for (;;) {
			const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
			const child = left && right && isBefore(right, left) ? right : left;
			if (!child || !isBefore(child, last)) break;
			heap[at] = child;
			at = child === left ? 2 * at + 1 : 2 * at + 2;
		}
		heap[at] = last;
	}
}

/** Chance that is always the same: ids count up, the fraction is given. */
export function fixedRandom(fraction = 1): Random {
	let drawn = 0;
	return {
		uuid() {
			drawn += 1;
			return `00000000-0000-4000-8000-${String(drawn).padStart(12, '0')}`;
		},
		fraction: () => fraction,
	};
}
