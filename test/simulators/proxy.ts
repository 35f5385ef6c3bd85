import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen, stopListening } from './sockets';
import type { ProxyView } from './types';

/** An HTTP CONNECT proxy on loopback (RFC 9110 9.3.6) that counts its tunnels. */
export class ProxySimulator implements ProxyView {
	/** Tunnels opened since the last reset. */
	tunnels = 0;

	/** `host:port` of each, oldest first. */
	readonly targets: string[] = [];

	/** Answers every CONNECT with this status instead of a tunnel. */
	refuseWith: number | undefined;

	readonly #sockets = new Set<Socket>();

	private constructor(
		private readonly server: Server,
		private readonly login: string | undefined,
		/** With user and password when they are asked for. */
		readonly url: string,
	) {}

	static async start(port: number, login?: string): Promise<ProxySimulator> {
		const server = createServer((_request, response) => response.writeHead(405).end());
		const bound = await listen(server, port);
		const proxy = new ProxySimulator(
			server,
			login,
			`http://${login === undefined ? '' : `${login}@`}127.0.0.1:${bound}`,
		);
		server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) =>
			proxy.#connect(request, socket, head),
		);
		return proxy;
	}

	reset(): void {
		this.tunnels = 0;
		this.targets.length = 0;
		this.refuseWith = undefined;
	}

	cutTunnels(): void {
		for (const socket of [...this.#sockets]) socket.resetAndDestroy();
	}

	async close(): Promise<void> {
		const stopped = stopListening(this.server);
		this.server.closeAllConnections();
		for (const socket of this.#sockets) socket.destroy();
		await stopped;
	}

	#connect(request: IncomingMessage, socket: Socket, head: Buffer): void {
		this.#keep(socket);
		if (this.refuseWith !== undefined) return refuse(socket, this.refuseWith);
		const expected = this.login === undefined ? undefined : `Basic ${Buffer.from(this.login).toString('base64')}`;
		if (expected !== undefined && request.headers['proxy-authorization'] !== expected) return refuse(socket, 407);
		const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(request.url ?? '') ?? [];
		const target = connect(Number(port), host.replace(/^\[|\]$/g, ''), () => {
			this.tunnels += 1;
			this.targets.push(`${host}:${port}`);
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			target.write(head);
			socket.pipe(target);
			target.pipe(socket);
		});
		this.#keep(target);
		target.on('error', () => refuse(socket, 502));
		target.on('close', () => socket.destroy());
		socket.on('close', () => target.destroy());
	}

	#keep(socket: Socket): void {
		this.#sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => this.#sockets.delete(socket));
	}
}

function refuse(socket: Socket, status: number): void {
	if (!socket.destroyed) socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
}
