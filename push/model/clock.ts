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

/**
 * A clock that is read once for all that one turn of the event loop asks: near enough for what counts in seconds or
 * minutes, where each of very many messages has to ask.
 */
export class TurnClock implements Pick<Clock, 'now' | 'monotonic'> {
	#isRead = false;

	#now = 0;

	#monotonic = 0;

	readonly #over = () => {
		this.#isRead = false;
	};

	constructor(private readonly clock: Pick<Clock, 'now' | 'monotonic'>) {}

	now(): number {
		if (!this.#isRead) this.#read();
		return this.#now;
	}

	monotonic(): number {
		if (!this.#isRead) this.#read();
		return this.#monotonic;
	}

	#read(): void {
		this.#now = this.clock.now();
		this.#monotonic = this.clock.monotonic();
		this.#isRead = true;
		queueMicrotask(this.#over);
	}
}

/** Chance as the engine sees it. */
export interface Random {
	/** A canonical lower-case UUID. */
	uuid(): string;
	/** Uniform in [0, 1). */
	fraction(): number;
}

/**
 * Ids made at a time: asking the operating system, and making a string, costs more than the rest. Not many more, as
 * one id that is kept keeps the text of all of its time.
 */
const AT_A_TIME = 64;
const ID_LENGTH = 36;
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');
const ID_BYTES = 16;
const chance = Buffer.alloc(ID_BYTES * AT_A_TIME * 16);
let chanceUsed = chance.length;
const text = Buffer.alloc(ID_LENGTH * AT_A_TIME, '-');
let ids = '';
let given = 0;

/** RFC 9562 5.4, version 4. */
function uuid(): string {
	if (given === ids.length) {
		ids = moreIds();
		given = 0;
	}
	given += ID_LENGTH;
	return ids.substring(given - ID_LENGTH, given);
}

function moreIds(): string {
	if (chanceUsed === chance.length) {
		randomFillSync(chance);
		chanceUsed = 0;
	}
	for (let at = 0; at < text.length; at += ID_LENGTH, chanceUsed += ID_BYTES) {
		chance[chanceUsed + 6] = ((chance[chanceUsed + 6] ?? 0) & 0x0f) | 0x40;
		chance[chanceUsed + 8] = ((chance[chanceUsed + 8] ?? 0) & 0x3f) | 0x80;
		putDigits(at, chanceUsed, 4);
		putDigits(at + 9, chanceUsed + 4, 2);
		putDigits(at + 14, chanceUsed + 6, 2);
		putDigits(at + 19, chanceUsed + 8, 2);
		putDigits(at + 24, chanceUsed + 10, 6);
	}
	return text.toString('latin1');
}

/** So many bytes of chance as digits. */
function putDigits(at: number, from: number, count: number): void {
	for (let byte = 0; byte < count; byte += 1) {
		const value = chance[from + byte] ?? 0;
		text[at + 2 * byte] = DIGITS[value >>> 4] ?? 0;
		text[at + 2 * byte + 1] = DIGITS[value & 15] ?? 0;
	}
}

export const systemRandom: Random = { uuid, fraction: () => Math.random() };
