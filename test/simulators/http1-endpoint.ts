import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Arrival } from './types';
import type { Answer, Peer, Plan, WireRequest } from './desk';
import { listen, Sockets, stopListening } from './sockets';

export interface ServerIdentity {
	readonly key: string;
	readonly cert: string;
}

/** An HTTP/1.1 server over TLS that lets `decide` say what to do with each request. */
export class Http1Endpoint {
	readonly sockets: Sockets;

	readonly #server: Server;

	readonly #peers = new WeakMap<object, Peer>();

	#lastPeer = 0;

	constructor(
		identity: ServerIdentity,
		private readonly decide: (request: WireRequest) => Omit<Plan, 'arrival'> & { arrival?: Arrival },
	) {
		const server = createServer({ ...identity, minVersion: 'TLSv1.2', keepAliveTimeout: 60_000 });
		this.#server = server;
		this.sockets = new Sockets(server);
		server.on('tlsClientError', () => undefined);
		server.on('request', (incoming: IncomingMessage, response: ServerResponse) => this.#read(incoming, response));
	}

	async listen(port: number): Promise<number> {
		return await listen(this.#server, port);
	}

	async close(): Promise<void> {
		const stopped = stopListening(this.#server);
		this.sockets.destroyAll();
		await stopped;
	}

	#read(incoming: IncomingMessage, response: ServerResponse): void {
		this.sockets.requestOpened();
		response.on('close', () => this.sockets.requestClosed());
		incoming.on('error', () => undefined);
		response.on('error', () => undefined);
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => this.#handle(incoming, response, Buffer.concat(chunks).toString('utf8')));
	}

	#handle(incoming: IncomingMessage, response: ServerResponse, body: string): void {
		const plan = this.decide({
			connection: this.#peer(incoming.socket),
			method: incoming.method ?? '',
			path: incoming.url ?? '',
			headers: firstValues(incoming.rawHeaders),
			headerNames: incoming.rawHeaders.filter((_, index) => index % 2 === 0),
			body,
		});
		const act = (): void => this.#act(incoming, response, plan);
		if (plan.delayMs > 0) setTimeout(act, plan.delayMs);
		else act();
	}

	#act(incoming: IncomingMessage, response: ServerResponse, plan: Omit<Plan, 'arrival'> & { arrival?: Arrival }): void {
		if (plan.fault?.silence) return;
		if (plan.fault?.cutConnection) return this.sockets.cut(incoming.socket.remotePort);
		if (response.destroyed) return;
		answer(response, plan.answer);
		if (!plan.arrival) return;
		plan.arrival.status = plan.answer.status;
		if (plan.answer.reason !== undefined) plan.arrival.reason = plan.answer.reason;
	}

	#peer(socket: object): Peer {
		const known = this.#peers.get(socket);
		if (known) return known;
		this.#lastPeer += 1;
		const peer = { id: this.#lastPeer };
		this.#peers.set(socket, peer);
		return peer;
	}
}

function answer(response: ServerResponse, { status, headers, body = '' }: Answer): void {
	const bytes = Buffer.from(body, 'utf8');
	response.writeHead(status, { 'Content-Length': bytes.length, ...headers });
	response.end(bytes);
}

function firstValues(raw: readonly string[]): Record<string, string> {
	const headers: Record<string, string> = {};
	for (let index = 0; index + 1 < raw.length; index += 2) {
		const name = (raw[index] ?? '').toLowerCase();
		headers[name] ??= raw[index + 1] ?? '';
	}
	return headers;
}
