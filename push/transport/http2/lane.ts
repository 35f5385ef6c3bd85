import type { Clock } from '../../model';
import type { Http2Settings } from '../types';
import type { Connection, ConnectionEnd } from './contract';

/**
 * - `dialling`: not connected yet.
 * - `open`: takes requests.
 * - `checking`: a ping is out, because it was idle for long.
 * - `draining`: open streams are still answered, new ones go elsewhere.
 * - `closed`.
 */
export type LaneState = 'dialling' | 'open' | 'checking' | 'draining' | 'closed';

/** One connection of a pool, with what the pool knows about it. */
export class Lane {
	state: LaneState = 'dialling';

	connection: Connection | undefined;

	/** Requests whose streams are open. */
	flying = 0;

	/** Streams that were reset so lately that the peer may still count them. */
	fading = 0;

	/** Answers that came. A connection that ends without one counts as a failed attempt. */
	answers = 0;

	/** A request was answered with a status below 400. */
	accepted = false;

	idleSince = 0;

	stopIdleTimer: (() => void) | undefined;

	/** Gives the dialling up. */
	abandon: (() => void) | undefined;

	/** What ended it before the pool had it. */
	early: ConnectionEnd | undefined;

	/** The peer's GOAWAY. */
	sentAway: { readonly code: string; readonly detail: string } | undefined;

	/** Whether its having been sent away was already counted as a failure. */
	judged = false;

	constructor(
		private readonly settings: Http2Settings,
		private readonly clock: Clock,
	) {}

	/** Streams it may have open now. */
	limit(calm: number): number {
		if (!this.connection) return 0;
		const most = Math.min(this.connection.streamLimit, this.settings.maxStreams, calm);
		return this.warm ? most : Math.min(most, 1);
	}

	/** Streams it can be expected to take once warm. */
	promise(): number {
		const peer = this.connection?.streamLimit ?? this.settings.maxStreams;
		// A token-authenticated APNs connection says 1 until the first request was accepted.
		const known = this.warm ? peer : Math.max(peer, 2);
		return Math.min(known, this.settings.maxStreams);
	}

	/** False while it may hold one request only because none was accepted yet. */
	get warm(): boolean {
		return !this.settings.firstRequestAlone || this.accepted;
	}

	free(calm: number): number {
		return this.state === 'open' ? Math.max(0, this.limit(calm) - this.flying - this.fading) : 0;
	}

	/** Whether it was idle so long that it has to prove that it lives. */
	get stale(): boolean {
		const { pingAfterIdleMs } = this.settings;
		if (pingAfterIdleMs === undefined || this.flying > 0) return false;
		return this.clock.monotonic() - this.idleSince >= pingAfterIdleMs;
	}

	/** Pings; it is open again when the answer comes in time, else it is destroyed. */
	check(settled: () => void): void {
		const { connection } = this;
		if (!connection) return;
		this.state = 'checking';
		connection.keepProcess(true);
		const stop = this.clock.after(this.settings.pingTimeoutMs, () => settle(false));
		const settle = (alive: boolean) => {
			stop();
			if (this.state !== 'checking') return;
			connection.keepProcess(false);
			this.idleSince = this.clock.monotonic();
			this.state = alive ? 'open' : 'draining';
			if (!alive) connection.destroy('It did not answer a ping.');
			settled();
		};
		connection.ping(settle);
	}

	/** Calls `close` after `idleCloseMs` without a request; does not keep the process alive. */
	armIdleClose(close: () => void): void {
		this.stopIdleTimer?.();
		const fire = () => {
			if (this.state === 'open' && this.flying === 0) close();
		};
		this.stopIdleTimer = this.clock.after(this.settings.idleCloseMs, fire, 'background');
	}
}
