import type { ClientStream } from './client-stream';

const FIRST_SLOTS = 256;

/**
 * Open streams by id. Ids rise by two (RFC 9113 5.1.1) and streams end about in the order in which they were opened,
 * so that each has the slot of its id, modulo the size, to itself; one that stays so long that its slot is needed
 * again is put aside. Unlike a Map alone it makes no garbage, however many streams come and go.
 */
export class StreamTable {
	#slots: Array<ClientStream | undefined> = new Array<undefined>(FIRST_SLOTS).fill(undefined);

	#size = 0;

	readonly #aside = new Map<number, ClientStream>();

	get size(): number {
		return this.#size;
	}

	get(id: number): ClientStream | undefined {
		const stream = this.#slots[(id >>> 1) & (this.#slots.length - 1)];
		if (stream?.id === id) return stream;
		return this.#aside.size === 0 ? undefined : this.#aside.get(id);
	}

	/** The id is not in it yet. */
	add(stream: ClientStream): void {
		if (this.#size * 2 >= this.#slots.length) this.#grow();
		this.#size += 1;
		this.#put(stream);
	}

	delete(id: number): void {
		const slot = (id >>> 1) & (this.#slots.length - 1);
		if (this.#slots[slot]?.id === id) {
			this.#slots[slot] = undefined;
			this.#size -= 1;
		} else if (this.#aside.delete(id)) {
			this.#size -= 1;
		}
	}

	/** Those of now, oldest first; what happens meanwhile does not disturb. */
	all(): ClientStream[] {
		const inSlots = this.#slots.filter((stream) => stream !== undefined);
		return [...inSlots, ...this.#aside.values()].sort((a, b) => a.id - b.id);
	}

	#put(stream: ClientStream): void {
		const slot = (stream.id >>> 1) & (this.#slots.length - 1);
		const older = this.#slots[slot];
		if (older) this.#aside.set(older.id, older);
		this.#slots[slot] = stream;
	}

	#grow(): void {
		const all = this.all();
		this.#aside.clear();
		this.#slots = new Array<undefined>(this.#slots.length * 2).fill(undefined);
		for (const stream of all) this.#put(stream);
	}
}
