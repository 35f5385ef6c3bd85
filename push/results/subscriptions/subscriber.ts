import { type Clock, PushError, type Random } from '../../model';
import type { Lease, Store } from '../../store';
import type { Position, Skipped, Source } from './source';

export interface SubscriberSettings {
	/** The same in every process that works on this subscription. */
	readonly id: string;
	/** Items of one delivery at most. */
	readonly batchSize: number;
	/** ms after its first item, at which a delivery goes out although it is not full. */
	readonly maxWaitMs: number;
	/** ms: what is older when the subscriber starts is skipped. `Infinity`: nothing is. */
	readonly catchUpMs: number;
	/** ms between two looks, besides those that an event brings on. */
	readonly pollMs: number;
}

export interface Delivery<Item> {
	readonly items: readonly Item[];
	/** What was skipped since the last delivery. */
	readonly skipped: readonly Skipped[];
	/** From 1; the third one is the last. */
	readonly attempt: number;
}

export interface SubscriberPorts<Item> {
	/** Resolved when the delivery has been dealt with. A failure brings it again, twice. */
	deliver(delivery: Delivery<Item>): Promise<'done' | 'failed'>;
	/** A delivery was given up. */
	onSkipped(skipped: Skipped): void;
	/** The store cannot be used; tried again until it can. Told once per outage. */
	onTrouble(error: unknown): void;
	/** Calls back when something may have come. @returns how to stop */
	onNews(wake: () => void): Promise<() => Promise<void>>;
}

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const ATTEMPTS = 3;
/** How long stopping waits for a delivery under way. */
const STOP_MS = 5_000;
/** How long a delivery under way keeps the lease after a stop, ms: one that takes longer has been lost somewhere. */
const LOST_MS = 3_600_000;
/** Before a failed delivery comes again, ms. */
const RETRY_MS = 1_000;

interface Held {
	position: Position;
	failures: number;
	/** Items of the next delivery at most: one that has failed comes again without what has come since. */
	limit: number;
	lost: boolean;
}

/** The next delivery, and where the subscription is after it. */
interface Collected<Item> {
	readonly items: readonly Item[];
	readonly position: Position;
	/** What is missing before the items, besides what is known already. */
	readonly skipped: readonly Skipped[];
}

/**
 * Brings the items of a source to a subscriber: in their order, one delivery at a time, at least once. The cursor lies
 * in the store and is moved when a delivery is done; a lease keeps a second process from working on it at the same time.
 */
export class Subscriber<Item> {
	readonly #holder: string;

	#stopped = false;

	/** Epoch ms. */
	#startedAt = 0;

	#caughtUp = false;

	#skipped: Skipped[] = [];

	#signal = Promise.withResolvers<void>();

	#ended: Promise<void> = Promise.resolve();

	#delivering = false;

	/** The outage has been told of; over when the store has been read again. */
	#inTrouble = false;

	constructor(
		private readonly store: Pick<Store, 'subscriptions'>,
		private readonly source: Source<Item>,
		private readonly settings: SubscriberSettings,
		private readonly ports: SubscriberPorts<Item>,
		private readonly clock: Clock,
		random: Random,
	) {
		this.#holder = random.uuid();
	}

	/** @throws {PushError} `StoreUnavailable` when the first look at the store fails */
	async start(): Promise<void> {
		this.#startedAt = this.clock.now();
		// A subscription begins where the log ends at the moment it is made, not when its first lease is had.
		const first = await this.#acquire();
		const stopListening = await this.ports.onNews(() => this.#wake());
		this.#ended = this.#run(first).finally(stopListening);
	}

	/**
	 * Begins nothing new, and waits some seconds for a delivery under way. One that takes longer keeps the lease until it
	 * has ended, an hour at most, so that nobody begins with the same items; when the process ends before it, they come
	 * again.
	 */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#wake();
		const over = this.#within(LOST_MS, this.#ended).finally(async () => await this.#release());
		await this.#within(STOP_MS, over);
	}

