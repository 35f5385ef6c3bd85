import type { Unreachable } from '../failures';

/** Carries the reason through undici to the requests that waited for the connection. */
export class ConnectFailure extends Error {
	constructor(readonly failure: Unreachable) {
		super(failure.detail);
	}
}
