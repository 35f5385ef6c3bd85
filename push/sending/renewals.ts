import { type Outcome, PushError } from '../model';
import type { ProviderClient } from '../providers/provider';

/** `sentence`: why it cannot be renewed, when that is known better than from the refusal itself. */
export type Renewal = { readonly ok: true } | { readonly ok: false; readonly sentence?: string };

interface RenewalState {
	count: number;
	pending: Promise<Renewal> | undefined;
}

/** By client, over all sends of the process. */
const states = new WeakMap<ProviderClient, RenewalState>();

function stateOf(client: ProviderClient): RenewalState {
	const known = states.get(client);
	if (known) return known;
	const fresh: RenewalState = { count: 0, pending: undefined };
	states.set(client, fresh);
	return fresh;
}

/** How often the client's authorization was renewed. A refusal of an older one says nothing about the present one. */
export function renewalsOf(client: ProviderClient): number {
	return stateOf(client).count;
}

/** Renews once, however many ask at the same time. Never throws. */
export function renew(client: ProviderClient, outcome: Outcome): Promise<Renewal> {
	const state = stateOf(client);
	state.pending ??= attempt(client, outcome).then((renewal) => {
		state.pending = undefined;
		if (renewal.ok) state.count += 1;
		return renewal;
	});
	return state.pending;
}

async function attempt(client: ProviderClient, outcome: Outcome): Promise<Renewal> {
	try {
		return { ok: await client.renewAuthorization(outcome) };
	} catch (error) {
		if (!(error instanceof PushError)) return { ok: false };
		return { ok: false, sentence: error.hint === undefined ? error.message : `${error.message} ${error.hint}` };
	}
}
