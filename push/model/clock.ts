import { randomUUID } from 'node:crypto';

/** Time as the engine sees it: passed in everywhere, so that tests can turn it. */
export interface Clock {
	/** Epoch ms; may jump when the machine's clock is set. */
	now(): number;
	/** ms since some fixed moment; never goes back. For durations, deadlines and rates. */
	monotonic(): number;
	/**
	 * Runs `callback` once after `ms`; the returned function takes it back.
	 * `background`: housekeeping (idle close, keep-alive) that must not keep the process alive by itself.
	 */
	after(ms: number, callback: () => void, background?: 'background'): () => void;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	after(ms, callback, background) {
		// setTimeout fires at once for delays over 2^31-1 ms.
		const timer = setTimeout(callback, Math.min(ms, 2_147_483_647));
		if (background) timer.unref();
		return () => clearTimeout(timer);
	},
};

/** Chance as the engine sees it. */
export interface Random {
	/** A canonical lower-case UUID. */
	uuid(): string;
	/** Uniform in [0, 1). */
	fraction(): number;
}

export const systemRandom: Random = { uuid: () => randomUUID(), fraction: () => Math.random() };
