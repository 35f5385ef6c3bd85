import { Deque } from './deque';
import type { Pending } from './pending';

/** Requests without a stream. Those sent away by a peer go before new ones, oldest first. */
export class RequestQueue {
	readonly #again = new Deque<Pending>();

	readonly #fresh = new Deque<Pending>();

	/** Settled ones that still lie in the deques. */
	#dead = 0;

	get length(): number {
		return this.#again.length + this.#fresh.length - this.#dead;
	}

	push(pending: Pending): void {
		this.#fresh.push(pending);
	}

	pushAgain(pending: Pending): void {
		this.#again.push(pending);
	}

	shift(): Pending | undefined {
		for (;;) {
			const pending = this.#again.shift() ?? this.#fresh.shift();
			if (!pending?.settled) return pending;
			this.#dead -= 1;
		}
	}

	/** To be called after a waiting request was settled. */
	forgetSettled(): void {
		this.#dead += 1;
		if (this.#dead < 64 || this.#dead * 2 < this.#again.length + this.#fresh.length) return;
		this.#again.retain((pending) => !pending.settled);
		this.#fresh.retain((pending) => !pending.settled);
		this.#dead = 0;
	}
}
