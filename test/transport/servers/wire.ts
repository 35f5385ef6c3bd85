import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP relay in front of a server: a network that can fall silent without closing anything. */
export class Wire {
	#frozen = new WeakSet<Socket>();

	readonly #pairs = new Set<readonly [Socket, Socket]>();

	connections = 0;

	private constructor(
		private readonly server: Server,
		private readonly targetPort: number,
	) {
		server.on('connection', (near) => this.#relay(near));
	}

	static async to(targetPort: number): Promise<Wire> {
		const server = createServer();
		const wire = new Wire(server, targetPort);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return wire;
	}

	get port(): number {
		const address: AddressInfo | string | null = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The wire is not there.');
		return address.port;
	}

	/** Connections of now carry nothing any more; later ones do. */
	freeze(): void {
		for (const [near] of this.#pairs) this.#frozen.add(near);
	}

	get open(): number {
		return this.#pairs.size;
	}

	async stop(): Promise<void> {
		for (const [near, far] of this.#pairs) {
			near.destroy();
			far.destroy();
		}
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	#relay(near: Socket): void {
		this.connections += 1;
		const far = connect(this.targetPort, '127.0.0.1');
		const pair = [near, far] as const;
		this.#pairs.add(pair);
		const pass = (from: Socket, to: Socket) => {
			from.on('data', (chunk) => {
				if (!this.#frozen.has(near)) to.write(chunk);
			});
			from.on('error', () => undefined);
			from.on('close', () => {
				if (!this.#frozen.has(near)) to.destroy();
				this.#pairs.delete(pair);
			});
		};
		pass(near, far);
		pass(far, near);
	}
}
