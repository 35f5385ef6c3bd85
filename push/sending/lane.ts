import type { CompiledMessage } from '../messages/content';
import { CHANNELS, type ChannelType, type Outcome, type Recipient } from '../model';
import type { ProviderClient } from '../providers/provider';
import { Backlog } from './backlog';
import type { DispatchDesk } from './desk';
import { Fifo } from './fifo';
import { Flight } from './flight';
import { LaneResults } from './laneResults';
import { authorizationFailed, FAULT, gateClosed, notSent, reportLost, STOPPED_IN_FLIGHT } from './outcomes';
import { Probation } from './probation';
import { Rendering } from './rendering';
import { renewalsOf } from './renewals';
import { RenewalWait } from './renewalWait';
import { channelPace } from './settings';
import type { Membership, Throttle, ThrottleLane } from './throttle';
import type { SendBatch } from './types';
import { closesGate, delayAfter, judge, type RetryRules } from './verdict';

/** An open channel: its client, and the gate in front of it. */
interface Access {
	readonly client: ProviderClient;
	readonly throttle: Throttle;
	readonly member: Membership;
	readonly probation: Probation;
}

/** One channel of one send: its recipients that wait for a permit, and those in flight. */
export class Lane implements ThrottleLane {
	/** Retries go before recipients that were not tried yet: their maximum wait is running. */
	readonly #again = new Fifo<Flight>();

	readonly #backlog = new Backlog();

	/** In no order; each knows its place. */
	readonly #flying: Flight[] = [];

	readonly #results: LaneResults;

	readonly #renewal: RenewalWait;

	readonly #rendering = new Rendering();

	#access: Access | undefined;

	/** Why nothing is sent on this channel any more. */
	#ending: Outcome | undefined;

	#disarmGate: (() => void) | undefined;

