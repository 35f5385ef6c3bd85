import type { ByteSink } from './byte-sink';
import { huffmanEncode, huffmanLength } from './huffman';

/** What a string or integer takes besides its own bytes, at most. */
export const PREFIX_ROOM = 6;

/** Up to this long, a loop writes a text more quickly than a call of Node's. */
const LONGEST_LOOP = 128;

/** RFC 7541 5.1. The caller has reserved the room. */
export function putInteger(out: ByteSink, flags: number, prefix: number, value: number): void {
	const mask = (1 << prefix) - 1;
	if (value < mask) return out.byte(flags | value);
	out.byte(flags | mask);
	let rest = value - mask;
	for (; rest >= 128; rest >>>= 7) out.byte((rest & 0x7f) | 0x80);
	out.byte(rest);
}

/** RFC 7541 5.2, as it is: for what is written once and must be quick. Characters are Latin-1. */
export function putPlain(out: ByteSink, text: string): void {
	out.reserve(text.length + PREFIX_ROOM);
	putInteger(out, 0, 7, text.length);
	if (text.length > LONGEST_LOOP) {
		out.length += out.bytes.write(text, out.length, 'latin1');
		return;
	}
	const { bytes } = out;
	let at = out.length;
	for (let from = 0; from < text.length; from += 1) bytes[at++] = text.charCodeAt(from);
	out.length = at;
}

/** RFC 7541 5.2, Huffman-coded where that is shorter. */
export function putShort(out: ByteSink, text: string): void {
	const coded = huffmanLength(text);
	if (coded >= text.length) return putPlain(out, text);
	out.reserve(coded + PREFIX_ROOM);
	putInteger(out, 0x80, 7, coded);
	out.length = huffmanEncode(text, out.bytes, out.length);
}
