import type { ChannelContent, CompiledMessage } from '../messages/content';
import type { Outcome, Recipient } from '../model';
import type { SendAttempt } from '../providers/provider';
import type { RequestHandle } from '../transport/types';
import { mayHaveArrived, wasSeen } from './outcomes';

/**
 * One recipient's way from the source to its result: queued, flying (a request is out), waiting (for another try),
 * done. It is also what every try of it says to the provider, so that the message id stays the same.
 */
export class Flight implements SendAttempt {
	state: 'queued' | 'flying' | 'waiting' | 'done' = 'queued';

	content: ChannelContent | undefined;

	/** Tries used up, out of the provider's `attempts`. */
	tries = 0;

	/** Tries that cost nothing, because the provider surely did not process them. */
	freeTries = 0;

	/** Requests the provider got to see. */
	attempts = 0;

	/** Monotonic ms of the first try. */
	firstTryAt: number | undefined;

	/** Epoch ms of the first try. */
	sentAt = 0;

	lastOutcome: Outcome | undefined;

	/** It was sent again although an earlier try may have arrived. */
	possibleDuplicate = false;

	/** It was already sent again with a new provider token. */
	renewed = false;

	/** How often the client's authorization had been renewed when the present try went out. */
	renewalsSeen = 0;

	handle: RequestHandle | undefined;

	/** Where its lane keeps it while it is in flight; -1 otherwise. */
	place = -1;

	/** Given to the provider with each try. */
	readonly done: (outcome: Outcome) => void;

	constructor(
		readonly recipient: Recipient,
		readonly message: CompiledMessage,
		readonly messageId: string,
		readonly timeoutMs: number,
		readonly validateOnly: boolean,
		settle: (flight: Flight, outcome: Outcome) => void,
	) {
		this.done = (outcome) => settle(this, outcome);
		this.possibleDuplicate = recipient.mayHaveArrived === true;
	}

	/** A try goes out. */
	takeOff(now: number, epoch: number, renewals: number): void {
		this.state = 'flying';
		this.renewalsSeen = renewals;
		if (this.firstTryAt === undefined) {
			this.firstTryAt = now;
			this.sentAt = epoch;
		}
		if (!this.validateOnly && this.lastOutcome && mayHaveArrived(this.lastOutcome)) this.possibleDuplicate = true;
	}

	/** Its answer is known. Stale provider tokens are nobody's try; they are counted only if nothing can be done. */
	land(outcome: Outcome): void {
		this.handle = undefined;
		this.lastOutcome = outcome;
		if (outcome.class === 'auth-refresh' && !this.renewed) return;
		this.count(outcome);
	}

	count(outcome: Outcome): void {
		if (wasSeen(outcome, this.validateOnly)) this.attempts += 1;
		if (outcome.processed === false && outcome.backoffMs === 0) this.freeTries += 1;
		else this.tries += 1;
	}
}
