import { unsendable } from '../request-check';
import type { Answer, Http2Settings, RequestHandle, Transport, TransportRequest } from '../types';
import { Answers } from './answers';
import { Calm } from './calm';
import type { Stream, StreamEnd } from './contract';
import type { Lane } from './lane';
import { Lanes, type LanesDeps } from './lanes';
import { Deadlines } from './deadlines';
import { Pending, type PendingOwner } from './pending';
import { RequestQueue } from './queue';

/** A request that was sent away this often is given back as `refused`. */
const MOST_RESENDS = 10;
/** First delay of a request whose stream alone was refused; doubles up to the longest. */
const REFUSED_DELAY_MS = 20;
const LONGEST_REFUSED_DELAY_MS = 500;

/** Many requests over few HTTP/2 connections to one origin with one credential. */
export class Http2Pool implements Transport, PendingOwner {
	readonly #queue = new RequestQueue();

	readonly #lanes: Lanes;

	readonly #calm: Calm;

	readonly #deadlines: Deadlines;

	readonly #answers = new Answers();

	/** Requests that wait out the delay after a REFUSED_STREAM, with what stops their timers. */
	readonly #delayed = new Map<Pending, () => void>();

	#pumping = false;

	#closing: 'no' | 'grace' | 'over' = 'no';

	#onIdle: (() => void) | undefined;

