import { decodeHuffman } from './huffman';

/** The request names no device in its path. */
export const NO_DEVICE = -1;

const STATIC_ENTRIES = 61;
const PATH_NAMES = [4, 5];
const TABLE_LIMIT = 4096;
const ENTRY_OVERHEAD = 32;
/** `/3/device/` and the eight hex digits a device's number is written in. */
const PREFIX = Buffer.from('/3/device/');
const DIGITS = 8;
const NEEDED = PREFIX.length + DIGITS;
/** Lengths of the names of the static table (RFC 7541 Appendix A), from index 1. */
const STATIC_NAMES = [
	10, 7, 7, 5, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 14, 15, 15, 13, 6, 27, 3, 5, 13, 13, 19, 16, 16, 14, 16, 13, 12, 6, 4, 4,
	6, 7, 4, 4, 8, 17, 13, 8, 19, 13, 4, 8, 12, 18, 19, 5, 7, 7, 11, 6, 10, 25, 17, 10, 4, 3, 16,
];

/** What is kept of an entry of the dynamic table: enough to know what a later index refers to. */
interface Entry {
	readonly isPath: boolean;
	readonly nameLength: number;
	readonly device: number;
	readonly size: number;
}

/**
 * Reads the number of the device out of header blocks, following HPACK's dynamic table on the way (RFC 7541) and
 * making no strings. One per connection. Takes visible ASCII only, which is all that pushes have in their headers.
 */
export class HeaderReader {
	#table: Entry[] = [];

	#size = 0;

	#limit = TABLE_LIMIT;

	#at = 0;

	#text = new Uint8Array(NEEDED);

	/** Of the string read last. */
	#length = 0;

	/**
	 * @returns the number of the device in `:path`, else {@link NO_DEVICE}
	 * @throws {Error} for a block that cannot be read
	 */
	read(bytes: Uint8Array, from: number, to: number): number {
		let device = NO_DEVICE;
		this.#at = from;
		while (this.#at < to) {
			const first = bytes[this.#at] ?? 0;
			if (first >= 0x80) {
				const index = this.#integer(bytes, 0x7f);
				if (index <= STATIC_ENTRIES) continue;
				const entry = this.#entry(index);
				if (entry.isPath) device = entry.device;
			} else if (first >= 0x40) {
				const entry = this.#literal(bytes, 0x3f, true);
				if (entry.isPath) device = entry.device;
				this.#add(entry);
			} else if (first >= 0x20) {
				this.#limit = this.#integer(bytes, 0x1f);
				this.#evict();
			} else {
				const known = first & 0x0f;
				if (known !== 0 && !PATH_NAMES.includes(known)) {
					this.#integer(bytes, 0x0f);
					this.#skip(bytes);
					continue;
				}
				const entry = this.#literal(bytes, 0x0f, false);
				if (entry.isPath) device = entry.device;
			}
		}
		if (this.#at !== to) throw new Error('header block with an open end');
		return device;
	}

	/** @param whole the length of the value is needed too */
	#literal(bytes: Uint8Array, mask: number, whole: boolean): Entry {
		const name = this.#integer(bytes, mask);
		let isPath = false;
		let nameLength = 0;
		if (name === 0) {
			this.#string(bytes, Infinity);
			nameLength = this.#length;
		} else if (name <= STATIC_ENTRIES) {
			isPath = PATH_NAMES.includes(name);
			nameLength = STATIC_NAMES[name - 1] ?? 0;
		} else {
			({ isPath, nameLength } = this.#entry(name));
		}
		this.#string(bytes, whole ? Infinity : NEEDED);
		const device = isPath ? this.#deviceInText() : NO_DEVICE;
		return { isPath, nameLength, device, size: nameLength + this.#length + ENTRY_OVERHEAD };
	}

	#deviceInText(): number {
		if (this.#length < NEEDED) return NO_DEVICE;
		for (let i = 0; i < PREFIX.length; i++) if (this.#text[i] !== PREFIX[i]) return NO_DEVICE;
		return hexNumber(this.#text, PREFIX.length);
	}

	#skip(bytes: Uint8Array): void {
		const length = this.#integer(bytes, 0x7f);
		this.#at += length;
	}

	#string(bytes: Uint8Array, most: number): void {
		const coded = (bytes[this.#at] ?? 0) >= 0x80;
		const length = this.#integer(bytes, 0x7f);
		const end = this.#at + length;
		if (coded) {
			this.#length = decodeHuffman(bytes, this.#at, end, this.#text, most);
			if (this.#length < 0) throw new Error('header text that is no visible ASCII');
		} else {
			this.#length = length;
			for (let i = 0; i < length && i < NEEDED; i++) this.#text[i] = bytes[this.#at + i] ?? 0;
		}
		this.#at = end;
	}

	/** RFC 7541 5.1 */
	#integer(bytes: Uint8Array, mask: number): number {
		let value = (bytes[this.#at++] ?? 0) & mask;
		if (value < mask) return value;
		for (let shift = 0; shift <= 21; shift += 7) {
			const next = bytes[this.#at++] ?? 0;
			value += (next & 0x7f) << shift;
			if (next < 0x80) return value;
		}
		throw new Error('integer without an end');
	}

	#entry(index: number): Entry {
		const entry = this.#table[this.#table.length - (index - STATIC_ENTRIES)];
		if (!entry) throw new Error(`index ${index} is not in the header table`);
		return entry;
	}

	#add(entry: Entry): void {
		this.#table.push(entry);
		this.#size += entry.size;
		this.#evict();
	}

	#evict(): void {
		while (this.#size > this.#limit) this.#size -= this.#table.shift()?.size ?? 0;
	}
}

/** Reads eight hex digits; {@link NO_DEVICE} where they are none. */
export function hexNumber(bytes: Uint8Array, from: number): number {
	let value = 0;
	for (let i = from; i < from + DIGITS; i++) {
		const digit = bytes[i] ?? 0;
		if (digit >= 48 && digit <= 57) value = value * 16 + digit - 48;
		else if (digit >= 97 && digit <= 102) value = value * 16 + digit - 87;
		else return NO_DEVICE;
	}
	return value;
}
