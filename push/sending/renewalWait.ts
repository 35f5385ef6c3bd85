import type { Outcome } from '../model';
import type { ProviderClient } from '../providers/provider';
import type { Flight } from './flight';
import { renew, renewalsOf } from './renewals';

export interface RenewalPort {
	/** There is a new token; those that wait for it are sent again next. */
	renewed(): void;
	/** Send it again: with the new token. */
	resend(flight: Flight): void;
	/** There is no new token; `sentence` says why, where that is known. */
	giveUp(flight: Flight, sentence: string | undefined): void;
	/** All that waited are dealt with. */
	over(): void;
}

/** Recipients of one lane whose provider token was refused. While it is renewed the lane sends nothing. */
export class RenewalWait {
	#parked: Flight[] = [];

	#running = false;

	constructor(private readonly port: RenewalPort) {}

	get running(): boolean {
		return this.#running;
	}

	park(client: ProviderClient, flight: Flight, outcome: Outcome): void {
		// Sent before the last renewal: its refusal says nothing about the new token.
		if (flight.renewalsSeen < renewalsOf(client)) return this.port.resend(flight);
		this.#parked.push(flight);
		if (this.#running) return;
		this.#running = true;
		void renew(client, outcome).then((renewal) => {
			this.#running = false;
			if (renewal.ok) this.port.renewed();
			for (const waiting of this.drain()) {
				if (renewal.ok) this.port.resend(waiting);
				else this.port.giveUp(waiting, renewal.sentence);
			}
			this.port.over();
		});
	}

	drain(): Flight[] {
		const parked = this.#parked;
		this.#parked = [];
		return parked;
	}
}
