import type { Clock } from '../../push/model';

interface Alarm {
	readonly at: number;
	readonly ring: () => void;
}

/** Time that stands still until it is turned. */
export class ManualClock implements Clock {
	#now = 1_000;

	readonly #alarms = new Set<Alarm>();

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	after(ms: number, callback: () => void): () => void {
		const alarm = { at: this.#now + ms, ring: callback };
		this.#alarms.add(alarm);
		return () => this.#alarms.delete(alarm);
	}

	/** Rings what is due, in order, and lets everything that follows from it happen. */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		await settled();
		for (let next = this.#due(end); next; next = this.#due(end)) {
			this.#now = Math.max(this.#now, next.at);
			this.#alarms.delete(next);
			next.ring();
			await settled();
		}
		this.#now = end;
		await settled();
	}

	#due(end: number): Alarm | undefined {
		return [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
	}
}

/** Lets all promise callbacks run. */
export async function settled(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}
