import type { Unreachable } from '../../../push/transport/failures';
import type {
	Connect,
	Connection,
	ConnectionEvents,
	Stream,
	StreamEnd,
	StreamOwner,
} from '../../../push/transport/http2/contract';
import type { TransportRequest } from '../../../push/transport';

export interface FakeStream {
	readonly request: TransportRequest;
	readonly end: (end: StreamEnd) => void;
	reset: boolean;
}

/** A connection that only exists in the test: its peer is the test itself. */
export class FakeConnection implements Connection {
	readonly address = '192.0.2.1';

	readonly streams: FakeStream[] = [];

	keepsProcess = true;

	state: 'open' | 'closed' | 'destroyed' = 'open';

	pingAnswer: ((alive: boolean) => void) | undefined;

	constructor(
		private limit: number,
		readonly events: ConnectionEvents,
	) {}

	get streamLimit(): number {
		return this.limit;
	}

	setLimit(limit: number): void {
		this.limit = limit;
		this.events.limitChanged();
	}

	open(request: TransportRequest, owner: StreamOwner): Stream | undefined {
		if (this.state !== 'open') return undefined;
		const stream: FakeStream = { request, end: (end) => owner.streamEnded(end), reset: false };
		this.streams.push(stream);
		return { reset: () => (stream.reset = true) };
	}

	/** Answers the oldest `count` streams that have no answer yet. */
	answer(count: number, status = 200): void {
		const end = { kind: 'response', status, headers: {}, body: '' } as const;
		for (const stream of this.streams.splice(0, count)) if (!stream.reset) stream.end(end);
	}

	ping(answered: (alive: boolean) => void): void {
		this.pingAnswer = answered;
	}

	keepProcess(keep: boolean): void {
		this.keepsProcess = keep;
	}

	close(): void {
		this.#gone('closed', false);
	}

	destroy(): void {
		this.#gone('destroyed', true);
	}

	#gone(state: 'closed' | 'destroyed', abrupt: boolean): void {
		if (this.state !== 'open') return;
		this.state = state;
		queueMicrotask(() => this.events.closed({ code: 'CLOSED', detail: 'closed', abrupt }));
	}
}

/** Attempts to connect, each decided by the test. */
export class FakeNetwork {
	readonly attempts: Array<{
		succeed(limit?: number): FakeConnection;
		fail(failure?: Unreachable): void;
		abandoned: boolean;
	}> = [];

	readonly connections: FakeConnection[] = [];

	readonly connect: Connect = (events, done) => {
		const attempt = {
			abandoned: false,
			succeed: (limit = 100) => {
				const connection = new FakeConnection(limit, events);
				this.connections.push(connection);
				done(connection);
				return connection;
			},
			fail: (failure: Unreachable = REFUSED) => done(failure),
		};
		this.attempts.push(attempt);
		return () => (attempt.abandoned = true);
	};

	latest() {
		const attempt = this.attempts.at(-1);
		if (!attempt) throw new Error('No connection was attempted.');
		return attempt;
	}
}

export const REFUSED: Unreachable = { kind: 'unreachable', code: 'ECONNREFUSED', detail: 'no', cause: 'refused' };
