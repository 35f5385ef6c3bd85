/**
 * Code lengths of the visible ASCII characters, from blank to `~` (RFC 7541 Appendix B). Within a length the codes
 * count up with the characters, and no other character has a code of up to 15 bits: the lengths are the whole table.
 */
const LENGTHS = [
	6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7,
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6,
	5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
];
const FIRST_CHARACTER = 32;
const LONGEST = 15;
const SHORT = 8;

/** By the next 8 or 15 bits: code length * 256 + character; 0 where no such code is. */
const byShort = new Uint16Array(1 << SHORT);
const byLong = new Uint16Array(1 << LONGEST);

let code = 0;
for (let length = 1; length <= LONGEST; length++) {
	code <<= 1;
	for (let at = 0; at < LENGTHS.length; at++) {
		if (LENGTHS[at] !== length) continue;
		const entry = length * 256 + at + FIRST_CHARACTER;
		byLong.fill(entry, code << (LONGEST - length), (code + 1) << (LONGEST - length));
		if (length <= SHORT) byShort.fill(entry, code << (SHORT - length), (code + 1) << (SHORT - length));
		code += 1;
	}
}

/**
 * Decodes visible ASCII.
 * @param out takes the first characters, as many as have room
 * @param most stop after so many characters
 * @returns how many characters there are (at most `most`); -1 when something else is in the text
 */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number, out: Uint8Array, most: number): number {
	let bits = 0;
	let held = 0;
	let count = 0;
	let at = from;
	while (count < most) {
		while (held < LONGEST && at < to) {
			bits = ((bits << 8) | (bytes[at++] ?? 0)) & 0x7fffff;
			held += 8;
		}
		// The end is padded with ones, which begin no code of up to 15 bits.
		const ahead =
			held >= LONGEST ? bits >>> (held - LONGEST) : (bits << (LONGEST - held)) | ((1 << (LONGEST - held)) - 1);
		const entry = byShort[(ahead >>> (LONGEST - SHORT)) & 0xff] || byLong[ahead & 0x7fff] || 0;
		const length = entry >>> 8;
		if (length === 0 || length > held) return at === to && held < 8 ? count : -1;
		held -= length;
		if (count < out.length) out[count] = entry & 0xff;
		count += 1;
	}
	return count;
}
