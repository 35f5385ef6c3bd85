import { ByteSink } from './byte-sink';
import { DEFAULT_TABLE_SIZE } from './decoder';
import { DynamicTable, fieldSize } from './dynamic-table';
import { staticField, staticName, STATIC_LENGTH } from './static-table';
import { PREFIX_ROOM, putInteger, putPlain, putShort } from './strings';

type Headers = Readonly<Record<string, string>>;

/** A header object that was encoded before, and the bytes that stand for it while the table stays as it is. */
interface KnownBlock {
	readonly headers: Headers;
	readonly version: number;
	readonly bytes: Buffer;
}

/** Frozen header objects in use at the same time: one per message and provider token. */
const KNOWN_BLOCKS = 8;

/**
 * Once the table is full, something is thrown out at most once in so many requests: headers that are new each time
 * would else cost every other header its place.
 */
const REQUESTS_PER_EVICTION = 32;

/** `:path`: never indexed, as it is never the same twice. */
const PATH_INDEX = 4;

/**
 * RFC 7541: writes the header blocks of one direction of a connection. What repeats is put into the dynamic table and
 * costs a byte or two from then on; a frozen header object that repeats is copied as it was encoded.
 */
export class HpackEncoder {
	readonly #table = new DynamicTable(DEFAULT_TABLE_SIZE, (name, value, number) => this.#evicted(name, value, number));

	/** By name: the newest entry, and the entries by value. */
	readonly #names = new Map<string, number>();

	readonly #fields = new Map<string, Map<string, number>>();

	/** Changes with every change of the table. */
	#version = 0;

	#known: KnownBlock[] = [];

	#oldestKnown = 0;

	#sinceEviction = REQUESTS_PER_EVICTION;

	/** RFC 7541 4.2: what is to be announced at the beginning of the next block: smallest size meanwhile, and last. */
	#smallest: number | undefined;

	readonly #opening: Headers;

	/** @param opening pseudo-headers that stay the same over the connection, in front of `:path` */
	constructor(opening: Headers) {
		this.#opening = Object.freeze({ ...opening });
	}

	get tableSize(): number {
		return this.#table.size;
	}

	/** SETTINGS_HEADER_TABLE_SIZE of the peer: not more than our own bound is used of it. */
	setPeerTableSize(size: number): void {
		const most = Math.min(size, DEFAULT_TABLE_SIZE);
		if (most === this.#table.maxSize && this.#smallest === undefined) return;
		this.#smallest = Math.min(this.#smallest ?? most, most);
		this.#table.resize(this.#smallest);
		this.#table.resize(most);
		this.#version += 1;
	}

	/** Writes the header block of one request. */
	encode(out: ByteSink, method: 'POST' | 'GET', path: string, headers: Headers, own: Headers | undefined): void {
		out.reserve(4 * PREFIX_ROOM);
		if (this.#smallest !== undefined) this.#announceSize(out, this.#smallest);
		this.#sinceEviction += 1;
		out.byte(method === 'POST' ? 0x83 : 0x82);
		this.#shared(out, this.#opening);
		out.reserve(1);
		out.byte(PATH_INDEX);
		putPlain(out, path);
		this.#shared(out, headers);
		if (own) for (const name in own) this.#ownField(out, name, own[name] ?? '');
	}

	#announceSize(out: ByteSink, smallest: number): void {
		this.#smallest = undefined;
		if (smallest < this.#table.maxSize) putInteger(out, 0x20, 5, smallest);
		putInteger(out, 0x20, 5, this.#table.maxSize);
	}

	/** Headers of many requests. */
	#shared(out: ByteSink, headers: Headers): void {
		const known = this.#known;
		for (let index = 0; index < known.length; index += 1) {
			const block = known[index];
			if (block?.headers !== headers) continue;
			if (block.version !== this.#version) break;
			const { bytes } = block;
			out.reserve(bytes.length);
			// Blocks are a few bytes: a loop is quicker than a call.
			let at = out.length;
			for (let from = 0; from < bytes.length; from += 1) out.bytes[at++] = bytes[from] ?? 0;
			out.length = at;
			return;
		}
		const start = out.length;
		const version = this.#version;
		for (const name in headers) this.#sharedField(out, name, headers[name] ?? '');
		if (version === this.#version && Object.isFrozen(headers)) this.#remember(headers, out, start);
	}

	/** Nothing was put into the table while it was written: it can be written the same way again. */
	#remember(headers: Headers, out: ByteSink, start: number): void {
		const block = { headers, version: this.#version, bytes: Buffer.from(out.bytes.subarray(start, out.length)) };
		const same = this.#known.findIndex((known) => known.headers === headers);
		if (same >= 0) this.#known[same] = block;
		else if (this.#known.length < KNOWN_BLOCKS) this.#known.push(block);
		else {
			this.#known[this.#oldestKnown] = block;
			this.#oldestKnown = (this.#oldestKnown + 1) % KNOWN_BLOCKS;
		}
	}

	#sharedField(out: ByteSink, name: string, value: string): void {
		out.reserve(2 * PREFIX_ROOM);
		const number = this.#fields.get(name)?.get(value);
		const index = number === undefined ? staticField(name, value) : this.#indexOf(number);
		if (index > 0) return putInteger(out, 0x80, 7, index);
		this.#literal(out, name, value, this.#mayInsert(name, value));
	}

	/** A header of one request alone: its name is worth an entry of the table, its further values are not. */
	#ownField(out: ByteSink, name: string, value: string): void {
		const number = this.#names.get(name);
		if (number === undefined && staticName(name) === 0) {
			return this.#literal(out, name, value, this.#mayInsert(name, value));
		}
		out.reserve(PREFIX_ROOM);
		putInteger(out, 0, 4, number === undefined ? staticName(name) : this.#indexOf(number));
		putPlain(out, value);
	}

	/** RFC 7541 6.2.1 and 6.2.2 */
	#literal(out: ByteSink, name: string, value: string, insert: boolean): void {
		const number = this.#names.get(name);
		const index = staticName(name) || (number === undefined ? 0 : this.#indexOf(number));
		out.reserve(PREFIX_ROOM);
		putInteger(out, insert ? 0x40 : 0, insert ? 6 : 4, index);
		if (index === 0) putShort(out, name);
		putShort(out, value);
		if (insert) this.#insert(name, value);
	}

	/** RFC 7541 2.3.3 */
	#indexOf(number: number): number {
		return STATIC_LENGTH + this.#table.inserted - number;
	}

	#mayInsert(name: string, value: string): boolean {
		const size = fieldSize(name, value);
		const { maxSize } = this.#table;
		if (this.#table.size + size <= maxSize) return true;
		if (size > maxSize / 2 || this.#sinceEviction < REQUESTS_PER_EVICTION) return false;
		this.#sinceEviction = 0;
		return true;
	}

	#insert(name: string, value: string): void {
		this.#version += 1;
		const number = this.#table.inserted;
		this.#table.insert(name, value);
		this.#names.set(name, number);
		const values = this.#fields.get(name);
		if (values) values.set(value, number);
		else this.#fields.set(name, new Map([[value, number]]));
	}

	#evicted(name: string, value: string, number: number): void {
		if (this.#names.get(name) === number) this.#names.delete(name);
		const values = this.#fields.get(name);
		if (values?.get(value) === number) values.delete(value);
		if (values?.size === 0) this.#fields.delete(name);
	}
}