	/** Waits for something so long at most. */
	async #within(ms: number, work: Promise<void>): Promise<void> {
		let disarm = () => {};
		const patience = new Promise<void>((resolve) => (disarm = this.clock.after(ms, resolve, 'background')));
		await Promise.race([work, patience]).finally(disarm);
	}

	async #run(first: Held | undefined): Promise<void> {
		let held = first;
		while (!this.#stopped) {
			try {
				held ??= await this.#acquire();
				if (held) await this.#work(held);
				else await this.#wait(RENEW_MS);
			} catch (error) {
				if (!this.#inTrouble && !isLost(error)) this.ports.onTrouble(error);
				this.#inTrouble = !isLost(error);
				await this.#wait(RETRY_MS);
			}
			held = undefined;
		}
	}

	/** A store that cannot be reached lets the lease run out by itself. */
	async #release(): Promise<void> {
		await this.store.subscriptions.release(this.settings.id, this.#holder).catch(() => {});
	}

	async #acquire(): Promise<Held | undefined> {
		const { id, batchSize: limit, catchUpMs } = this.settings;
		const end = await this.source.end();
		const found = await this.store.subscriptions.acquire(id, this.#lease(), { ...end, failures: 0 });
		if (!found) return undefined;
		const { failures, ...position } = found;
		if (this.#caughtUp) return { position, failures, limit, lost: false };
		// Counted from the start: the lease may be had later, and what has come since is not late.
		const since = catchUpMs === Infinity ? 0 : this.#startedAt - catchUpMs;
		const caughtUp = await this.source.skipTo(position, since);
		this.#caughtUp = true;
		this.#skipped.push(...caughtUp.skipped);
		return { position: caughtUp.position, failures, limit, lost: false };
	}

	async #work(held: Held): Promise<void> {
		const disarm = this.#keepLease(held);
		try {
			while (!this.#stopped && !held.lost) {
				const batch = await this.#collect(held);
				if (!batch) continue;
				// The last look before anything leaves: whoever has lost the lease stays silent.
				if (this.#stopped || !(await this.#renew())) return;
				await this.#deliver(held, batch);
			}
		} finally {
			disarm();
		}
	}

	/** The next delivery; undefined when there is nothing, or when it is over. */
	async #collect(held: Held): Promise<Collected<Item> | undefined> {
		const { maxWaitMs, pollMs } = this.settings;
		const items: Item[] = [];
		const skipped: Skipped[] = [];
		let position = held.position;
		let due = Infinity;
		for (;;) {
			const signal = this.#signal.promise;
			const read = await this.source.read(position, held.limit - items.length);
			this.#inTrouble = false;
			items.push(...read.items);
			position = read.position;
			// What comes before the first item is over; what comes later is told of again with the items, if they fail.
			if (items.length === 0) {
				held.position = position;
				this.#skipped.push(...(read.skipped ?? []));
			} else skipped.push(...(read.skipped ?? []));
			if (this.#stopped || held.lost) return undefined;
			if (items.length >= held.limit) return { items, position, skipped };
			const now = this.clock.monotonic();
			if (items.length > 0 && due === Infinity) due = now + maxWaitMs;
			if (now >= due) return { items, position, skipped };
			if (!read.more) await this.#waitFor(signal, Math.min(pollMs, due - now));
		}
	}

	async #deliver(held: Held, { items, position, skipped: missing }: Collected<Item>): Promise<void> {
		const skipped = [...this.#skipped, ...missing];
		this.#delivering = true;
		const outcome = await this.ports
			.deliver({ items, skipped, attempt: held.failures + 1 })
			.finally(() => (this.#delivering = false));
		if (outcome === 'done') this.#skipped = [];
		else {
			held.failures += 1;
			held.limit = items.length;
		}
		const givenUp = outcome === 'failed' && held.failures >= ATTEMPTS;
		if (givenUp) {
			const lost: Skipped = { reason: 'failed', count: items.length };
			this.#skipped = [...skipped, lost];
			this.ports.onSkipped(lost);
		}
		if (outcome === 'done' || givenUp) {
			held.position = position;
			held.failures = 0;
			held.limit = this.settings.batchSize;
		}
		await this.#save(held);
		if (held.failures > 0) await this.#wait(RETRY_MS * held.failures);
	}

	async #save({ position, failures }: Held): Promise<void> {
		await this.store.subscriptions.advance(this.settings.id, this.#lease(), { ...position, failures });
	}

	async #renew(): Promise<boolean> {
		return await this.store.subscriptions.renew(this.settings.id, this.#lease());
	}

	/** Renews the lease while it is held, and keeps how far was looked although nothing was found. */
	#keepLease(held: Held): () => void {
		let saved = held.position;
		let disarm = () => {};
		const beat = async () => {
			if (!this.#delivering && held.position !== saved) {
				saved = held.position;
				await this.#save(held);
			} else if (!(await this.#renew())) held.lost = true;
		};
		const arm = () => {
			disarm = this.clock.after(
				RENEW_MS,
				() => {
					// Without an answer from the store nothing can be done, and nothing is: each delivery asks again.
					beat()
						.catch((error: unknown) => (held.lost ||= isLost(error)))
						.finally(() => {
							if (!held.lost) arm();
							else this.#wake();
						});
				},
				'background',
			);
		};
		arm();
		return () => {
			held.lost = true;
			disarm();
		};
	}

	#lease(): Lease {
		const now = this.clock.now();
		return { holder: this.#holder, now, until: now + LEASE_MS };
	}

	#wake(): void {
		this.#signal.resolve();
		this.#signal = Promise.withResolvers();
	}

	async #wait(ms: number): Promise<void> {
		if (!this.#stopped) await this.#waitFor(this.#signal.promise, ms);
	}

	async #waitFor(signal: Promise<void>, ms: number): Promise<void> {
		let disarm = () => {};
		const time = new Promise<void>((resolve) => (disarm = this.clock.after(Math.max(0, ms), resolve, 'background')));
		await Promise.race([signal, time]);
		disarm();
	}
}

function isLost(error: unknown): boolean {
	return error instanceof PushError && error.code === 'StaleWrite';
}
