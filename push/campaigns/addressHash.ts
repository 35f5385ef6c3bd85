/**
 * 64 bits of a text, as two numbers of 32: fast, even, and the same in every process and version. Not meant against an
 * adversary. 64 bits keep the chance that two of ten million addresses are taken for one below 1 in 300,000.
 */
export interface Hash64 {
	readonly high: number;
	readonly low: number;
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
	return { high: high | 0, low: low >>> 0 };
}

/** As a signed decimal number of 64 bits, which both databases take as an integer. */
export function toDecimal({ high, low }: Hash64): string {
	return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

/** Evenly spread over 0 (included) to 1 (excluded). */
export function toFraction({ high }: Hash64): number {
	return (high >>> 0) / 4_294_967_296;
}
