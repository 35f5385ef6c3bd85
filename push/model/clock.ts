import { randomFillSync } from 'node:crypto';

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

/** 256 ids at a time: asking the operating system costs more than the rest. */
const pool = Buffer.alloc(16 * 256);
let used = pool.length;

/**
 * RFC 9562 5.4, version 4. `randomUUID()` of Node puts the text together from 20 pieces, which for one id per message
 * is a fifth of all the memory a message takes.
 */
function uuid(): string {
	if (used === pool.length) {
		randomFillSync(pool);
		used = 0;
	}
	pool[used + 6] = ((pool[used + 6] ?? 0) & 0x0f) | 0x40;
	pool[used + 8] = ((pool[used + 8] ?? 0) & 0x3f) | 0x80;
	let at = 0;
	for (let byte = 0; byte < 16; byte += 1) {
		if (byte === 4 || byte === 6 || byte === 8 || byte === 10) text[at++] = 0x2d;
		const value = pool[used + byte] ?? 0;
		text[at++] = DIGITS.charCodeAt(value >>> 4);
		text[at++] = DIGITS.charCodeAt(value & 15);
	}
	used += 16;
	return text.toString('latin1');
}

const DIGITS = '0123456789abcdef';
const text = Buffer.alloc(36);

export const systemRandom: Random = { uuid, fraction: () => Math.random() };
