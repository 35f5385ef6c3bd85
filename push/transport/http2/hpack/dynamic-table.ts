/** RFC 7541 4.1: what an entry takes besides its name and value. */
export const ENTRY_OVERHEAD = 32;

/** What an entry counts for in the table and in header list sizes. */
export function fieldSize(name: string, value: string): number {
	return name.length + value.length + ENTRY_OVERHEAD;
}

/** RFC 7541 2.3.2: first in, first out, bounded by size. Entries are counted from the first ever inserted. */
export class DynamicTable {
	#names: string[] = new Array<string>(16).fill('');

	#values: string[] = new Array<string>(16).fill('');

	#size = 0;

	#oldest = 0;

	#next = 0;

	/** @param onEvicted called with each entry that leaves, and its number */
	constructor(
		private most: number,
		private readonly onEvicted?: (name: string, value: string, number: number) => void,
	) {}

	/** Entries ever inserted; the number of the next one. */
	get inserted(): number {
		return this.#next;
	}

	get length(): number {
		return this.#next - this.#oldest;
	}

	/** Bytes in use, as RFC 7541 4.1 counts them. */
	get size(): number {
		return this.#size;
	}

	get maxSize(): number {
		return this.most;
	}

	/** The number of the entry at `position` (0 = newest); undefined when there is none. */
	numberAt(position: number): number | undefined {
		return position < this.length ? this.#next - 1 - position : undefined;
	}

	nameOf(number: number): string {
		return this.#names[number & (this.#names.length - 1)] ?? '';
	}

	valueOf(number: number): string {
		return this.#values[number & (this.#values.length - 1)] ?? '';
	}

	/** RFC 7541 4.4: makes room first; an entry larger than the table leaves it empty. */
	insert(name: string, value: string): void {
		const size = fieldSize(name, value);
		this.#evictDownTo(this.most - size);
		if (size > this.most) return;
		if (this.length === this.#names.length) this.#grow();
		const slot = this.#next & (this.#names.length - 1);
		this.#names[slot] = name;
		this.#values[slot] = value;
		this.#next += 1;
		this.#size += size;
	}

	/** RFC 7541 4.3 */
	resize(most: number): void {
		this.most = most;
		this.#evictDownTo(most);
	}

	#evictDownTo(size: number): void {
		while (this.#size > Math.max(size, 0) || (size < 0 && this.length > 0)) {
			const number = this.#oldest;
			const slot = number & (this.#names.length - 1);
			const name = this.#names[slot] ?? '';
			const value = this.#values[slot] ?? '';
			this.#size -= fieldSize(name, value);
			this.#oldest += 1;
			this.#names[slot] = '';
			this.#values[slot] = '';
			this.onEvicted?.(name, value, number);
		}
	}

	#grow(): void {
		const slots = this.#names.length * 2;
		const names = new Array<string>(slots).fill('');
		const values = new Array<string>(slots).fill('');
		for (let number = this.#oldest; number < this.#next; number += 1) {
			names[number & (slots - 1)] = this.nameOf(number);
			values[number & (slots - 1)] = this.valueOf(number);
		}
		this.#names = names;
		this.#values = values;
	}
}
