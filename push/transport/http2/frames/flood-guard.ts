import type { Clock } from '../../../model';
import { ConnectionError, ERROR } from './protocol';

/** What a peer may have us do for nothing at once, and per ms in the long run. */
const MOST = 10_000;
const PER_MS = 2;
/** Each request of ours allows the peer this much: two WINDOW_UPDATE, an empty DATA frame, a RST_STREAM. */
const PER_REQUEST = 4;

/**
 * RFC 9113 10.5: frames that are allowed but serve nothing (SETTINGS, PING, empty DATA, WINDOW_UPDATE, RST_STREAM and
 * PRIORITY of streams that are gone, unknown types) are counted; a flood of them ends the connection.
 */
export class FloodGuard {
	#left = MOST;

	#countedAt: number;

	constructor(private readonly clock: Clock) {
		this.#countedAt = clock.monotonic();
	}

	/** @throws {ConnectionError} ENHANCE_YOUR_CALM */
	spend(cost: number): void {
		this.#left -= cost;
		if (this.#left >= 0) return;
		const now = this.clock.monotonic();
		this.#left = Math.min(MOST, this.#left + (now - this.#countedAt) * PER_MS);
		this.#countedAt = now;
		if (this.#left < 0) throw new ConnectionError(ERROR.calm, 'A flood of frames that serve nothing.');
	}

	requested(): void {
		this.#left = Math.min(MOST, this.#left + PER_REQUEST);
	}
}
