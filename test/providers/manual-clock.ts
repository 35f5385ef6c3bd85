import type { Clock } from '../../push/model';

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
	#elapsed = 0;

	#timers: Array<{ at: number; run: () => void }> = [];

	constructor(private readonly start = Date.UTC(2026, 10, 22, 12)) {}

	now(): number {
		return this.start + this.#elapsed;
	}

	monotonic(): number {
		return this.#elapsed;
	}

	after(ms: number, callback: () => void): () => void {
		const timer = { at: this.#elapsed + ms, run: callback };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	/** Timers that are still set. */
	get pending(): number {
		return this.#timers.length;
	}

	/** Moves on, firing what is due in its order; lets promises settle after each timer. */
	async advance(ms: number): Promise<void> {
		const end = this.#elapsed + ms;
		await settle();
		for (;;) {
			const [next] = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
			if (!next) break;
			this.#elapsed = next.at;
			this.#timers = this.#timers.filter((timer) => timer !== next);
			next.run();
			await settle();
		}
		this.#elapsed = end;
		await settle();
	}
}

/** Moves the clock on until the promise is settled. */
export async function drive<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
	let open = true;
	const close = () => {
		open = false;
	};
	promise.then(close, close);
	while (open) {
		// Real time too: signatures are made on other threads.
		await new Promise((resolve) => setTimeout(resolve, 1));
		await clock.advance(100);
	}
	return await promise;
}

/** Lets everything that is ready run, signatures on the thread pool included. */
export async function settle(): Promise<void> {
	for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for something that will happen by itself; gives up after many turns of the event loop. */
export async function eventually(happened: () => boolean): Promise<void> {
	for (let turn = 0; turn < 2_000; turn++) {
		if (happened()) return;
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
	throw new Error('What was waited for did not happen.');
}
