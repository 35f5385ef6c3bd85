import type {
	Answer,
	RequestHandle,
	Transport,
	TransportFactory,
	TransportRequest,
	TransportTarget,
} from '../../push/transport/types';

export interface Sent {
	readonly origin: string;
	readonly request: TransportRequest;
}

/** undefined: never answered. */
export type Script = (sent: Sent, number: number) => Answer | undefined;

export interface Opened {
	readonly protocol: 'http1' | 'http2';
	readonly target: TransportTarget;
	readonly key: string;
	readonly settings: object;
}

/** Transports without sockets: what the script says is what comes back, on a later turn. */
export class ScriptedTransports implements TransportFactory {
	readonly sent: Sent[] = [];

	readonly opened: Opened[] = [];

	warmUps = 0;

	/** Requests taken back before an answer came. */
	cancelled = 0;

	constructor(public script: Script) {}

	http1(target: TransportTarget, key: string, settings: object): Transport {
		this.opened.push({ protocol: 'http1', target, key, settings });
		return this.#transport(target.origin);
	}

	http2(target: TransportTarget, key: string, settings: object): Transport {
		this.opened.push({ protocol: 'http2', target, key, settings });
		return this.#transport(target.origin);
	}

	close(): Promise<void> {
		return Promise.resolve();
	}

	/** Requests whose path ends so. */
	to(ending: string): Sent[] {
		return this.sent.filter(({ request }) => request.path.endsWith(ending));
	}

	#transport(origin: string): Transport {
		return {
			capacity: 7,
			request: (request, done) => this.#answer({ origin, request }, done),
			warmUp: () => {
				this.warmUps += 1;
			},
			renewConnections() {},
			close: () => Promise.resolve(),
		};
	}

	#answer(sent: Sent, done: (answer: Answer) => void): RequestHandle {
		this.sent.push(sent);
		const answer = this.script(sent, this.sent.length);
		let open = true;
		const finish = (ending: Answer) => {
			if (!open) return;
			open = false;
			done(ending);
		};
		if (answer) setImmediate(() => finish(answer));
		return {
			cancel: () => {
				if (open) this.cancelled += 1;
				setImmediate(() => finish({ kind: 'cancelled', written: true }));
			},
		};
	}
}

export function response(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
	return { kind: 'response', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

export function granted(token: string, expiresIn = 3599): Answer {
	return response(200, { access_token: token, expires_in: expiresIn, token_type: 'Bearer' });
}
