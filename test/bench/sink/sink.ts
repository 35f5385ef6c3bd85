import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Batch, SinkConnection } from './connection';
import { Ledger } from './ledger';
import type { SinkAddress, SinkIdentity, SinkReport, SinkSettings } from './types';

const PLAIN: SinkSettings = { shape: 'apns', maxStreams: 1000, delayMs: 0 };
const ACCESS_TOKEN = JSON.stringify({
	access_token: `ya29.${'c'.repeat(150)}`,
	expires_in: 3599,
	token_type: 'Bearer',
});

/** A server that does nothing but answer pushes, as fast as it can, and count them. HTTP/2 over TLS. */
export class Sink {
	#settings = PLAIN;

	#ledger = new Ledger(0);

	#connections = new Set<SinkConnection>();

	#delayed: Batch[] = [];

	#timer: NodeJS.Timeout | undefined;

	#flapping: NodeJS.Timeout | undefined;

	private constructor(
		private readonly servers: readonly NetServer[],
		readonly address: SinkAddress,
	) {}

	static async start(identity: SinkIdentity): Promise<Sink> {
		const server = createTlsServer({ ...identity, ALPNProtocols: ['h2'] });
		const tokens = createHttpsServer(identity, (request, response) => {
			request.resume();
			response.writeHead(200, { 'content-type': 'application/json' }).end(ACCESS_TOKEN);
		});
		const [port, tokenPort] = await Promise.all([listening(server), listening(tokens)]);
		const sink = new Sink([server, tokens], {
			origin: `https://127.0.0.1:${port}`,
			tokenUrl: `https://127.0.0.1:${tokenPort}/token`,
		});
		server.on('secureConnection', (socket) => {
			socket.setNoDelay(true);
			const connection: SinkConnection = new SinkConnection(socket, {
				settings: sink.#settings,
				ledger: sink.#ledger,
				delay: (batch) => sink.#delay(batch),
			});
			sink.#connections.add(connection);
			socket.once('close', () => sink.#connections.delete(connection));
		});
		server.on('tlsClientError', () => undefined);
		return sink;
	}

	/** Forgets what it saw and whom it is connected to, and behaves like this from now on. */
	configure(settings: SinkSettings): void {
		for (const connection of this.#connections) connection.destroy();
		this.#delayed = [];
		this.#settings = settings;
		this.#ledger = new Ledger(settings.measuredFrom ?? 0);
		clearInterval(this.#flapping);
		const flapMs = settings.faults?.flapMs;
		if (flapMs === undefined) return;
		let one = false;
		this.#flapping = setInterval(() => {
			one = !one;
			for (const connection of this.#connections) connection.announce(one ? 1 : settings.maxStreams);
		}, flapMs);
	}

	report(): SinkReport {
		return this.#ledger.report();
	}

	async close(): Promise<void> {
		clearInterval(this.#flapping);
		clearTimeout(this.#timer);
		for (const connection of this.#connections) connection.destroy();
		await Promise.all(
			this.servers.map(async (server) => await new Promise<void>((resolve) => server.close(() => resolve()))),
		);
	}

	#delay(batch: Batch): void {
		this.#delayed.push(batch);
		this.#timer ??= setTimeout(() => this.#release(), this.#settings.delayMs);
	}

	#release(): void {
		const now = performance.now();
		// One delay for all: what came first is due first.
		let due = 0;
		for (let first = this.#delayed[0]; first && first.dueAt <= now + 0.5; first = this.#delayed[due]) {
			first.connection.release(first);
			due += 1;
		}
		this.#delayed.splice(0, due);
		const next = this.#delayed[0];
		this.#timer = next ? setTimeout(() => this.#release(), Math.max(1, next.dueAt - now)) : undefined;
	}
}

async function listening(server: NetServer): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === 'string') throw new Error('The sink has no port.');
	return address.port;
}
