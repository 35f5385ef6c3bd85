import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP server that does with each connection what the test says, and nothing else. */
export class RawServer {
	readonly #sockets = new Set<Socket>();

	connections = 0;

	private constructor(private readonly server: Server) {
		server.on('connection', (socket: Socket) => {
			this.connections += 1;
			socket.on('error', () => undefined);
			this.#sockets.add(socket);
			socket.on('close', () => this.#sockets.delete(socket));
		});
	}

	static async start(onConnection: (socket: Socket) => void): Promise<RawServer> {
		const server = createServer();
		const started = new RawServer(server);
		server.on('connection', (socket) => {
			onConnection(socket);
			// Read, so that the end is noticed.
			socket.resume();
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return started;
	}

	get port(): number {
		const address: AddressInfo | string | null = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
		return address.port;
	}

	get openSockets(): number {
		return this.#sockets.size;
	}

	async stop(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}
}
