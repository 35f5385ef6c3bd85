import type { LookupAddress } from 'node:dns';
import type { Clock, Random } from '../model';

/** How long an address is not preferred after it sent us away or failed. */
const AVOID_MS = 60_000;

/**
 * Remembers which addresses of one origin are in use and which went wrong lately, so that connections spread over all
 * addresses and do not return at once to a server that is being shut down (Apple: Establishing a connection to APNs).
 */
export class AddressBook {
	readonly #uses = new Map<string, number>();

	readonly #avoidUntil = new Map<string, number>();

	constructor(
		private readonly clock: Clock,
		private readonly random: Random,
	) {}

	/** Best address first: not lately failed, least used, else by lot. */
	order(addresses: readonly LookupAddress[]): LookupAddress[] {
		const now = this.clock.monotonic();
		return addresses
			.map((entry) => ({ entry, rank: this.#rank(entry.address, now), lot: this.random.fraction() }))
			.sort((a, b) => a.rank - b.rank || a.lot - b.lot)
			.map(({ entry }) => entry);
	}

	/** A connection to the address was made; the returned function says that it ended. */
	use(address: string): () => void {
		this.#uses.set(address, (this.#uses.get(address) ?? 0) + 1);
		let ended = false;
		return () => {
			if (ended) return;
			ended = true;
			const left = (this.#uses.get(address) ?? 1) - 1;
			if (left > 0) this.#uses.set(address, left);
			else this.#uses.delete(address);
		};
	}

	avoid(address: string): void {
		const now = this.clock.monotonic();
		for (const [known, until] of this.#avoidUntil) if (until <= now) this.#avoidUntil.delete(known);
		this.#avoidUntil.set(address, now + AVOID_MS);
	}

	#rank(address: string, now: number): number {
		const avoided = (this.#avoidUntil.get(address) ?? 0) > now;
		return (avoided ? 1_000_000 : 0) + (this.#uses.get(address) ?? 0);
	}
}
