import type { Clock, Random } from '../../model';

const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/** Waits between attempts to connect: doubling, with jitter, from the second failure in a row on never in step. */
export class Backoff {
	#failures = 0;

	#until = 0;

	constructor(
		private readonly clock: Clock,
		private readonly random: Random,
	) {}

	/** Failures since the last success. */
	get failures(): number {
		return this.#failures;
	}

	/** ms to wait before the next attempt. */
	get remaining(): number {
		return Math.max(0, this.#until - this.clock.monotonic());
	}

	failed(): void {
		const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
		this.#failures += 1;
		this.#until = this.clock.monotonic() + delay * (0.5 + this.random.fraction() / 2);
	}

	succeeded(): void {
		this.#failures = 0;
		this.#until = 0;
	}
}
