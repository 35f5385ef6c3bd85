import { type ChannelType, type Clock, type DeliveryResult, type Outcome, PushError, type Random } from '../model';
import type { ActiveSends } from './activeSends';
import { byChannel } from './backlog';
import type { DispatchDesk } from './desk';
import type { Flight } from './flight';
import { Intake } from './intake';
import { Lane } from './lane';
import { BROKEN_OFF, credentialUnusable, refusedChannel, SHUTTING_DOWN, STOPPED } from './outcomes';
import { ResultBuffer } from './resultBuffer';
import { RetryQueue } from './retryQueue';
import { SendMeter } from './sendMeter';
import type { SendSettings } from './settings';
import type { ThrottleRegistry } from './throttleRegistry';
import type { Turns } from './turns';
import type { SendBatch, SenderPorts } from './types';

export interface SenderDeps {
	readonly clock: Clock;
	readonly random: Random;
	/** The process's throttles. */
	readonly throttles: ThrottleRegistry;
	/** The process's sends that are under way. */
	readonly sends: ActiveSends;
	/** The process's turns of the event loop. */
	readonly turns: Turns;
}

/** See `SendOptions.lookAhead`. */
const QUEUED = 1000;
/** Another batch is read only while fewer recipients than this wait for another try. */
const WAITING_RETRIES = 10_000;
/** Nothing new is read or sent while this many results are unread. */
const UNREAD = 2000;
/** After a stop: requests in flight are taken back. */
const GRACE_MS = 500;
/** After a stop nothing is waited for any more, after an error the source is not. */
const STOP_MS = 900;

/** One send: source, lanes, retries and results, and the counts that keep its memory bounded. */
export class SendRun implements DispatchDesk {
	readonly clock: Clock;

	readonly random: Random;

	readonly throttles: ThrottleRegistry;

	readonly retries: RetryQueue<Flight>;

	readonly results: ResultBuffer;

	/** Resolved when everything is over. */
	readonly over: Promise<void>;

	readonly #lanes = new Map<ChannelType, Lane>();

	readonly #intake: Intake;

	readonly #meter: SendMeter | undefined;

	/** Recipients read that have no result yet. */
	#open = 0;

	#inFlight = 0;

	#lookQueued = false;

	/** Monotonic ms; read once for all answers that come before the next look. */
	#now: number | undefined;

	#ending: Outcome | undefined;

	#failure: { readonly error: unknown } | undefined;

	#cancelled = false;

	#ended = false;

	#firstLane = 0;

	#signalOver: () => void = () => {};

	#disarm: Array<() => void> = [];

	readonly #onAbort = () => this.cancel();

