import { HpackError } from './hpack-error';
import { CODE_LENGTHS, EOS } from './huffman-lengths';

/** Codes by symbol, from their lengths. */
const CODES = canonicalCodes();

function canonicalCodes(): Uint32Array {
	const codes = new Uint32Array(CODE_LENGTHS.length);
	let code = 0;
	for (let bits = 5; bits <= 30; bits += 1) {
		CODE_LENGTHS.forEach((length, symbol) => {
			if (length !== bits) return;
			codes[symbol] = code;
			code += 1;
		});
		code *= 2;
	}
	return codes;
}

/**
 * The code's tree as a machine that takes four bits at a time. A step: bits 0-7 the symbol, bit 8 whether one was
 * completed (no code is shorter than 5 bits, so at most one is), bits 9-17 the next state.
 */
interface Machine {
	readonly steps: Int32Array;
	/** RFC 7541 5.2: states in which a string may end: at most 7 bits into a code, all of them ones. */
	readonly ends: Uint8Array;
}

const EMITS = 0x100;
const DEAD = 256;
const machine = buildMachine();

function buildMachine(): Machine {
	const { left, right, count } = buildTree();
	const steps = new Int32Array((DEAD + 1) * 16).fill(DEAD << 9);
	for (let state = 0; state < count; state += 1) {
		for (let nibble = 0; nibble < 16; nibble += 1) steps[state * 16 + nibble] = walk(left, right, state, nibble);
	}
	const ends = new Uint8Array(DEAD + 1);
	for (let depth = 0, node = 0; depth < 8; depth += 1, node = right[node] ?? 0) ends[node] = 1;
	return { steps, ends };
}

/** Inner nodes are numbered from 0 (the root); leaves are `-1 - symbol`. */
function buildTree(): { left: Int32Array; right: Int32Array; count: number } {
	const left = new Int32Array(EOS);
	const right = new Int32Array(EOS);
	let count = 1;
	CODE_LENGTHS.forEach((length, symbol) => {
		const code = CODES[symbol] ?? 0;
		let node = 0;
		for (let bit = length - 1; bit > 0; bit -= 1) {
			const side = (code >>> bit) & 1 ? right : left;
			if (!side[node]) {
				side[node] = count;
				count += 1;
			}
			node = side[node] ?? 0;
		}
		(code & 1 ? right : left)[node] = -1 - symbol;
	});
	return { left, right, count };
}

function walk(left: Int32Array, right: Int32Array, from: number, nibble: number): number {
	let node = from;
	let emitted = 0;
	for (let bit = 3; bit >= 0; bit -= 1) {
		const next = (nibble >>> bit) & 1 ? right[node] : left[node];
		if (next === undefined || next === -1 - EOS) return DEAD << 9;
		if (next < 0) emitted = EMITS | (-1 - next);
		node = Math.max(next, 0);
	}
	return (node << 9) | emitted;
}

let scratch = Buffer.allocUnsafeSlow(4_096);

/**
 * RFC 7541 5.2. The bytes of the string are its UTF-16 code units (Latin-1).
 * @throws {HpackError} for EOS inside, padding longer than 7 bits or padding that is not all ones.
 */
export function huffmanDecode(bytes: Uint8Array, start: number, end: number): string {
	// No code is shorter than 5 bits.
	const most = Math.ceil(((end - start) * 8) / 5);
	if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most * 2);
	const { steps, ends } = machine;
	const out = scratch;
	let length = 0;
	let state = 0;
	for (let at = start; at < end; at += 1) {
		const byte = bytes[at] ?? 0;
		const high = steps[state * 16 + (byte >>> 4)] ?? 0;
		if (high & EMITS) out[length++] = high;
		const low = steps[(high >>> 9) * 16 + (byte & 15)] ?? 0;
		if (low & EMITS) out[length++] = low;
		state = low >>> 9;
	}
	if (!ends[state]) throw new HpackError('A Huffman-coded string ends in the middle of a code.');
	return out.toString('latin1', 0, length);
}

/** Bytes the string takes when coded. */
export function huffmanLength(text: string): number {
	let bits = 0;
	for (let at = 0; at < text.length; at += 1) bits += CODE_LENGTHS[text.charCodeAt(at) & 0xff] ?? 0;
	return (bits + 7) >>> 3;
}

/** Writes the coded string; the rest of the last byte is filled with ones. @returns the position behind it. */
export function huffmanEncode(text: string, out: Uint8Array, start: number): number {
	let at = start;
	let pending = 0;
	let bits = 0;
	for (let index = 0; index < text.length; index += 1) {
		const symbol = text.charCodeAt(index) & 0xff;
		let length = CODE_LENGTHS[symbol] ?? 0;
		const code = CODES[symbol] ?? 0;
		// At most 7 bits are pending: long codes go in two parts so that 32 bits are enough.
		if (length > 24) {
			pending = (pending << (length - 24)) | (code >>> 24);
			bits += length - 24;
			length = 24;
			while (bits >= 8) out[at++] = (pending >>> (bits -= 8)) & 0xff;
			pending &= (1 << bits) - 1;
		}
		pending = (pending << length) | (code & (2 ** length - 1));
		bits += length;
		while (bits >= 8) out[at++] = (pending >>> (bits -= 8)) & 0xff;
		pending &= (1 << bits) - 1;
	}
	if (bits > 0) out[at++] = ((pending << (8 - bits)) | (0xff >>> bits)) & 0xff;
	return at;
}
