import type { Outcome } from '../model';
import type { ProviderClient } from '../providers/provider';

const FIRST_REQUESTS = 10;

/** Clients whose provider has taken their credential before, in this process. */
const proven = new WeakSet<ProviderClient>();

/**
 * Holds back until the provider has shown that it takes this credential: a bad key shall fail a few times, not a
 * thousand, and a renewed one just once. Costs nothing much: a client that never sent has no open connection either.
 */
export class Probation {
	#limit: number;

	constructor(private readonly client: ProviderClient) {
		this.#limit = proven.has(client) ? Infinity : FIRST_REQUESTS;
	}

	/** Requests that may be in flight. */
	get limit(): number {
		return this.#limit;
	}

	renewed(): void {
		this.#limit = 1;
	}

	/** Any answer that does not blame the credential ends it; so does a host out of reach, whose failures need no care. */
	landed(outcome: Outcome): void {
		if (this.#limit === Infinity || outcome.class === 'auth-refresh' || outcome.class === 'config') return;
		// A message refused or validated here, without asking the provider, shows nothing.
		if (outcome.processed === false && outcome.class !== 'temporary') return;
		this.#limit = Infinity;
		proven.add(this.client);
	}
}
