import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { command, CONTROL_COMMANDS, type Controlled } from './control-commands';
import { parseObject } from './json';
import { listen, stopListening } from './sockets';
import type { Simulators } from './types';

/** A JSON API over plain http on loopback, for people and for tests in other processes. */
export class ControlApi {
	readonly url: string;

	private constructor(
		private readonly server: Server,
		private readonly simulators: Controlled,
		private readonly shown: Pick<Simulators, 'credentials' | 'mailbox'>,
		port: number,
	) {
		this.url = `http://127.0.0.1:${port}`;
	}

	static async start(
		simulators: Controlled,
		shown: Pick<Simulators, 'credentials' | 'mailbox'>,
		port: number,
	): Promise<ControlApi> {
		const server = createServer();
		const control = new ControlApi(server, simulators, shown, await listen(server, port));
		server.on('request', (request, response) => read(request, (body) => control.#answer(request, response, body)));
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
			const result = request.method === 'GET' ? this.#get(url) : this.#post(url, body);
			reply(response, result === undefined ? 404 : 200, result ?? { error: 'Unknown path', ...this.#overview() });
		} catch (error) {
			reply(response, 400, { error: error instanceof Error ? error.message : 'Bad request' });
		}
	}

	#get(url: URL): unknown {
		switch (url.pathname) {
			case '/':
				return this.#overview();
			case '/arrivals':
				return command('arrivals', this.simulators, Object.fromEntries(url.searchParams));
			case '/credentials':
				return this.shown.credentials;
			case '/mails':
				return { mails: this.shown.mailbox.mails };
			default:
				return undefined;
		}
	}

	#post(url: URL, body: string): unknown {
		const fields = parseObject(body === '' ? '{}' : body);
		if (!fields) throw new Error('The body must be a JSON object');
		return command(url.pathname.slice(1), this.simulators, { ...Object.fromEntries(url.searchParams), ...fields });
	}

	#overview() {
		return {
			usage: {
				'GET /': 'this page',
				'GET /credentials': 'credentials the simulators accept',
				'GET /mails': 'mails that came',
				...CONTROL_COMMANDS,
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
