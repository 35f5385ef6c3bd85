const WINDOW = 200;
const ENOUGH = 50;
const SUSPICIOUS_SHARE = 0.2;

/**
 * Watches for a wave of "invalid token" refusals that a wrong environment, topic or project gives just as well. Over
 * one send and client: of the last 200 outcomes, when at least 50 are known, more than 20 % are such refusals.
 * Nobody shall delete a customer's whole address list because a credential was mixed up.
 */
export class RemovalGuard {
	readonly #last = new Uint8Array(WINDOW);

	#seen = 0;

	#refused = 0;

	/** @param guardedRefusal the provider called the token invalid for one of those ambiguous reasons */
	record(guardedRefusal: boolean): void {
		const place = this.#seen % WINDOW;
		if (this.#seen >= WINDOW) this.#refused -= this.#last[place] ?? 0;
		this.#last[place] = guardedRefusal ? 1 : 0;
		this.#refused += guardedRefusal ? 1 : 0;
		this.#seen += 1;
	}

	get suspicious(): boolean {
		const known = Math.min(this.#seen, WINDOW);
		return known >= ENOUGH && this.#refused > known * SUSPICIOUS_SHARE;
	}
}
