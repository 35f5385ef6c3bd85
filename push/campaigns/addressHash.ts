/**
 * 64 bits of a text, as two signed numbers of 32, which V8 keeps without an object of their own. Fast, even, and the
 * same in every process and version; not meant against an adversary. 64 bits keep the chance that two of ten million
 * addresses are taken for one below 1 in 300,000.
 */
export class Hash64 {
	constructor(
		readonly high: number,
		readonly low: number,
	) {}
}

/** Murmur's and xxHash's odd multipliers in two lanes that feed each other at the end. */
export function hash64(text: string, seed: number): Hash64 {
	let high = 0xdeadbeef ^ seed;
	let low = 0x41c6ce57 ^ seed;
	for (let index = 0; index < text.length; index += 1) {
		const code = text.charCodeAt(index);
		high = Math.imul(high ^ code, 2_654_435_761);
		low = Math.imul(low ^ code, 1_597_334_677);
	}
	high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
	low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
	return new Hash64(high, low);
}

/** As a signed decimal number of 64 bits, which both databases take as an integer. */
export function toDecimal({ high, low }: Hash64): string {
	return ((BigInt(high) << 32n) | BigInt(low >>> 0)).toString();
}

/** Evenly spread over 0 (included) to 1 (excluded). */
export function toFraction({ high }: Hash64): number {
	return (high >>> 0) / 4_294_967_296;
}

/** Base64 of 8 bytes per hash. */
export function pack(hashes: readonly Hash64[]): string {
	const bytes = Buffer.allocUnsafe(hashes.length * 8);
	hashes.forEach(({ high, low }, index) => {
		bytes.writeInt32BE(high, index * 8);
		bytes.writeInt32BE(low, index * 8 + 4);
	});
	return bytes.toString('base64');
}

export function* unpack(text: string): Generator<Hash64> {
	const bytes = Buffer.from(text, 'base64');
	for (let at = 0; at + 8 <= bytes.length; at += 8) yield new Hash64(bytes.readInt32BE(at), bytes.readInt32BE(at + 4));
}

const PARTS = 256;
const SMALLEST = 64;

/** Tables grow by a quarter when four fifths of their places are taken. */
const FULL = 0.8;
const GROWTH = 1.25;

/**
 * Hashes seen so far: 10 to 13 bytes each, whatever the addresses' length. 256 small tables with open addressing, so
 * that none of them ever takes long to grow.
 */
export class HashSet {
	readonly #parts = Array.from({ length: PARTS }, () => new Part());

	has({ high, low }: Hash64): boolean {
		return this.#parts[high >>> 24]?.has(high, low) ?? false;
	}

	/** @returns false when it was there already */
	add({ high, low }: Hash64): boolean {
		return this.#parts[high >>> 24]?.add(high, low) ?? false;
	}

	/** Empties the set and gives its memory back at once, and not when V8, which sees next to nothing of it, finds the time. */
	clear(): void {
		for (const part of this.#parts) part.clear();
	}
}

/** Pairs of 32 bits; 0, 0 marks a free place, so that this one hash is kept as 0, 1. */
class Part {
	#pairs = new Int32Array(SMALLEST * 2);

	#places = SMALLEST;

	#size = 0;

	has(high: number, low: number): boolean {
		const at = this.#find(high, keyOf(high, low));
		return this.#pairs[at] === high && this.#pairs[at + 1] === keyOf(high, low);
	}

	add(high: number, low: number): boolean {
		const key = keyOf(high, low);
		const at = this.#find(high, key);
		if (this.#pairs[at] === high && this.#pairs[at + 1] === key) return false;
		this.#pairs[at] = high;
		this.#pairs[at + 1] = key;
		this.#size += 1;
		if (this.#size > this.#places * FULL) this.#grow();
		return true;
	}

	/** Where the hash is, or would be put. */
	#find(high: number, low: number): number {
		const first = Math.floor(((low >>> 0) / 4_294_967_296) * this.#places);
		for (let place = first; ; place = place + 1 === this.#places ? 0 : place + 1) {
			const at = place * 2;
			const found = this.#pairs[at + 1];
			if ((found === low && this.#pairs[at] === high) || (found === 0 && this.#pairs[at] === 0)) return at;
		}
	}

	#grow(): void {
		const before = this.#pairs;
		this.#places = Math.ceil(this.#places * GROWTH);
		this.#pairs = new Int32Array(this.#places * 2);
		for (let at = 0; at < before.length; at += 2) {
			const high = before[at] ?? 0;
			const low = before[at + 1] ?? 0;
			if (high === 0 && low === 0) continue;
			const free = this.#find(high, low);
			this.#pairs[free] = high;
			this.#pairs[free + 1] = low;
		}
		before.buffer.transfer(0);
	}

	clear(): void {
		this.#pairs.buffer.transfer(0);
		this.#pairs = new Int32Array(SMALLEST * 2);
		this.#places = SMALLEST;
		this.#size = 0;
	}
}

function keyOf(high: number, low: number): number {
	return high === 0 && low === 0 ? 1 : low;
}
