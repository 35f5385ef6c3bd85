import type { Clock, Random } from '../../model';
import type { Answer, Http2Settings } from '../types';
import { Alarms } from './alarms';
import { Backoff } from './backoff';
import type { Calm } from './calm';
import type { Connect, ConnectionEnd } from './contract';
import { Lane } from './lane';

/** Connections in a row that ended without one answer before waiting requests are given back. */
const MOST_FRUITLESS = 4;
/** The queue has to exceed twice the free streams for this long before a further connection is opened. */
const GROW_AFTER_MS = 200;
/** So long it is watched whether the event loop is idle enough for another connection to be of any use. */
const WATCH_LOOP_MS = 50;
/** As lately as this every connection must have been full for another one to be opened. */
const STILL_FULL_MS = 10;
/** Above this it is this process that is slow: the answers are there, and more connections only cost more. */
const BUSY_LOOP = 0.85;
/** Answers per ms beyond which it is not the streams that hold a process up: more connections only cost more, too. */
const AMPLE_PER_MS = 80;
/** Of one connection's streams: so many may wait while another connection can be opened. */
const WAITING_SHARE = 0.25;
/** How long a reset stream still takes up its place. */
const FADE_MS = 25;

export interface LanesDeps {
	readonly clock: Clock;
	readonly random: Random;
	readonly connect: Connect;
	/** Begins to measure how busy the event loop is: 0 to 1 from then to the call of what it returns. */
	readonly measureLoop?: () => () => number;
}

export interface LanesEvents {
	/** Streams or connections came or went: look at the queue again. */
	changed(): void;
	/** No connection is there and none can be made: what waits ends with this answer. */
	hopeless(answer: Answer): void;
}

/** The connections of one pool: opens them by need, checks them, lets them drain and go. */
export class Lanes {
	/** In order of age; the first with a free stream is used, so that spare ones fall idle and close. */
	readonly #lanes = new Set<Lane>();

	readonly #backoff: Backoff;

	readonly #alarms: Alarms<'grow' | 'loop' | 'dial' | 'calm' | 'stuck'>;

	/** Open streams over all connections. */
	flying = 0;

	#waiting = 0;

	/** Over all connections that ever were. */
	#answers = 0;

	/** No answer came while it was last watched: once may be a moment's pause of the peer. */
	#stoodStill = false;

	/** Monotonic ms of the last time something waited because every connection was full. */
	#fullAt = -Infinity;

	constructor(
		private readonly settings: Http2Settings,
		private readonly deps: LanesDeps,
		private readonly calm: Calm,
		private readonly events: LanesEvents,
	) {
		this.#backoff = new Backoff(deps.clock, deps.random);
		this.#alarms = new Alarms(deps.clock);
	}

	/**
	 * What the connections that are there allow, and a few more, which by waiting show that another is needed. More
	 * would only wait in memory.
	 */
	get capacity(): number {
		let live = 0;
		let streams = 0;
		for (const lane of this.#lanes) {
			if (lane.state !== 'open' && lane.state !== 'checking') continue;
			live += 1;
			streams += Math.min(lane.promise(), this.calm.limit);
		}
		const each = live === 0 ? Math.min(this.settings.maxStreams, this.calm.limit) : Math.ceil(streams / live);
		const held = live === 0 ? each : streams;
		return Math.max(1, held + (live < this.settings.maxConnections ? Math.ceil(each * WAITING_SHARE) : 0));
	}

	free(lane: Lane): number {
		return lane.free(this.calm.limit);
	}

	/** A connection that takes a request now. Those idle for long are pinged first and come back later. */
	withFreeStream(): Lane | undefined {
		for (const lane of this.#lanes) {
			if (this.free(lane) === 0) continue;
			if (!lane.stale) return lane;
			lane.check(() => this.events.changed());
		}
		return undefined;
	}

	tookOff(lane: Lane): void {
		if (lane.flying === 0) {
			lane.connection?.keepProcess(true);
			lane.stopIdleTimer?.();
		}
		lane.flying += 1;
		this.flying += 1;
	}

	landed(lane: Lane): void {
		lane.flying -= 1;
		this.flying -= 1;
		if (lane.flying > 0) return;
		lane.idleSince = this.deps.clock.monotonic();
		lane.connection?.keepProcess(false);
		this.#judge(lane);
		if (lane.state === 'draining') lane.connection?.close();
		else if (lane.state === 'open') lane.armIdleClose(() => this.drain(lane));
	}

