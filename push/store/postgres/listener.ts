import type { ClientBase, Pool, PoolClient } from 'pg';

/** After a lost connection, ms until the next try. */
const RECONNECT_MS = 1_000;

/**
 * One connection that hears NOTIFY. Lost, it is made anew; what was said meanwhile is unheard, so the listeners are
 * called once it stands again.
 */
export class Listener {
	readonly #listeners = new Set<() => void>();

	#client: PoolClient | undefined;

	#connecting: Promise<void> | undefined;

	#retry: NodeJS.Timeout | undefined;

	/** @param channel an identifier, not quoted */
	constructor(
		private readonly pool: Pool,
		private readonly channel: string,
	) {}

	/** @throws the driver's error when there is no connection to be had */
	async add(onWritten: () => void): Promise<() => Promise<void>> {
		this.#listeners.add(onWritten);
		try {
			await this.#connect();
		} catch (error) {
			this.#listeners.delete(onWritten);
			throw error;
		}
		return async () => {
			this.#listeners.delete(onWritten);
			if (this.#listeners.size === 0) await this.close();
		};
	}

	async close(): Promise<void> {
		clearTimeout(this.#retry);
		this.#listeners.clear();
		const client = this.#client;
		this.#client = undefined;
		// The connection is ended, not given back: it still listens.
		client?.release(true);
	}

	async #connect(): Promise<void> {
		if (this.#client) return;
		this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined));
		await this.#connecting;
	}

	async #open(): Promise<void> {
		const client = await this.pool.connect();
		const lost = () => this.#lost(client);
		client.on('error', lost);
		client.on('end', lost);
		client.on('notification', () => this.#call());
		try {
			await client.query(`LISTEN ${this.channel}`);
		} catch (error) {
			client.release(true);
			throw error;
		}
		if (this.#listeners.size === 0) client.release(true);
		else this.#client = client;
	}

	#lost(client: ClientBase): void {
		if (this.#client !== client) return;
		this.#client.release(true);
		this.#client = undefined;
		this.#reconnectSoon();
	}

	#reconnectSoon(): void {
		if (this.#listeners.size === 0) return;
		this.#retry = setTimeout(() => {
			this.#connect().then(
				() => this.#call(),
				() => this.#reconnectSoon(),
			);
		}, RECONNECT_MS);
		this.#retry.unref();
	}

	#call(): void {
		for (const onWritten of this.#listeners) onWritten();
	}
}
