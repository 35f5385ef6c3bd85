/** The rows an index of one segment is spread over: a look-up reads one of them. */
const BUCKETS = 256;

/** Of an entry: 4 bytes of the hash, 4 bytes of the place of the batch. */
const ENTRY = 8;

export interface KeyHash {
	/** 0 to 255. */
	readonly bucket: number;
	/** 32 bits. */
	readonly rest: number;
}

/** 40 bits of a text, the same in every version: they stand in the store. Two rounds of FNV-1a, mixed at the end. */
export function hashKey(key: string): KeyHash {
	let one = 0x811c9dc5;
	let two = 0x1b873593;
	for (let place = 0; place < key.length; place += 1) {
		const unit = key.charCodeAt(place);
		one = Math.imul(one ^ unit, 0x01000193);
		two = Math.imul(two ^ unit, 0x85ebca6b);
	}
	one = Math.imul(one ^ (two >>> 15), 0xc2b2ae35);
	two = Math.imul(two ^ (one >>> 13), 0x27d4eb2f);
	return { bucket: (two ^ (two >>> 16)) & (BUCKETS - 1), rest: (one ^ (one >>> 16)) >>> 0 };
}

/** Collects the keys of a segment's batches: 9 bytes each, outside of V8's heap, until all are written. */
export class IndexBuilder {
	#buckets: Uint8Array<ArrayBuffer>;

	/** Of each entry: 32 bits of the hash, the offset of its batch. */
	#entries: Uint32Array<ArrayBuffer>;

	#size = 0;

	/** @param expected keys there is room for at first */
	constructor(expected: number) {
		const room = Math.max(16, expected);
		this.#buckets = new Uint8Array(room);
		this.#entries = new Uint32Array(room * 2);
	}

	/** @param offset the batch's sequence, counted from the first one of the segment */
	add(offset: number, keys: readonly string[]): void {
		for (const key of keys) {
			const { bucket, rest } = hashKey(key);
			if (this.#size === this.#buckets.length) this.#grow();
			this.#buckets[this.#size] = bucket;
			this.#entries[this.#size * 2] = rest;
			this.#entries[this.#size * 2 + 1] = offset;
			this.#size += 1;
		}
	}

	/** Ascending, each with its entries in base64, in the order in which they were added. Nothing can be added then. */
	buckets(): Array<[number, string]> {
		const ends = this.#ends();
		const sorted = this.#sorted(ends);
		const found: Array<[number, string]> = [];
		let start = 0;
		for (const [bucket, end] of ends.entries()) {
			if (end > start) found.push([bucket, sorted.toString('base64', start, end)]);
			start = end;
		}
		// Segments come one after the other, and V8 sees next to nothing of this memory.
		for (const { buffer } of [this.#buckets, this.#entries, sorted]) buffer.transfer(0);
		return found;
	}

	/** Where the entries of each bucket end once they are sorted, in bytes. */
	#ends(): Uint32Array {
		const ends = new Uint32Array(BUCKETS);
		for (let place = 0; place < this.#size; place += 1) {
			const bucket = this.#buckets[place] ?? 0;
			ends[bucket] = (ends[bucket] ?? 0) + ENTRY;
		}
		for (let bucket = 1; bucket < BUCKETS; bucket += 1) ends[bucket] = (ends[bucket] ?? 0) + (ends[bucket - 1] ?? 0);
		return ends;
	}

	#sorted(ends: Uint32Array): Buffer<ArrayBuffer> {
		const sorted = Buffer.allocUnsafeSlow(this.#size * ENTRY);
		const next = ends.slice();
		for (let place = this.#size - 1; place >= 0; place -= 1) {
			const bucket = this.#buckets[place] ?? 0;
			const at = (next[bucket] ?? 0) - ENTRY;
			next[bucket] = at;
			sorted.writeUInt32BE(this.#entries[place * 2] ?? 0, at);
			sorted.writeUInt32BE(this.#entries[place * 2 + 1] ?? 0, at + ENTRY / 2);
		}
		return sorted;
	}

	#grow(): void {
		const buckets = new Uint8Array(this.#size * 2);
		buckets.set(this.#buckets);
		this.#buckets = buckets;
		const entries = new Uint32Array(this.#size * 4);
		entries.set(this.#entries);
		this.#entries = entries;
	}
}

/** Offsets of the batches that may hold the key, from the entries of its bucket. */
export function matches(entries: string, key: string): number[] {
	const { rest } = hashKey(key);
	const bytes = Buffer.from(entries, 'base64');
	const offsets: number[] = [];
	for (let at = 0; at + ENTRY <= bytes.length; at += ENTRY) {
		if (bytes.readUInt32BE(at) === rest) offsets.push(bytes.readUInt32BE(at + ENTRY / 2));
	}
	return offsets;
}
