import type { Clock } from '../../model';

/** After this long without another complaint the limit doubles. */
const RECOVER_MS = 1_000;

/** Stream limit of our own after ENHANCE_YOUR_CALM or repeated REFUSED_STREAM: halved at once, doubled each second. */
export class Calm {
	#limit: number;

	#since = 0;

	constructor(
		private readonly clock: Clock,
		private readonly most: number,
	) {
		this.#limit = most;
	}

	get limit(): number {
		if (this.#limit >= this.most) return this.most;
		const now = this.clock.monotonic();
		const doublings = Math.floor((now - this.#since) / RECOVER_MS);
		if (doublings > 0) {
			this.#limit = Math.min(this.most, this.#limit * 2 ** Math.min(doublings, 30));
			this.#since += doublings * RECOVER_MS;
		}
		return this.#limit;
	}

	/** The peer complained while `streams` were open. A burst of complaints about one moment counts once. */
	slowDown(streams: number): void {
		const now = this.clock.monotonic();
		if (this.limit < this.most && now - this.#since < RECOVER_MS / 10) return;
		this.#limit = Math.max(1, Math.floor(Math.min(this.limit, Math.max(streams, 1)) / 2));
		this.#since = now;
	}

	/** ms until the limit grows; undefined when it is not lowered. */
	get recoversIn(): number | undefined {
		if (this.limit >= this.most) return undefined;
		return Math.max(1, RECOVER_MS - (this.clock.monotonic() - this.#since));
	}
}
