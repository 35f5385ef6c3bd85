import type { Outcome } from '../model';
import type { ProviderClient } from '../providers/provider';
import { deliveryResult, type ResultContext } from './deliveryResult';
import type { DispatchDesk } from './desk';
import type { Flight } from './flight';
import { gateClosed, leftover, mayHaveArrived, RENEWED_TOO_LATE, STOPPED_IN_FLIGHT } from './outcomes';
import { RemovalGuard } from './removalGuard';
import { advice } from './verdict';

/** Turns the ends of one lane's recipients into results: removal guard, warnings of the client, the caller's ids. */
export class LaneResults {
	readonly #guard = new RemovalGuard();

	#client: ProviderClient | undefined;

	#warnings: readonly string[] | undefined;

	#warningsOfBatch = -1;

	/** One for all results: what changes from one to the next is filled in. */
	readonly #context: ResultContext;

	constructor(private readonly desk: DispatchDesk) {
		const { applicationId, campaignId } = desk.settings;
		this.#context = {
			now: 0,
			provider: undefined,
			retryAfterSeconds: undefined,
			suspicious: false,
			warnings: undefined,
			applicationId,
			campaignId,
		};
	}

	open(client: ProviderClient): void {
		this.#client = client;
		this.#context.provider = client.provider;
	}

	/** A recipient ends with a provider's answer. */
	answered(flight: Flight, outcome: Outcome, retryAfterSeconds?: number): void {
		// What the provider was not asked about says nothing about the credential.
		if (outcome.processed !== false) this.#guard.record(outcome.class === 'token' && outcome.guarded === true);
		this.end(flight, outcome, retryAfterSeconds);
	}

	/** A recipient ends without a further try, for a reason of others; what is known of its own tries goes first. */
	unsent(flight: Flight, ending: Outcome): void {
		const outcome = leftover(flight, ending);
		if (mayHaveArrived(outcome) || outcome === STOPPED_IN_FLIGHT) return this.end(flight, outcome);
		const last = outcome === ending ? undefined : flight.lastOutcome;
		this.end(flight, outcome, last ? advice(last, 0) : ending.retryAfterSeconds);
	}

	/** A recipient's maximum wait is over before it could be tried again, in `waitMs`. */
	tooLate(flight: Flight, waitMs: number): void {
		const last = flight.lastOutcome;
		if (!last) return;
		if (last.class === 'auth-refresh') {
			const { channelType } = flight.recipient;
			return this.unsent(flight, waitMs > 0 ? gateClosed(channelType, Math.ceil(waitMs / 1000)) : RENEWED_TOO_LATE);
		}
		const seconds = mayHaveArrived(last) ? undefined : Math.max(Math.ceil(waitMs / 1000), advice(last, 0));
		this.end(flight, leftover(flight, last), seconds);
	}

	/** A recipient ends; the first end counts. */
	readonly end = (flight: Flight, outcome: Outcome, retryAfterSeconds?: number): void => {
		if (flight.state === 'done') return;
		flight.state = 'done';
		const context = this.#context;
		context.now = this.desk.now;
		context.retryAfterSeconds = retryAfterSeconds;
		context.suspicious = this.#guard.suspicious;
		context.warnings = this.#currentWarnings();
		this.desk.finish(deliveryResult(flight, outcome, context));
	};

	#currentWarnings(): readonly string[] | undefined {
		if (this.#client && this.#warningsOfBatch !== this.desk.batchNumber) {
			this.#warningsOfBatch = this.desk.batchNumber;
			const warnings = this.#client.warnings();
			this.#warnings = warnings.length > 0 ? Object.freeze([...warnings]) : undefined;
		}
		return this.#warnings;
	}
}
