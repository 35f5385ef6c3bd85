import type { Dispatcher, Pool } from 'undici';
import type { Clock } from '../../model';
import { dial, type DialDeps, type DialPlan } from '../dial';
import { explainFailure, unreachable, type Peer, type Unreachable } from '../failures';
import { unsendable } from '../request-check';
import { ClosedWhileConnecting } from '../socket-events';
import type { Answer, Http1Settings, RequestHandle, Transport, TransportRequest } from '../types';
import { ConnectFailure } from './connect-failure';
import { Exchange } from './exchange';

export interface Http1Deps extends DialDeps {
	readonly clock: Clock;
	/** The way to the origin, found anew for each connection. */
	readonly plan: () => DialPlan | Unreachable;
	readonly origin: string;
	readonly peer: Peer;
}

/** HTTP/1.1 with keep-alive on undici's pool, one request at a time per connection. */
export class Http1Transport implements Transport {
	#pool: Promise<Pool> | undefined;

	#closing = false;

	/** Ends attempts to connect when everything is closed. */
	readonly #giveUp = new AbortController();

	readonly #open = new Set<Exchange>();

	#onIdle: (() => void) | undefined;

	constructor(
		private readonly settings: Http1Settings,
		private readonly deps: Http1Deps,
	) {}

	get capacity(): number {
		return this.settings.maxConnections;
	}

	request(request: TransportRequest, done: (answer: Answer) => void): RequestHandle {
		const exchange = new Exchange(request, this.deps.clock, this.deps.peer, (answer) => {
			this.#open.delete(exchange);
			if (this.#open.size === 0) this.#onIdle?.();
			done(answer);
		});
		this.#open.add(exchange);
		const fault = unsendable(request);
		if (fault !== undefined) {
			exchange.settle({ kind: 'refused', code: 'INVALID_REQUEST', detail: fault });
		} else if (this.#closing) {
			exchange.settle({
				kind: 'refused',
				code: 'CLOSED',
				detail: 'The connections are being closed; nothing was sent.',
			});
		} else {
			void this.#dispatch(request, exchange);
		}
		return exchange;
	}

	warmUp(): void {
		// Undici connects when there is something to send; these providers are asked for a token first in any case.
	}

	renewConnections(): void {
		const old = this.#pool;
		this.#pool = undefined;
		// Waits for its own requests, then closes.
		void old?.then(async (pool) => await pool.close());
	}

	async close(graceMs: number): Promise<void> {
		this.#closing = true;
		if (this.#open.size > 0) {
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
		for (const exchange of [...this.#open]) exchange.abandon();
		this.#giveUp.abort();
		const pool = this.#pool;
		this.#pool = undefined;
		await (await pool)?.destroy();
	}

	async #dispatch(request: TransportRequest, exchange: Exchange): Promise<void> {
		try {
			this.#pool ??= this.#newPool();
			const pool = await this.#pool;
			if (exchange.settled) return;
			const options: Dispatcher.DispatchOptions = {
				method: request.method,
				path: request.path,
				headers: { ...request.headers, ...request.ownHeaders },
				body: request.method === 'GET' ? null : request.body,
				// The exchange has its own timer, from the write to the whole answer.
				headersTimeout: 0,
				bodyTimeout: 0,
			};
			pool.dispatch(options, exchange);
		} catch (error) {
			exchange.failed(error);
		}
	}

	async #newPool(): Promise<Pool> {
		const undici = await import('undici');
		return new undici.Pool(this.deps.origin, {
			connections: this.settings.maxConnections,
			pipelining: 1,
			keepAliveTimeout: this.settings.idleCloseMs,
			keepAliveMaxTimeout: this.settings.idleCloseMs,
			allowH2: false,
			connect: (_options, callback) => {
				this.#connect().then(
					(socket) => callback(null, socket),
					(error: unknown) => callback(error instanceof Error ? error : new ConnectFailure(unknownFailure()), null),
				);
			},
		});
	}

	async #connect() {
		const plan = this.deps.plan();
		if ('kind' in plan) throw new ConnectFailure(plan);
		const dialled = await dial(plan, this.deps, this.#giveUp.signal);
		if (dialled.kind === 'failed') throw new ConnectFailure(dialled.failure);
		if (dialled.socket.destroyed) throw new ConnectFailure(explainFailure(new ClosedWhileConnecting(), this.deps.peer));
		const release = this.deps.addresses.use(dialled.address);
		dialled.socket.once('close', release);
		return dialled.socket;
	}
}

function unknownFailure(): Unreachable {
	return unreachable('network', 'UNKNOWN', 'The connection could not be made.');
}
