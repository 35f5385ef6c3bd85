import type { Server, Socket } from 'node:net';
import type { ConnectionCounts } from './types';

/** The TCP connections of one server, so that they can be cut, frozen and counted. */
export class Sockets {
	readonly counts: ConnectionCounts = { opened: 0, open: 0, maxInFlight: 0, maxStreams: 0, pings: 0 };

	#inFlight = 0;

	readonly #open = new Map<number, Socket>();

	constructor(server: Server) {
		server.on('connection', (socket) => this.#add(socket));
	}

	#add(socket: Socket): void {
		const port = socket.remotePort;
		if (port === undefined) return;
		this.#open.set(port, socket);
		this.counts.opened += 1;
		this.counts.open = this.#open.size;
		socket.setNoDelay(true);
		socket.on('error', () => undefined);
		socket.on('close', () => {
			if (this.#open.get(port) === socket) this.#open.delete(port);
			this.counts.open = this.#open.size;
		});
	}

	requestOpened(): void {
		this.#inFlight += 1;
		this.counts.maxInFlight = Math.max(this.counts.maxInFlight, this.#inFlight);
	}

	requestClosed(): void {
		this.#inFlight -= 1;
	}

	/** Forgets the peaks; what is open stays counted. */
	reset(): void {
		Object.assign(this.counts, { opened: this.#open.size, maxInFlight: this.#inFlight, maxStreams: 0, pings: 0 });
	}

	/** TCP reset of the connection from that client port. */
	cut(remotePort: number | undefined): void {
		const socket = remotePort === undefined ? undefined : this.#open.get(remotePort);
		socket?.resetAndDestroy();
	}

	cutAll(): void {
		for (const socket of [...this.#open.values()]) socket.resetAndDestroy();
	}

	destroyAll(): void {
		for (const socket of [...this.#open.values()]) socket.destroy();
	}
}

/** Listens on loopback; resolves with the port. */
export async function listen(server: Server, port: number): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			resolve();
		});
	});
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : port;
}

export async function stopListening(server: Server): Promise<void> {
	await new Promise<void>((resolve) => {
		server.close(() => resolve());
	});
}
