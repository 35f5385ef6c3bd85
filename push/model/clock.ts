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
	let at = 0;
	for (const end = chanceUsed + ID_BYTES * AT_A_TIME; chanceUsed < end; chanceUsed += 1) {
		const byte = chanceUsed & (ID_BYTES - 1);
		if (byte === 4 || byte === 6 || byte === 8 || byte === 10) at += 1;
		let value = chance[chanceUsed] ?? 0;
		if (byte === 6) value = (value & 0x0f) | 0x40;
		else if (byte === 8) value = (value & 0x3f) | 0x80;
		text[at++] = DIGITS[value >>> 4] ?? 0;
		text[at++] = DIGITS[value & 15] ?? 0;
	}
	return text.toString('latin1');
}

export const systemRandom: Random = { uuid, fraction: () => Math.random() };
