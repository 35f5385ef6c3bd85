import type { Clock } from '../../model';
import type { TransportFactory } from '../../transport/types';
import type { ProviderDeps } from '../provider';
import { createProviderTokens, type ProviderTokens } from './auth';

/** A pause between two renewals by APNs's farewells: opening connections in quick succession counts as an attack. */
const RENEWAL_PAUSE_MS = 5_000;

/** What is known about the connections of one pool, over all clients that use it. */
export class Link {
	/** Counts renewals: a request belongs to the connections of the epoch it was sent in. */
	epoch = 0;

	/** Whether APNs accepted the credential on the connections of this epoch. */
	worked = false;

	#renewedAt: number | undefined;

	readonly #clock: Clock;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** A credential was accepted by a request of that epoch. */
	noteWorked(epoch: number): void {
		if (epoch === this.epoch) this.worked = true;
	}

	/**
	 * Whether new connections may help a request of that epoch, refused for its credential.
	 * @returns `done`: they were already made; `yes`: make them; `no`: made in vain
	 */
	renewalFor(epoch: number): 'done' | 'yes' | 'no' {
		if (epoch < this.epoch) return 'done';
		return this.epoch > 0 && !this.worked ? 'no' : 'yes';
	}

	/** Whether a farewell on a connection of that epoch calls for new connections now. */
	shouldLeave(epoch: number): boolean {
		const since = this.#renewedAt === undefined ? Infinity : this.#clock.monotonic() - this.#renewedAt;
		return epoch === this.epoch && since >= RENEWAL_PAUSE_MS;
	}

	noteRenewed(): void {
		this.epoch++;
		this.worked = false;
		this.#renewedAt = this.#clock.monotonic();
	}
}

interface ApnsState {
	readonly tokens: ProviderTokens;
	readonly links: Map<string, Link>;
}

/** Provider tokens and links live as long as the pools they belong to, whoever opens a credential. */
const states = new WeakMap<TransportFactory, ApnsState>();

function stateOf(deps: ProviderDeps): ApnsState {
	const known = states.get(deps.transports);
	if (known) return known;
	const made = { tokens: createProviderTokens(deps.clock), links: new Map<string, Link>() };
	states.set(deps.transports, made);
	return made;
}

/** The provider tokens of the engine these deps belong to. */
export function tokensOf(deps: ProviderDeps): ProviderTokens {
	return stateOf(deps).tokens;
}

/** The link of one pool. */
export function linkOf(deps: ProviderDeps, poolKey: string): Link {
	const { links } = stateOf(deps);
	const link = links.get(poolKey) ?? new Link(deps.clock);
	links.set(poolKey, link);
	return link;
}