	constructor(
		settings: Http2Settings,
		private readonly deps: LanesDeps,
	) {
		this.#deadlines = new Deadlines(deps.clock);
		this.#calm = new Calm(deps.clock, settings.maxStreams);
		this.#lanes = new Lanes(settings, deps, this.#calm, {
			changed: () => this.#pumpSoon(),
			hopeless: (answer) => this.#failWaiting(answer),
		});
	}

	request(request: TransportRequest, done: (answer: Answer) => void): RequestHandle {
		const pending = new Pending(request, done, this);
		const fault = unsendable(request);
		if (fault !== undefined) {
			this.#answers.give(pending, { kind: 'refused', code: 'INVALID_REQUEST', detail: fault });
		} else if (this.#closing === 'no') {
			this.#queue.push(pending);
			this.#pumpSoon();
		} else {
			this.#answers.give(pending, {
				kind: 'refused',
				code: 'CLOSED',
				detail: 'The connections are being closed; nothing was sent.',
			});
		}
		return pending;
	}

	get capacity(): number {
		return this.#lanes.capacity;
	}

	warmUp(): void {
		if (this.#closing === 'no') this.#lanes.warmUp();
	}

	renewConnections(): void {
		this.#lanes.renew();
		this.#pumpSoon();
	}

	async close(graceMs: number): Promise<void> {
		if (this.#closing === 'no') this.#closing = 'grace';
		if (this.#busy()) await this.#idleWithin(graceMs);
		this.#closing = 'over';
		this.#failWaiting({ kind: 'refused', code: 'CLOSED', detail: 'The connections were closed before it was sent.' });
		this.#lanes.destroy('The connections were closed before the answer came.');
	}

	async #idleWithin(graceMs: number): Promise<void> {
		await new Promise<void>((resolve) => {
			const previous = this.#onIdle;
			const stop = this.deps.clock.after(graceMs, resolve);
			this.#onIdle = () => {
				previous?.();
				stop();
				resolve();
			};
		});
	}

	#busy(): boolean {
		return this.#queue.length > 0 || this.#delayed.size > 0 || this.#lanes.flying > 0;
	}

	/** Once per turn, however many requests came in or ended. */
	#pumpSoon(): void {
		if (this.#pumping) return;
		this.#pumping = true;
		queueMicrotask(this.#pump);
	}

	readonly #pump = (): void => {
		this.#pumping = false;
		if (this.#closing === 'over') return;
		while (this.#queue.length > 0) {
			const lane = this.#lanes.withFreeStream();
			if (!lane) break;
			this.#fill(lane);
		}
		this.#lanes.adjust(this.#queue.length);
		if (!this.#busy()) this.#onIdle?.();
	};

	#fill(lane: Lane): void {
		const now = this.deps.clock.monotonic();
		for (let room = this.#lanes.free(lane); room > 0; room -= 1) {
			const pending = this.#queue.shift();
			if (!pending) return;
			if (this.#open(pending, lane, now)) continue;
			this.#queue.pushAgain(pending);
			this.#lanes.drain(lane);
			return;
		}
	}

	#open(pending: Pending, lane: Lane, now: number): boolean {
		const stream = lane.connection?.open(pending.request, pending);
		if (!stream) return false;
		pending.stream = stream;
		pending.lane = lane;
		pending.answersBefore = lane.answers;
		this.#deadlines.add(pending, now, pending.request.timeoutMs);
		this.#lanes.tookOff(lane);
		return true;
	}

	/** Takes the request off its connection; false when it has left already. */
	#leave(pending: Pending, lane: Lane): boolean {
		if (!pending.stream) return false;
		pending.stream = undefined;
		this.#deadlines.remove(pending);
		this.#lanes.landed(lane);
		this.#pumpSoon();
		return true;
	}

	/** @internal of {@link Pending} */
	ended(pending: Pending, end: StreamEnd): void {
		const { lane } = pending;
		if (!lane) return;
		if (end.kind === 'response') this.#lanes.answered(lane, end.status);
		if (!this.#leave(pending, lane)) return;
		switch (end.kind) {
			case 'response':
			case 'unreachable':
				this.#answers.give(pending, end);
				return;
			case 'impossible':
				this.#answers.give(pending, { kind: 'refused', code: end.code, detail: end.detail });
				return;
			case 'lost':
				if (end.slowDown) this.#calm.slowDown(lane.flying + 1);
				this.#answers.give(pending, { kind: 'lost', code: end.code, detail: end.detail });
				return;
			case 'unprocessed':
				if (end.by === 'goaway') this.#lanes.drain(lane);
				this.#sendAgain(pending, lane, end);
		}
	}

	#sendAgain(pending: Pending, lane: Lane, end: Extract<StreamEnd, { kind: 'unprocessed' }>): void {
		pending.resends += 1;
		if (pending.resends > MOST_RESENDS || this.#closing === 'over' || this.#lanes.hopeless) {
			this.#answers.give(pending, { kind: 'refused', code: end.code, detail: end.detail });
			return;
		}
		if (end.by === 'goaway') {
			this.#queue.pushAgain(pending);
			return;
		}
		if (pending.resends > 2) this.#calm.slowDown(lane.flying + 1);
		const most = Math.min(LONGEST_REFUSED_DELAY_MS, REFUSED_DELAY_MS * 2 ** (pending.resends - 1));
		const wait = most * (0.5 + this.deps.random.fraction() / 2);
		const stop = this.deps.clock.after(wait, () => {
			this.#delayed.delete(pending);
			this.#queue.pushAgain(pending);
			this.#pumpSoon();
		});
		this.#delayed.set(pending, stop);
	}

	/** @internal of {@link Pending} */
	timedOut(pending: Pending): void {
		const { lane, stream } = pending;
		if (!stream || !lane) return;
		this.#reset(pending, lane, stream);
		this.#answers.give(pending, { kind: 'timeout', afterMs: pending.request.timeoutMs });
		// Not one answer in all that time: the connection may be dead without having been closed.
		if (lane.answers === pending.answersBefore) this.#lanes.drain(lane);
	}

	#reset(pending: Pending, lane: Lane, stream: Stream): void {
		stream.reset();
		this.#lanes.keepFading(lane);
		this.#leave(pending, lane);
	}

	/** @internal of {@link Pending} */
	cancelled(pending: Pending): void {
		const { lane, stream } = pending;
		if (lane && stream) {
			this.#reset(pending, lane, stream);
			this.#answers.give(pending, { kind: 'cancelled', written: true });
			return;
		}
		this.#answers.give(pending, { kind: 'cancelled', written: false });
		const stop = this.#delayed.get(pending);
		stop?.();
		if (!this.#delayed.delete(pending)) this.#queue.forgetSettled();
		this.#pumpSoon();
	}

	#failWaiting(answer: Answer): void {
		for (const [pending, stop] of this.#delayed) {
			stop();
			this.#answers.give(pending, answer);
		}
		this.#delayed.clear();
		for (let pending = this.#queue.shift(); pending; pending = this.#queue.shift()) this.#answers.give(pending, answer);
		this.#pumpSoon();
	}
}