	/** After a reset: some servers count the stream a little longer and refuse one that follows at once. */
	keepFading(lane: Lane): void {
		lane.fading += 1;
		this.deps.clock.after(FADE_MS, () => {
			lane.fading -= 1;
			this.events.changed();
		});
	}

	answered(lane: Lane, status: number): void {
		lane.answers += 1;
		this.#answers += 1;
		if (status < 400) lane.accepted = true;
		this.#backoff.succeeded();
	}

	/** Takes the connection out of use; it closes when its streams have ended. */
	drain(lane: Lane): void {
		if (lane.state !== 'open' && lane.state !== 'checking') return;
		lane.state = 'draining';
		lane.stopIdleTimer?.();
		if (lane.flying > 0) return;
		lane.connection?.keepProcess(false);
		lane.connection?.close();
	}

	renew(): void {
		for (const lane of [...this.#lanes]) this.drain(lane);
	}

	destroy(reason: string): void {
		this.#waiting = 0;
		this.#alarms.clear();
		for (const lane of [...this.#lanes]) {
			lane.stopIdleTimer?.();
			lane.abandon?.();
			lane.connection?.destroy(reason);
		}
	}

	/** Opens the first connection, unless one is there or a failure has to be waited out. */
	warmUp(): void {
		if (!this.#anyLive() && this.#backoff.remaining === 0) this.#dial();
	}

	/** Opens what is needed for so many waiting requests, now or after the time it takes to be sure. */
	adjust(waiting: number): void {
		this.#waiting = waiting;
		if (waiting === 0) {
			// Answers come in batches: for a moment nothing may wait although the streams do not suffice.
			for (const alarm of ['grow', 'dial', 'calm', 'stuck'] as const) this.#alarms.disarm(alarm);
			return;
		}
		const open = this.#inState('open');
		if (this.#inState('dialling').length + this.#inState('checking').length > 0) return;
		if (open.length === 0) {
			this.#dialSoon();
			return;
		}
		this.#growWhenNeeded(open);
		if (this.flying > 0) this.#alarms.disarm('stuck');
		else this.#alarms.arm('stuck', this.settings.connectTimeoutMs, () => this.#standingStill());
	}

	#growWhenNeeded(open: readonly Lane[]): void {
		const recovery = this.calm.recoversIn;
		if (recovery !== undefined) {
			// The peer asked for less: more connections would be the opposite.
			this.#alarms.arm('calm', recovery, () => this.events.changed());
			return;
		}
		if (open.length >= this.settings.maxConnections) return;
		if (open.some((lane) => !lane.warm || this.free(lane) > 0)) {
			this.#alarms.arm('grow', GROW_AFTER_MS, () => this.#grow());
		} else if (this.deps.measureLoop) {
			this.#fullAt = this.deps.clock.monotonic();
			if (this.#alarms.isArmed('loop')) return;
			const busy = this.deps.measureLoop();
			const before = this.#answers;
			this.#alarms.arm('loop', WATCH_LOOP_MS, () => {
				const answers = this.#answers - before;
				const pauses = answers === 0 && !this.#stoodStill;
				this.#stoodStill = answers === 0;
				this.#growUnless(busy() > BUSY_LOOP || pauses || answers > AMPLE_PER_MS * WATCH_LOOP_MS);
			});
		} else {
			this.#dialSoon();
		}
	}

	/** Every connection was full when this began to be watched: still so? */
	#growUnless(inVain: boolean): void {
		const open = this.#inState('open');
		const waits = this.#waiting > 0 && open.every((lane) => this.free(lane) === 0);
		const lately = this.deps.clock.monotonic() - this.#fullAt <= STILL_FULL_MS;
		const needed = (waits || lately) && open.length > 0 && open.length < this.settings.maxConnections;
		if (needed && !inVain && this.#inState('dialling').length === 0) this.#dialSoon();
		else this.events.changed();
	}

	#grow(): void {
		const open = this.#inState('open');
		const free = open.reduce((sum, lane) => sum + this.free(lane), 0);
		if (this.#inState('dialling').length > 0 || open.length >= this.settings.maxConnections) return;
		if (this.#waiting > 2 * free) this.#dialSoon();
	}

	/** Requests wait, connections are open, and none of them allows a single stream. */
	#standingStill(): void {
		const open = this.#inState('open');
		if (this.#waiting === 0 || this.flying > 0 || open.length === 0) return;
		for (const lane of open) this.drain(lane);
		this.#fruitless({ code: 'NO_STREAMS', detail: 'The peer keeps the connection open but allows no requests on it.' });
		this.events.changed();
	}

	#dialSoon(): void {
		const wait = this.#backoff.remaining;
		if (wait > 0) this.#alarms.arm('dial', wait, () => this.events.changed());
		else this.#dial();
	}

	#dial(): void {
		const lane = new Lane(this.settings, this.deps.clock);
		this.#lanes.add(lane);
		lane.abandon = this.deps.connect(
			{
				limitChanged: () => this.events.changed(),
				goaway: (away) => {
					if (away.slowDown) this.calm.slowDown(lane.flying);
					this.#sentAway(lane, away);
				},
				closed: (end) => this.#closed(lane, end),
			},
			(result) => {
				lane.abandon = undefined;
				if ('kind' in result) return this.#dialFailed(lane, result);
				this.#dialled(lane, result);
			},
		);
	}

	#sentAway(lane: Lane, away: { readonly code: string; readonly detail: string }): void {
		lane.sentAway = away;
		// While it is being dialled, `#dialled` sees to it.
		if (lane.state === 'dialling') return;
		this.drain(lane);
		this.#judge(lane);
		// First the streams that are sent away come back: without any answer they tell that the connection was no use.
		this.deps.clock.after(0, () => this.events.changed());
	}

	/** A connection that was sent away and has no open streams left: was it of any use? */
	#judge(lane: Lane): void {
		if (!lane.sentAway || lane.judged || lane.answers > 0 || lane.flying > 0) return;
		lane.judged = true;
		this.#fruitless(lane.sentAway);
	}

