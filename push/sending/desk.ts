import type { Clock, DeliveryResult, Random } from '../model';
import type { Flight } from './flight';
import type { Lane } from './lane';
import type { RetryQueue } from './retryQueue';
import type { SendSettings } from './settings';
import type { ThrottleRegistry } from './throttleRegistry';

/** What a send offers to each of its lanes. */
export interface DispatchDesk {
	readonly clock: Clock;
	readonly random: Random;
	readonly throttles: ThrottleRegistry;
	readonly settings: SendSettings;
	readonly retries: RetryQueue<Flight>;
	/** Changes with each batch of results. */
	readonly batchNumber: number;
	/** Monotonic ms, as it was when the answers of now began to come in. */
	readonly now: number;
	/** Requests the send as a whole allows this lane to begin now. */
	room(now: number, lane: Lane): number;
	/** The lane began requests, perhaps none. `more`: it has more to send. */
	spent(count: number, now: number, lane: Lane, more: boolean): void;
	/** A request ended. */
	landed(): void;
	/** Something happened that may let others go on; looked into soon, once for all that happens now. */
	changed(): void;
	/** A recipient has its result. */
	finish(result: DeliveryResult): void;
	/** A fault that no recipient can be blamed for: ends the send, and is thrown to its reader. */
	fail(error: unknown): void;
}