	constructor(
		readonly channelType: ChannelType,
		private readonly desk: DispatchDesk,
	) {
		this.#results = new LaneResults(desk);
		this.#renewal = new RenewalWait({
			renewed: () => this.#access?.probation.renewed(),
			resend: (flight) => {
				flight.renewed = true;
				this.retry(flight);
			},
			giveUp: (flight, sentence) => this.#authorizationLost(flight, sentence),
			over: () => desk.changed(),
		});
	}

	/** The credential is open: sending may begin. */
	open(client: ProviderClient): void {
		if (this.#ending) return;
		const throttle = this.desk.throttles.get(client.key);
		const member = throttle.join(this, channelPace(this.desk.settings, client.pace));
		this.#access = { client, throttle, member, probation: new Probation(client) };
		this.#results.open(client);
	}

	/** @param batch of this channel alone */
	add(batch: SendBatch): void {
		this.#backlog.push(batch);
		if (this.#ending) this.#flush(this.#ending);
	}

	/** Asks for permits if there is anything to send. */
	wake(): void {
		if (!this.#renewal.running && this.#queued > 0) this.#access?.member.wake();
	}

	/** Nothing more is sent; all that are not in flight end with this. */
	close(ending: Outcome): void {
		if (this.#ending) return;
		this.#ending = ending;
		this.#access?.member.leave();
		this.#openGate();
		const rest = [
			...this.#renewal.drain(),
			...this.desk.retries.take(({ recipient }) => recipient.channelType === this.channelType),
		];
		for (const flight of rest) this.#results.unsent(flight, ending);
		this.#flush(ending);
	}

	/** Takes back the requests in flight. */
	cancelFlying(): void {
		for (const flight of [...this.#flying]) flight.handle?.cancel();
	}

	/** Ends what is still in flight without its answer. */
	abandonFlying(): void {
		for (const flight of [...this.#flying]) this.settle(flight, STOPPED_IN_FLIGHT);
	}

	offer(count: number): number {
		if (!this.#access || this.#ending || this.#renewal.running) return 0;
		this.#openGate();
		const { client, probation } = this.#access;
		const now = this.desk.clock.monotonic();
		const wanted = this.desk.settings.concurrency ?? client.pace.inFlight;
		const limit = Math.min(wanted, Math.max(1, client.capacity), probation.limit);
		const room = Math.min(count, limit - this.#flying.length, this.desk.room(now, this));
		const epoch = this.desk.clock.now();
		const renewals = renewalsOf(client);
		let used = 0;
		while (used < room) {
			const flight = this.#next(now);
			if (!flight) break;
			used += 1;
			this.#dispatch(client, flight, now, epoch, renewals);
		}
		this.desk.spent(used, now, this, this.#queued > 0);
		return used;
	}

	/** The provider closed the gate; retries that cannot wait so long end now. */
	paused(until: number): void {
		this.#disarmGate ??= this.desk.clock.after(this.desk.settings.maximumWaitMs, () => this.#gateStaysClosed());
		for (let flight = this.#again.shift(); flight; flight = this.#again.shift()) this.#waitAtGate(flight, until);
	}

	/** A waiting retry's moment has come. */
	retry(flight: Flight): void {
		if (this.#ending) return this.#results.unsent(flight, this.#ending);
		flight.state = 'queued';
		const until = this.#access?.throttle.pausedUntil ?? -Infinity;
		if (until > this.desk.clock.monotonic()) this.#waitAtGate(flight, until);
		else this.#again.push(flight);
		this.desk.changed();
	}

	/** The answer of a request is known. */
	readonly settle = (flight: Flight, outcome: Outcome): void => {
		if (!this.#landed(flight)) return;
		this.desk.landed();
		flight.land(outcome);
		this.#access?.probation.landed(outcome);
		if (this.#ending) this.#judgeAfterEnd(flight, outcome, this.#ending);
		else if (this.#access) this.#judge(this.#access, flight, outcome);
		this.desk.changed();
	};

	/** @returns false when it is not in flight */
	#landed(flight: Flight): boolean {
		const { place } = flight;
		if (place < 0) return false;
		flight.place = -1;
		const last = this.#flying.pop();
		if (!last || last === flight) return true;
		this.#flying[place] = last;
		last.place = place;
		return true;
	}

	get #queued(): number {
		return this.#again.size + this.#backlog.size;
	}

	#fresh(): Flight | undefined {
		return this.#backlog.shift(this.#flightOf);
	}

	readonly #flightOf = (recipient: Recipient, message: CompiledMessage): Flight => {
		const { requestTimeoutMs, validateOnly } = this.desk.settings;
		const messageId = recipient.messageId ?? this.desk.random.uuid();
		return new Flight(recipient, message, messageId, requestTimeoutMs, validateOnly, this.settle);
	};

	/** The next to be sent; those that are not to be sent, or not any more, end on the way. */
	#next(now: number): Flight | undefined {
		for (let flight = this.#again.shift(); flight; flight = this.#again.shift()) {
			const refused = this.#rendering.refusalOf(flight);
			if (refused) this.#results.unsent(flight, refused);
			else if (now > this.#deadline(flight)) this.#results.tooLate(flight, 0);
			else return flight;
		}
		for (;;) {
			const flight = this.#fresh();
			if (!flight || this.#isReady(flight)) return flight;
		}
	}

	/** Fills the message for its recipient; one for whom that cannot be done ends. */
	#isReady(flight: Flight): boolean {
		try {
			const refusal = this.#rendering.prepare(flight);
			if (refusal) this.#results.end(flight, refusal);
			return refusal === undefined;
		} catch (error) {
			this.#results.end(flight, FAULT);
			this.desk.fail(error);
			return false;
		}
	}

	#dispatch(client: ProviderClient, flight: Flight, now: number, epoch: number, renewals: number): void {
		if (!flight.content) return;
		flight.takeOff(now, epoch, renewals);
		flight.place = this.#flying.push(flight) - 1;
		try {
			flight.handle = client.send(flight.content, flight.recipient, flight, flight.done);
		} catch (error) {
			this.settle(flight, FAULT);
			this.desk.fail(error);
		}
	}

	#judge(access: Access, flight: Flight, outcome: Outcome): void {
		if (outcome.class === 'ok') return this.#final(flight, outcome);
		const rules: RetryRules = {
			attempts: access.client.pace.attempts,
			maxBackoffMs: access.client.pace.maxBackoffMs,
			maximumWaitMs: this.desk.settings.maximumWaitMs,
			sendAgain: this.#maySendAgain(flight),
			random: this.desk.random,
		};
		const now = this.desk.clock.monotonic();
		const verdict = judge(flight, outcome, rules, now);
		if (closesGate(outcome)) {
			const delayMs = verdict.kind === 'retry' ? verdict.delayMs : delayAfter(flight, outcome, rules);
			access.throttle.slowDown(now + delayMs);
		}
		if (verdict.kind === 'renew') this.#renewal.park(access.client, flight, outcome);
		else if (verdict.kind === 'final') this.#final(flight, verdict.outcome, verdict.retryAfterSeconds);
		else if (verdict.delayMs > 0) this.#wait(flight, verdict.delayMs);
		else this.retry(flight);
	}

	/** Requests that were in flight at the end finish normally; none is sent again. Other sends heed what they say. */
	#judgeAfterEnd(flight: Flight, outcome: Outcome, ending: Outcome): void {
		if (this.#access && closesGate(outcome)) {
			const { client, throttle } = this.#access;
			const rules = { maxBackoffMs: client.pace.maxBackoffMs, random: this.desk.random };
			throttle.slowDown(this.desk.clock.monotonic() + delayAfter(flight, outcome, rules));
		}
		switch (outcome.class) {
			case 'temporary':
			case 'throttle-device':
			case 'throttle-sender':
			case 'auth-refresh':
				return this.#results.unsent(flight, ending);
			case 'ambiguous':
			case 'timeout':
				return this.#final(flight, reportLost(outcome));
			case 'cancelled':
				if (outcome.processed !== false) return this.#results.end(flight, outcome);
				return this.#results.end(flight, flight.possibleDuplicate ? STOPPED_IN_FLIGHT : ending);
			default:
				return this.#final(flight, outcome);
		}
	}

	#maySendAgain(flight: Flight): boolean {
		const { whenAnswerIsLost: choice, validateOnly } = this.desk.settings;
		// A validation reaches no device, however often it is asked for.
		if (validateOnly) return true;
		if (choice !== 'auto') return choice === 'sendAgain';
		const { content } = flight;
		const isCall = CHANNELS[this.channelType].voip || (content?.provider === 'apns' && content.pushType === 'voip');
		return content?.collapsible === true && !isCall;
	}

	#wait(flight: Flight, delayMs: number): void {
		flight.state = 'waiting';
		this.desk.retries.add(flight, delayMs);
	}

	#final(flight: Flight, outcome: Outcome, retryAfterSeconds?: number): void {
		this.#results.answered(flight, outcome, retryAfterSeconds);
		if (outcome.stops === 'client') this.close(notSent(outcome));
		else if (outcome.stops === 'message') this.#rendering.refuse(flight, outcome);
	}

	#authorizationLost(flight: Flight, sentence: string | undefined): void {
		if (!flight.lastOutcome) return;
		flight.count(flight.lastOutcome);
		this.#final(flight, authorizationFailed(flight.lastOutcome, sentence));
	}

	/** Monotonic ms after which it is not tried again; never for one that was not tried yet. */
	#deadline(flight: Flight): number {
		return (flight.firstTryAt ?? Infinity) + this.desk.settings.maximumWaitMs;
	}

	/** A retry whose gate is closed waits for it, unless it opens too late. */
	#waitAtGate(flight: Flight, until: number): void {
		const waitMs = until - this.desk.clock.monotonic();
		if (until > this.#deadline(flight)) this.#results.tooLate(flight, waitMs);
		else this.#wait(flight, waitMs);
	}

	/** Nobody waits for a permit longer than the maximum wait while the provider keeps the gate closed. */
	#gateStaysClosed(): void {
		this.#disarmGate = undefined;
		const leftMs = (this.#access?.throttle.pausedUntil ?? 0) - this.desk.clock.monotonic();
		if (leftMs > 0) this.#flush(gateClosed(this.channelType, Math.ceil(leftMs / 1000)));
		this.desk.changed();
	}

	#openGate(): void {
		this.#disarmGate?.();
		this.#disarmGate = undefined;
	}

	#flush(ending: Outcome): void {
		for (let flight = this.#again.shift(); flight; flight = this.#again.shift()) this.#results.unsent(flight, ending);
		for (let flight = this.#fresh(); flight; flight = this.#fresh()) this.#results.unsent(flight, ending);
	}
}
