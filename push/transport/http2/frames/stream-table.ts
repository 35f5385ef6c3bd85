import type { ClientStream } from './client-stream';

const FIRST_SLOTS = 256;

/**
 * Open streams by id. Ids rise by two (RFC 9113 5.1.1) and streams end about in the order in which they were opened,
 * so a slot per id, modulo the size, is hardly ever taken: unlike a Map it makes no garbage, however many come and go.
 */
export class StreamTable {
	#slots: Array<ClientStream | undefined> = new Array<undefined>(FIRST_SLOTS).fill(undefined);

	#size = 0;

	get size(): number {
		return this.#size;
	}

	get(id: number): ClientStream | undefined {
		const slots = this.#slots;
		const mask = slots.length - 1;
		for (let slot = (id >>> 1) & mask; ; slot = (slot + 1) & mask) {
			const stream = slots[slot];
			if (!stream || stream.id === id) return stream;
		}
	}

	/** The id is not in it yet. */
	add(stream: ClientStream): void {
		// At most half full: a free slot is always near.
		if (this.#size * 2 >= this.#slots.length) this.#grow();
		this.#size += 1;
		this.#put(stream);
	}

	/** @returns false when it was not there */
	delete(id: number): boolean {
		const slots = this.#slots;
		const mask = slots.length - 1;
		let slot = (id >>> 1) & mask;
		for (let stream = slots[slot]; stream?.id !== id; stream = slots[slot]) {
			if (!stream) return false;
			slot = (slot + 1) & mask;
		}
		slots[slot] = undefined;
		this.#size -= 1;
		this.#closeGap(slot);
		return true;
	}

	/** Those of now, oldest first; what happens meanwhile does not disturb. */
	all(): ClientStream[] {
		return this.#slots.filter((stream) => stream !== undefined).sort((a, b) => a.id - b.id);
	}

	#put(stream: ClientStream): void {
		const mask = this.#slots.length - 1;
		let slot = (stream.id >>> 1) & mask;
		while (this.#slots[slot]) slot = (slot + 1) & mask;
		this.#slots[slot] = stream;
	}

	/** Streams that had to go past the freed slot move up, or they would not be found any more. */
	#closeGap(freed: number): void {
		const slots = this.#slots;
		const mask = slots.length - 1;
		for (let slot = (freed + 1) & mask; ; slot = (slot + 1) & mask) {
			const stream = slots[slot];
			if (!stream) return;
			slots[slot] = undefined;
			this.#put(stream);
		}
	}

	#grow(): void {
		const all = this.all();
		this.#slots = new Array<undefined>(this.#slots.length * 2).fill(undefined);
		for (const stream of all) this.#put(stream);
	}
}
