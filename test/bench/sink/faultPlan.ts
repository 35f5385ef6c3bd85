import { NO_DEVICE } from './headerReader';
import type { Ledger } from './ledger';
import type { SinkFaults } from './types';

/**
 * - `refuse`: REFUSED_STREAM, not processed.
 * - `reset`: processed, then INTERNAL_ERROR.
 */
export type Verdict = 'ok' | 'refuse' | 'reset' | '429' | '503';

/** What goes wrong on one connection, and which answers are still owed there. */
export class FaultPlan {
	readonly enforcesLimit: boolean;

	/** Devices whose acceptance was not told yet, by stream; kept only where connections die. */
	readonly #owed = new Map<number, number>();

	readonly #cancelled = new Set<number>();

	readonly #tracks: boolean;

	constructor(
		private readonly faults: SinkFaults,
		private readonly ledger: Ledger,
	) {
		this.enforcesLimit = faults.flapMs !== undefined;
		this.#tracks = faults.cutEvery !== undefined;
	}

	/** @param streams opened so far on the connection */
	isLastStream(streams: number): boolean {
		return streams === this.faults.goawayEvery;
	}

	isCut(streams: number): boolean {
		return this.faults.cutEvery !== undefined && streams >= this.faults.cutEvery;
	}

	/** @param at ms @param beyondLimit the stream was one too many */
	judge(device: number, at: number, beyondLimit: boolean): Verdict {
		if (beyondLimit) return 'refuse';
		const { refuseEvery, resetEvery, busyEvery, busyStatus = 429 } = this.faults;
		if (device === NO_DEVICE) return 'ok';
		if (refuseEvery !== undefined && device % refuseEvery === 1 && this.ledger.isFirst(device)) return 'refuse';
		if (resetEvery !== undefined && device % resetEvery === 1 && this.ledger.isFirst(device)) return 'reset';
		if (busyEvery !== undefined && device % busyEvery === 1 && this.ledger.busy(device, at)) {
			return busyStatus === 429 ? '429' : '503';
		}
		return 'ok';
	}

	owe(stream: number, device: number): void {
		if (this.#tracks) this.#owed.set(stream, device);
	}

	settle(stream: number): void {
		if (this.#tracks) this.#owed.delete(stream);
	}

	cancel(stream: number): void {
		this.#cancelled.add(stream);
	}

	isCancelled(stream: number): boolean {
		return this.#cancelled.size > 0 && this.#cancelled.delete(stream);
	}

	/** The connection is gone: whoever was owed an answer will not get one. */
	abandon(): void {
		for (const device of this.#owed.values()) this.ledger.untold(device);
	}
}
