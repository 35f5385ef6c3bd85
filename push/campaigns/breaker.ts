/** Stops a campaign when too many of the last results are failures for one and the same reason. */
export class Breaker {
	readonly #ring: string[] = [];

	readonly #counts = new Map<string, number>();

	#next = 0;

	/**
	 * @param percent of the window
	 * @param window results looked at; nothing trips before there are as many
	 */
	constructor(
		private readonly percent: number,
		private readonly window: number,
	) {}

	/** @param reason empty for a success */
	add(reason: string): void {
		const oldest = this.#ring[this.#next];
		if (oldest !== undefined && oldest !== '') this.#count(oldest, -1);
		this.#ring[this.#next] = reason;
		this.#next = (this.#next + 1) % this.window;
		if (reason !== '') this.#count(reason, 1);
	}

	/** The reason and its share in percent, once there are too many. */
	get tripped(): { readonly reason: string; readonly percent: number } | undefined {
		if (this.#ring.length < this.window) return undefined;
		for (const [reason, count] of this.#counts) {
			const percent = (count / this.window) * 100;
			if (percent > this.percent) return { reason, percent: Math.round(percent) };
		}
		return undefined;
	}

	#count(reason: string, by: number): void {
		const count = (this.#counts.get(reason) ?? 0) + by;
		if (count <= 0) this.#counts.delete(reason);
		else this.#counts.set(reason, count);
	}
}
