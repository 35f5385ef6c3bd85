import type { Clock } from '../../model';

/** Width of a slot, ms: nothing rings early, and at most this much late. */
const SLOT_MS = 8;
const SLOTS = 1_024;

/** What a wheel keeps; a request is its own entry, so that nothing is allocated for its deadline. */
export interface Timed {
	/** Monotonic ms. */
	deadline: number;
	/** Neighbours in the slot; undefined while it is on no wheel. */
	earlier: Timed | undefined;
	later: Timed | undefined;
	/** The moment has come; it is on the wheel no more. */
	expired(): void;
}

/** The head of a slot's ring. */
class Slot implements Timed {
	deadline = Infinity;

	earlier: Timed = this;

	later: Timed = this;

	expired(): void {}
}

/**
 * A hashed timer wheel: deadlines of many requests, of which next to none comes about. Adding and removing is a few
 * pointers; one timer of the clock rings for the next slot that is in use. It does not keep the process alive: the
 * connections of open requests do.
 */
export class Deadlines {
	readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => new Slot());

	#count = 0;

	/** The slot of now, counted from the beginning of time. */
	#turned = 0;

	#armedFor = Infinity;

	#disarm: (() => void) | undefined;

	constructor(private readonly clock: Clock) {}

	/** @param now monotonic ms, as the clock says */
	add(entry: Timed, now: number, ms: number): void {
		if (this.#count === 0) this.#turned = Math.floor(now / SLOT_MS);
		entry.deadline = now + ms;
		const number = Math.ceil(entry.deadline / SLOT_MS);
		const slot = this.#slotOf(number);
		const last = slot.earlier;
		entry.earlier = last;
		entry.later = slot;
		last.later = entry;
		slot.earlier = entry;
		this.#count += 1;
		if (number < this.#armedFor) this.#arm(number, now);
	}

	remove(entry: Timed): void {
		const { earlier, later } = entry;
		if (!earlier || !later) return;
		earlier.later = later;
		later.earlier = earlier;
		entry.earlier = undefined;
		entry.later = undefined;
		this.#count -= 1;
	}

	#slotOf(number: number): Slot {
		const slot = this.#slots[number % SLOTS];
		if (!slot) throw new RangeError('No such slot.');
		return slot;
	}

	#arm(number: number, now: number): void {
		this.#disarm?.();
		this.#armedFor = number;
		this.#disarm = this.clock.after(Math.max(0, number * SLOT_MS - now), () => this.#turn(), 'background');
	}

	#turn(): void {
		this.#disarm = undefined;
		this.#armedFor = Infinity;
		const now = this.clock.monotonic();
		const until = Math.floor(now / SLOT_MS);
		// A process that slept longer than a round looks into each slot once.
		for (let number = Math.max(this.#turned, until - SLOTS + 1); number <= until; number += 1) this.#ring(number, now);
		this.#turned = until;
		if (this.#count > 0) this.#arm(this.#nextUsed(until + 1), now);
	}

	#ring(number: number, now: number): void {
		const slot = this.#slotOf(number);
		for (let entry: Timed = slot.later; entry !== slot; ) {
			const next: Timed = entry.later ?? slot;
			// Of this round, not of a later one.
			if (entry.deadline <= now) {
				this.remove(entry);
				entry.expired();
			}
			entry = next;
		}
	}

	#nextUsed(from: number): number {
		for (let number = from; number < from + SLOTS; number += 1) {
			const slot = this.#slotOf(number);
			if (slot.later !== slot) return number;
		}
		return from + SLOTS;
	}
}
