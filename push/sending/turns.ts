import type { Clock } from '../model';

/** What all sends of a process together may take of one turn of the event loop, ms. */
const SLICE_MS = 4;

/**
 * Cooperative slices: while answers keep coming, Node reads on and on in one turn of the event loop, and each of them
 * lets another request go out; everything else in the process would wait for it. Once a slice is used up, the sends go
 * on in the next turn. A send that is alone in its turn, as small ones are, is never put off.
 */
export class Turns {
	#began: number | undefined;

	readonly #over = () => {
		this.#began = undefined;
	};

	constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

	/** Whether this turn has given enough to sends. */
	get isUsedUp(): boolean {
		const now = this.clock.monotonic();
		if (this.#began !== undefined) return now - this.#began >= SLICE_MS;
		this.#began = now;
		setImmediate(this.#over);
		return false;
	}

	/**
	 * Before other work of a few ms for a send: waits for the next turn when this one has given enough. Put off once
	 * and no more, as the sends may use up each turn.
	 */
	async room(): Promise<void> {
		if (this.isUsedUp) await new Promise<void>((resolve) => setImmediate(resolve));
	}
}