	constructor(
		private readonly ports: SenderPorts,
		private readonly deps: SenderDeps,
		source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
		readonly settings: SendSettings,
	) {
		this.clock = deps.clock;
		this.random = deps.random;
		this.throttles = deps.throttles;
		this.retries = new RetryQueue(deps.clock, (flight) => this.#laneOf(flight.recipient.channelType).retry(flight));
		this.results = new ResultBuffer(deps.clock, () => this.changed());
		this.over = new Promise((resolve) => (this.#signalOver = resolve));
		this.#meter =
			settings.ratePerSecond === undefined
				? undefined
				: new SendMeter(deps.clock, { ratePerSecond: settings.ratePerSecond, rampUpMs: settings.rampUpMs ?? 0 });
		this.#intake = new Intake(source, {
			wants: () => this.#wantsMore(),
			take: (batch) => this.#take(batch),
			failed: (error) => this.fail(error),
			changed: () => this.changed(),
		});
	}

	get batchNumber(): number {
		return this.results.batchNumber;
	}

	start(): void {
		this.deps.sends.add(this);
		if (this.settings.signal?.aborted) this.cancel();
		this.settings.signal?.addEventListener('abort', this.#onAbort);
		this.changed();
	}

	/** The caller's stop: nothing new is sent, requests in flight get a grace, all is over within a second. */
	cancel(): void {
		if (this.#cancelled || this.#ended) return;
		this.#cancelled = true;
		this.#end(STOPPED);
		this.#after(GRACE_MS, () => {
			for (const lane of this.#lanes.values()) lane.cancelFlying();
		});
		this.#after(STOP_MS, () => {
			for (const lane of this.#lanes.values()) lane.abandonFlying();
			this.#intake.abandon();
		});
	}

	/** The process is to end: nothing new is sent, answers are waited for as long as there are connections. */
	windDown(): void {
		if (!this.#ended) this.#end(SHUTTING_DOWN);
	}

	fail(error: unknown): void {
		if (this.#cancelled || this.#failure) return;
		this.#failure = { error };
		this.#end(BROKEN_OFF);
		// A source that hangs must not keep the error from being told.
		this.#after(STOP_MS, () => this.#intake.abandon());
	}

	room(now: number, lane: Lane): number {
		if (this.#ending || this.results.unread >= UNREAD) return 0;
		const { concurrency = Infinity, window = Infinity } = this.settings;
		const free = Math.max(0, Math.min(concurrency, window - this.results.unsettled) - this.#inFlight);
		return this.#meter ? Math.min(free, this.#meter.available(now, lane)) : free;
	}

	spent(count: number, now: number, lane: Lane, more: boolean): void {
		this.#inFlight += count;
		if (count > 0) this.#firstLane += 1;
		this.#meter?.use(count, now, lane, more);
	}

	landed(): void {
		this.#inFlight -= 1;
	}

	finish(result: DeliveryResult): void {
		this.#open -= 1;
		this.results.push(result);
		this.changed();
	}

	/** Many answers arrive in one turn of the event loop: what they make possible is looked into once. */
	changed(): void {
		if (this.#lookQueued || this.#ended) return;
		this.#lookQueued = true;
		queueMicrotask(this.#look);
	}

	get now(): number {
		if (this.#now === undefined) {
			this.#now = this.clock.monotonic();
			this.changed();
		}
		return this.#now;
	}

	readonly #look = (): void => {
		if (this.deps.turns.isUsedUp) {
			setImmediate(this.#look);
			return;
		}
		this.#lookQueued = false;
		this.#now = undefined;
		if (this.#ended) return;
		try {
			this.#wakeLanes();
			this.#intake.pull();
		} catch (error) {
			this.#failure ??= { error };
			return this.#finish();
		}
		if (this.#open === 0 && this.#intake.isOver) this.#finish();
	};

	/** The lanes take turns at being first, so that none takes all the room the send has. */
	#wakeLanes(): void {
		const lanes = [...this.#lanes.values()];
		const first = this.#firstLane;
		for (let index = 0; index < lanes.length; index += 1) lanes[(index + first) % lanes.length]?.wake();
	}

	#wantsMore(): boolean {
		const queued = this.#open - this.#inFlight - this.retries.size;
		return (
			!this.#ending &&
			queued < (this.settings.lookAhead ?? QUEUED) &&
			this.retries.size < WAITING_RETRIES &&
			this.results.unread < UNREAD
		);
	}

	#take(batch: SendBatch): void {
		const parts = byChannel(batch);
		this.#open += batch.recipients.length;
		for (const part of parts) {
			const channelType = part.recipients[0]?.channelType;
			if (channelType) this.#laneOf(channelType).add(part);
		}
	}

	#laneOf(channelType: ChannelType): Lane {
		const known = this.#lanes.get(channelType);
		if (known) return known;
		const lane = new Lane(channelType, this);
		this.#lanes.set(channelType, lane);
		if (this.#ending) lane.close(this.#ending);
		else void this.#openLane(lane);
		return lane;
	}

	async #openLane(lane: Lane): Promise<void> {
		try {
			const answer = await this.ports.clientFor(lane.channelType);
			if ('refused' in answer) lane.close(refusedChannel(answer));
			else lane.open(answer);
		} catch (error) {
			lane.close(credentialUnusable(error instanceof PushError ? error : undefined));
			this.fail(error);
		}
		this.changed();
	}

	#end(ending: Outcome): void {
		if (this.#ending) return;
		this.#ending = ending;
		this.#intake.close();
		for (const lane of this.#lanes.values()) lane.close(ending);
		this.changed();
	}

	#after(ms: number, act: () => void): void {
		const disarm = this.clock.after(ms, () => {
			act();
			this.changed();
		});
		this.#disarm.push(disarm);
	}

	#finish(): void {
		this.#ended = true;
		this.deps.sends.delete(this);
		for (const lane of this.#lanes.values()) lane.close(STOPPED);
		for (const disarm of this.#disarm) disarm();
		this.#meter?.close();
		this.settings.signal?.removeEventListener('abort', this.#onAbort);
		this.results.end(this.#failure);
		this.#signalOver();
	}
}
