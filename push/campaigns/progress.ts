import type { BatchProgress } from '../store';

/** A recipient that comes again: it was refused for now, or its time has not come. */
export interface Later {
	/** Not before this moment, epoch ms. */
	readonly notBefore: number;
	/** Requests the provider got to see so far, over all tries. */
	readonly attempts: number;
	/** Epoch ms of its first try; 0 = none yet. */
	readonly since: number;
	/** It may have been sent already: an answer never came to the store. */
	readonly mayHaveArrived: boolean;
	/** The day (since the epoch, UTC) for which its caps count it; 0 = none yet. */
	readonly countedFor: number;
}

const NOT_BEGUN: Later = { notBefore: 0, attempts: 0, since: 0, mayHaveArrived: false, countedFor: 0 };

const HANDED_OVER: Later = { ...NOT_BEGUN, mayHaveArrived: true };

/**
 * What is known of the recipients of one batch, by their place in it: done, to come again, possibly in flight, or not
 * begun. As short as possible in the store, since it is written with every few hundred results.
 */
export class Progress {
	readonly #done: Uint8Array;

	readonly #later: Map<number, Later>;

	#handed: number;

	#left: number;

	/** The day for which caps count those that have no entry of their own. */
	#countedFor = 0;

	constructor(
		readonly size: number,
		{ handed, done, later }: BatchProgress,
	) {
		this.#done = new Uint8Array(Math.ceil(size / 8));
		if (done !== null) this.#done.set(Buffer.from(done, 'base64').subarray(0, this.#done.length));
		this.#later = readLater(later);
		this.#handed = handed;
		this.#left = size;
		for (let place = 0; place < size; place += 1) if (this.isDone(place)) this.#left -= 1;
	}

	/** Recipients that are not done. */
	get left(): number {
		return this.#left;
	}

	get handed(): number {
		return this.#handed;
	}

	isDone(place: number): boolean {
		return ((this.#done[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
	}

	/** @returns false when it was done already */
	finish(place: number): boolean {
		if (this.isDone(place)) return false;
		this.#done[place >> 3] = (this.#done[place >> 3] ?? 0) | (1 << (place & 7));
		this.#later.delete(place);
		this.#left -= 1;
		return true;
	}

	/** How an open recipient stands, as a runner finds it that takes the batch. */
	find(place: number): Later {
		const known = this.#later.get(place);
		if (known) return known;
		const untold = place < this.#handed ? HANDED_OVER : NOT_BEGUN;
		return this.#countedFor === 0 ? untold : { ...untold, countedFor: this.#countedFor };
	}

	/** Caps count the recipients at these places for a day, and everybody else who is open has an entry. */
	count(places: readonly number[], day: number): void {
		this.#countedFor = day;
		for (const place of places) {
			const known = this.#later.get(place);
			if (known) this.#later.set(place, { ...known, countedFor: day });
		}
	}

	postpone(place: number, later: Later): void {
		this.#later.set(place, later);
	}

	/** From now on, should this runner die, the recipients at these places count as possibly sent. */
	handOver(places: readonly number[], at: number): void {
		for (const place of places) {
			const known = this.#later.get(place);
			if (known) this.#later.set(place, { ...known, since: known.since || at, mayHaveArrived: true });
			this.#handed = Math.max(this.#handed, place + 1);
		}
	}

	/**
	 * A batch that was begun before: each open recipient gets an entry of its own, so that the mark "handed over up to
	 * here" speaks of none that is not.
	 */
	spellOut(): void {
		for (let place = 0; place < this.size; place += 1) {
			if (!this.isDone(place)) this.#later.set(place, this.find(place));
		}
	}

	/** The first moment at which one of the open recipients may go on; 0 = now. */
	get nextAt(): number {
		if (this.#later.size < this.#left) return 0;
		let next = Infinity;
		for (const { notBefore } of this.#later.values()) next = Math.min(next, notBefore);
		return next === Infinity ? 0 : next;
	}

	toStore(): BatchProgress {
		return {
			handed: this.#handed,
			done: this.#left === this.size ? null : Buffer.from(this.#done).toString('base64'),
			later: this.#later.size === 0 ? null : writeLater(this.#later),
		};
	}
}

/** `[place, notBefore, attempts, since, mayHaveArrived, countedFor]` */
type Entry = readonly [number, number, number, number, 0 | 1, number];

function writeLater(later: ReadonlyMap<number, Later>): string {
	const entries: Entry[] = [];
	for (const [place, { notBefore, attempts, since, mayHaveArrived, countedFor }] of later) {
		entries.push([place, notBefore, attempts, since, mayHaveArrived ? 1 : 0, countedFor]);
	}
	return JSON.stringify(entries);
}

function readLater(json: string | null): Map<number, Later> {
	const later = new Map<number, Later>();
	const entries: unknown = json === null ? [] : JSON.parse(json);
	if (!Array.isArray(entries)) return later;
	for (const entry of entries) {
		if (!Array.isArray(entry)) continue;
		const [place, notBefore, attempts, since, mayHaveArrived, countedFor] = entry.map(Number);
		later.set(place ?? 0, {
			notBefore: notBefore ?? 0,
			attempts: attempts ?? 0,
			since: since ?? 0,
			mayHaveArrived: mayHaveArrived === 1,
			countedFor: countedFor ?? 0,
		});
	}
	return later;
}
