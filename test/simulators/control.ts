import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isObject, parseObject } from './json';
import { listen, stopListening } from './sockets';
import type { Failure, PushSimulator } from './types';

type Controlled = Readonly<Record<string, PushSimulator>>;

/** A JSON API over plain http on loopback, for people and for tests in other processes. */
export class ControlApi {
	private constructor(
		private readonly server: Server,
		private readonly simulators: Controlled,
		readonly url: string,
	) {}

	static async start(simulators: Controlled, port: number): Promise<ControlApi> {
		const server = createServer((request, response) =>
			read(request, (body) => control.#answer(request, response, body)),
		);
		const control = new ControlApi(server, simulators, `http://127.0.0.1:${await listen(server, port)}`);
		return control;
	}

	async close(): Promise<void> {
		const stopped = stopListening(this.server);
		this.server.closeAllConnections();
		await stopped;
	}

	#answer(request: IncomingMessage, response: ServerResponse, body: string): void {
		try {
			const url = new URL(request.url ?? '/', this.url);
			const result =
				request.method === 'GET' ? this.#get(url) : this.#post(url, parseObject(body === '' ? '{}' : body));
			reply(response, result === undefined ? 404 : 200, result ?? { error: 'Unknown path', ...this.#overview() });
		} catch (error) {
			reply(response, 400, { error: error instanceof Error ? error.message : 'Bad request' });
		}
	}

	#get(url: URL): unknown {
		if (url.pathname === '/') return this.#overview();
		if (url.pathname !== '/arrivals') return undefined;
		const limit = Number(url.searchParams.get('limit') ?? 1000);
		const chosen = this.#chosen(url.searchParams.get('provider') ?? undefined);
		return Object.fromEntries(chosen.map(([name, simulator]) => [name, simulator.arrivals.slice(-limit)]));
	}

	#post(url: URL, body: Record<string, unknown> | undefined): unknown {
		if (!body) throw new Error('The body must be a JSON object');
		const { provider, ...rest } = body;
		const chosen = this.#chosen(
			typeof provider === 'string' ? provider : (url.searchParams.get('provider') ?? undefined),
		);
		if (url.pathname === '/fail') {
			const failure = failureFrom(rest);
			for (const [, simulator] of chosen) simulator.fail(failure);
			return { failing: chosen.map(([name]) => name), failure };
		}
		if (url.pathname === '/reset') {
			for (const [, simulator] of chosen) simulator.reset();
			return { reset: chosen.map(([name]) => name) };
		}
		return undefined;
	}

	#chosen(provider: string | undefined): Array<[string, PushSimulator]> {
		const all = Object.entries(this.simulators);
		if (provider === undefined) return all;
		const chosen = all.filter(([name]) => name === provider);
		if (chosen.length === 0)
			throw new Error(`Unknown provider "${provider}"; use one of ${Object.keys(this.simulators).join(', ')}`);
		return chosen;
	}

	#overview() {
		return {
			usage: {
				'GET /': 'this page',
				'GET /arrivals?provider=fcm&limit=100': 'what arrived, oldest first',
				'POST /fail {"provider":"fcm","reason":"UNAVAILABLE","times":3}': 'failures on demand',
				'POST /reset {"provider":"fcm"}': 'forgets arrivals and failures',
			},
			providers: Object.fromEntries(
				Object.entries(this.simulators).map(([name, { origin, arrivals, connections }]) => [
					name,
					{ origin, arrivals: arrivals.length, connections },
				]),
			),
		};
	}
}

function read(request: IncomingMessage, done: (body: string) => void): void {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
}

function reply(response: ServerResponse, status: number, value: unknown): void {
	response.writeHead(status, { 'Content-Type': 'application/json' });
	response.end(`${JSON.stringify(value, null, 2)}\n`);
}

const TEXTS = ['address', 'reason', 'body'] as const;
const NUMBERS = ['times', 'status', 'delayMs', 'resetCode'] as const;
const SWITCHES = ['silence', 'cutConnection'] as const;

/** Reads a Failure from JSON, field by field. @throws {Error} naming a field it does not know. */
function failureFrom(fields: Record<string, unknown>): Failure {
	const failure: Failure = {};
	const known: ReadonlySet<string> = new Set([...TEXTS, ...NUMBERS, ...SWITCHES, 'headers', 'goaway']);
	for (const name of Object.keys(fields)) if (!known.has(name)) throw new Error(`Unknown field "${name}"`);
	for (const name of TEXTS) {
		const value = fields[name];
		if (typeof value === 'string') failure[name] = value;
	}
	for (const name of NUMBERS) {
		const value = fields[name];
		if (typeof value === 'number') failure[name] = value;
	}
	for (const name of SWITCHES) if (fields[name] === true) failure[name] = true;
	if (isObject(fields.headers)) {
		failure.headers = Object.fromEntries(Object.entries(fields.headers).map(([name, value]) => [name, String(value)]));
	}
	if (isObject(fields.goaway)) failure.goaway = goawayFrom(fields.goaway);
	return failure;
}

function goawayFrom({ code, lastStreamId, debug }: Record<string, unknown>): NonNullable<Failure['goaway']> {
	return {
		code: typeof code === 'number' ? code : 0,
		...(lastStreamId === 'previous' ? { lastStreamId } : {}),
		...(typeof debug === 'string' ? { debug } : {}),
	};
}
