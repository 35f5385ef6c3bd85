import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenHttp1Request {
	readonly id: string;
	readonly request: IncomingMessage;
	readonly body: string;
}

export type RespondHttp1 = (response: ServerResponse, seen: SeenHttp1Request) => void;

/** A real HTTP/1.1 server on loopback that counts what it sees. */
export class Http1TestServer {
	readonly requests: SeenHttp1Request[] = [];

	connections = 0;

	readonly #sockets = new Set<Socket>();

	private constructor(
		private readonly server: Server,
		private readonly secure: boolean,
		public respond: RespondHttp1,
	) {
		server.on('request', (request, response) => this.#request(request, response));
		server.on(secure ? 'secureConnection' : 'connection', () => (this.connections += 1));
		server.on('connection', (socket: Socket) => {
			socket.on('error', () => undefined);
			this.#sockets.add(socket);
			socket.on('close', () => this.#sockets.delete(socket));
		});
	}

	static async start(tls?: ServerOptions, respond: RespondHttp1 = echo): Promise<Http1TestServer> {
		const server = tls ? createHttpsServer(tls) : createHttpServer();
		const started = new Http1TestServer(server, tls !== undefined, respond);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return started;
	}

	get port(): number {
		const address: AddressInfo | string | null = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
		return address.port;
	}

	get origin(): string {
		return `${this.secure ? 'https' : 'http'}://127.0.0.1:${this.port}`;
	}

	get openSockets(): number {
		return this.#sockets.size;
	}

	/** Cuts every connection (RST). */
	cut(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	#request(request: IncomingMessage, response: ServerResponse): void {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('error', () => undefined);
		request.on('end', () => {
			const id = String(request.headers['x-id'] ?? request.url);
			const seen = { id, request, body: Buffer.concat(chunks).toString('utf8') };
			this.requests.push(seen);
			this.respond(response, seen);
		});
	}
}

/** 200 with the request's id as the body. */
export function echo(response: ServerResponse, seen: SeenHttp1Request): void {
	response.writeHead(200, { 'content-type': 'text/plain' });
	response.end(seen.id);
}