	#dialled(lane: Lane, connection: NonNullable<Lane['connection']>): void {
		lane.connection = connection;
		lane.idleSince = this.deps.clock.monotonic();
		connection.keepProcess(false);
		if (lane.early) return this.#closed(lane, lane.early);
		lane.state = 'open';
		lane.armIdleClose(() => this.drain(lane));
		if (lane.sentAway) {
			this.drain(lane);
			this.#judge(lane);
		}
		this.events.changed();
	}

	#dialFailed(lane: Lane, failure: Extract<Answer, { kind: 'unreachable' }>): void {
		lane.state = 'closed';
		this.#lanes.delete(lane);
		// A refusal of the egress rules costs nobody anything; everything else is waited out.
		if (failure.cause !== 'egress') this.#backoff.failed();
		this.#giveUpUnlessLive(failure);
		this.events.changed();
	}

	#closed(lane: Lane, end: ConnectionEnd): void {
		if (lane.state === 'dialling' && !lane.connection) {
			lane.early = end;
			return;
		}
		lane.state = 'closed';
		lane.stopIdleTimer?.();
		this.#lanes.delete(lane);
		if (end.failure) {
			this.#backoff.failed();
			this.#giveUpUnlessLive(end.failure);
		} else if (lane.answers === 0 && !lane.sentAway && end.abrupt) {
			this.#fruitless(end);
		}
		this.events.changed();
	}

	/** A connection that was of no use. After some in a row, what waits is given back instead of waiting on. */
	#fruitless(end: { readonly code: string; readonly detail: string }): void {
		this.#backoff.failed();
		if (this.hopeless) this.events.hopeless({ kind: 'refused', code: end.code, detail: end.detail });
	}

	/** One connection after the other was of no use, and none is left. */
	get hopeless(): boolean {
		return this.#backoff.failures >= MOST_FRUITLESS && !this.#anyLive();
	}

	#giveUpUnlessLive(answer: Answer): void {
		if (!this.#anyLive()) this.events.hopeless(answer);
	}

	#anyLive(): boolean {
		return [...this.#lanes].some(({ state }) => state === 'open' || state === 'checking' || state === 'dialling');
	}

	#inState(state: Lane['state']): Lane[] {
		return [...this.#lanes].filter((lane) => lane.state === state);
	}
}
