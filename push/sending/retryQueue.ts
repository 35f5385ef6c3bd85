import type { Clock } from '../model';

interface Entry<T> {
	readonly due: number;
	readonly number: number;
	readonly item: T;
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
	return a.due < b.due || (a.due === b.due && a.number < b.number);
}

/** What waits for its moment: a binary heap with one timer. Those due together come out in the order they went in. */
export class RetryQueue<T> {
	#heap: Array<Entry<T>> = [];

	#number = 0;

	#armedFor = Infinity;

	#disarm: (() => void) | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly onDue: (item: T) => void,
	) {}

	get size(): number {
		return this.#heap.length;
	}

	add(item: T, delayMs: number): void {
		this.#number += 1;
		this.#heap.push({ due: this.clock.monotonic() + delayMs, number: this.#number, item });
		this.#up(this.#heap.length - 1);
		this.#arm();
	}

	/** Takes out, in due order, everything that is `wanted`. */
	take(wanted: (item: T) => boolean): T[] {
		const taken = this.#heap.filter((entry) => wanted(entry.item)).sort((a, b) => (before(a, b) ? -1 : 1));
		// A sorted array is a heap.
		this.#heap = this.#heap.filter((entry) => !wanted(entry.item)).sort((a, b) => (before(a, b) ? -1 : 1));
		this.#arm();
		return taken.map((entry) => entry.item);
	}

	#arm(): void {
		const first = this.#heap[0];
		if (this.#armedFor === (first?.due ?? Infinity)) return;
		this.#disarm?.();
		this.#disarm = undefined;
		this.#armedFor = first?.due ?? Infinity;
		if (!first) return;
		const delay = Math.max(0, Math.ceil(first.due - this.clock.monotonic()));
		this.#disarm = this.clock.after(delay, () => this.#release());
	}

	#release(): void {
		this.#disarm = undefined;
		this.#armedFor = Infinity;
		const now = this.clock.monotonic();
		for (let first = this.#heap[0]; first && first.due <= now; first = this.#heap[0]) {
			this.#removeFirst();
			this.onDue(first.item);
		}
		this.#arm();
	}

	#removeFirst(): void {
		const last = this.#heap.pop();
		if (last === undefined || this.#heap.length === 0) return;
		this.#heap[0] = last;
		this.#down(0);
	}

	#up(start: number): void {
		let at = start;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!this.#swapIfBefore(at, parent)) return;
			at = parent;
		}
	}

	#down(start: number): void {
		let at = start;
		for (;;) {
			const left = 2 * at + 1;
			const right = left + 1;
			const first = this.#isBefore(right, left) ? right : left;
			if (!this.#swapIfBefore(first, at)) return;
			at = first;
		}
	}

	#isBefore(a: number, b: number): boolean {
		const [one, other] = [this.#heap[a], this.#heap[b]];
		return one !== undefined && other !== undefined && before(one, other);
	}

	#swapIfBefore(a: number, b: number): boolean {
		const [one, other] = [this.#heap[a], this.#heap[b]];
		if (one === undefined || other === undefined || !before(one, other)) return false;
		this.#heap[a] = other;
		this.#heap[b] = one;
		return true;
	}
}
