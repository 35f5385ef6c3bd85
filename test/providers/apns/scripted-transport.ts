import type {
	Answer,
	Http2Settings,
	Transport,
	TransportFactory,
	TransportRequest,
	TransportTarget,
} from '../../../push/transport/types';

/** One request as the transport got it; the test answers it when it likes. */
export interface Sent {
	readonly request: TransportRequest;
	readonly cancelled: boolean;
	answer(answer: Answer): void;
}

/** Answers a request by itself. */
export type Responder = (origin: string, request: TransportRequest) => Answer;

/** A transport without sockets: it notes what comes and waits to be told the answers. */
export class ScriptedTransport implements Transport {
	readonly sent: Sent[] = [];

	readonly renewals: string[] = [];

	warmUps = 0;

	capacity = 42;

	constructor(
		readonly target: TransportTarget,
		readonly key: string,
		readonly settings: Http2Settings,
		private readonly respond: Responder | undefined,
	) {}

	request(request: TransportRequest, done: (answer: Answer) => void): { cancel: () => void } {
		const state = { cancelled: false };
		this.sent.push({
			request,
			get cancelled() {
				return state.cancelled;
			},
			answer: done,
		});
		const answer = this.respond?.(this.target.origin, request);
		if (answer) queueMicrotask(() => done(answer));
		return {
			cancel: () => {
				state.cancelled = true;
				queueMicrotask(() => done({ kind: 'cancelled', written: true }));
			},
		};
	}

	warmUp(): void {
		this.warmUps += 1;
	}

	renewConnections(reason: string): void {
		this.renewals.push(reason);
	}

	async close(): Promise<void> {
		await Promise.resolve();
	}
}

export class ScriptedTransports implements TransportFactory {
	readonly pools = new Map<string, ScriptedTransport>();

	constructor(private readonly respond?: Responder) {}

	http2(target: TransportTarget, key: string, settings: Http2Settings): ScriptedTransport {
		const pool = this.pools.get(key) ?? new ScriptedTransport(target, key, settings, this.respond);
		this.pools.set(key, pool);
		return pool;
	}

	http1(): Transport {
		throw new Error('APNs speaks HTTP/2 only.');
	}

	async close(): Promise<void> {
		await Promise.resolve();
	}

	/** The one pool there is. */
	get only(): ScriptedTransport {
		const [pool, ...others] = this.pools.values();
		if (!pool || others.length > 0) throw new Error(`${this.pools.size} pools`);
		return pool;
	}
}

/** An answer of APNs. */
export function answered(status: number, reason?: string, headers: Record<string, string> = {}): Answer {
	return { kind: 'response', status, headers, body: reason === undefined ? '' : JSON.stringify({ reason }) };
}
