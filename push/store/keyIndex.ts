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

/** Collects the keys of a segment's batches. */
export class IndexBuilder {
	readonly #buckets = new Map<number, number[]>();

	/** @param offset the batch's sequence, counted from the first one of the segment */
	add(offset: number, keys: readonly string[]): void {
		for (const key of keys) {
			const { bucket, rest } = hashKey(key);
			const entries = this.#buckets.get(bucket);
			if (entries) entries.push(rest, offset);
			else this.#buckets.set(bucket, [rest, offset]);
		}
	}

	/** Ascending, each with its entries in base64. */
	buckets(): Array<[number, string]> {
		return [...this.#buckets]
			.sort(([one], [other]) => one - other)
			.map(([bucket, entries]) => {
				const bytes = Buffer.alloc(entries.length * (ENTRY / 2));
				let at = 0;
				for (const value of entries) at = bytes.writeUInt32BE(value, at);
				return [bucket, bytes.toString('base64')];
			});
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
