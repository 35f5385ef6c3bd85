import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A CONNECT proxy on loopback that leads every name to one port of this machine. */
export class ConnectProxy {
	/** `host:port` of each CONNECT, in order. */
	readonly asked: string[] = [];

	readonly authorizations: Array<string | undefined> = [];

	/** When set: the Proxy-Authorization that has to come. */
	expected: string | undefined;

	/** Answered instead of a tunnel. */
	status: number | undefined;

	readonly #sockets = new Set<Duplex>();

	private constructor(
		private readonly server: Server,
		private readonly secure: boolean,
		private readonly targetPort: number,
	) {
		server.on('connect', (request, socket, head) => this.#connect(request, socket, head));
		server.on('connection', (socket: Socket) => {
			socket.on('error', () => undefined);
			this.#sockets.add(socket);
			socket.on('close', () => this.#sockets.delete(socket));
		});
	}

	static async to(targetPort: number, tls?: ServerOptions): Promise<ConnectProxy> {
		const server = tls ? createHttpsServer(tls) : createHttpServer();
		const proxy = new ConnectProxy(server, tls !== undefined, targetPort);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return proxy;
	}

	get port(): number {
		const address: AddressInfo | string | null = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The proxy does not listen.');
		return address.port;
	}

	url(userInfo = ''): string {
		return `${this.secure ? 'https' : 'http'}://${userInfo}127.0.0.1:${this.port}`;
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	#connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		socket.on('error', () => undefined);
		this.asked.push(request.url ?? '');
		this.authorizations.push(request.headers['proxy-authorization']);
		if (this.status !== undefined) return void socket.end(`HTTP/1.1 ${this.status} No\r\ncontent-length: 0\r\n\r\n`);
		if (this.expected !== undefined && request.headers['proxy-authorization'] !== this.expected) {
			return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
		}
		const far = connect(this.targetPort, '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			if (head.length > 0) far.write(head);
			far.pipe(socket).pipe(far);
		});
		far.on('error', () => socket.destroy());
		socket.on('close', () => far.destroy());
	}
}
