import type { Clock } from '../model';
import { Pacer, type PermitSource } from './pacer';
import { Throttle } from './throttle';

/** A throttle nobody used for this long is forgotten: ms. One that is still closed, by a pause or a slow pace, is kept. */
const IDLE_MS = 60_000;

interface Entry {
	readonly throttle: Throttle;
	forget: (() => void) | undefined;
}

export interface ThrottleRegistryDeps {
	readonly clock: Clock;
	/** Where the permits of a client come from. @default a {@link Pacer} of this process */
	readonly permits?: (key: string) => PermitSource;
}

/** The throttles of this process, one per client key: all executions that send with a credential share its pace. */
export class ThrottleRegistry {
	readonly #entries = new Map<string, Entry>();

	readonly #clock: Clock;

	readonly #permits: (key: string) => PermitSource;

	constructor(deps: ThrottleRegistryDeps) {
		this.#clock = deps.clock;
		this.#permits = deps.permits ?? (() => new Pacer());
	}

	get size(): number {
		return this.#entries.size;
	}

	/** The throttle of a client, made at first use; to be joined before anything else is awaited. */
	get(key: string): Throttle {
		const known = this.#entries.get(key);
		if (known) {
			known.forget?.();
			known.forget = undefined;
			return known.throttle;
		}
		const throttle = new Throttle(this.#clock, this.#permits(key), () => this.#forgetLater(key));
		this.#entries.set(key, { throttle, forget: undefined });
		return throttle;
	}

	#forgetLater(key: string): void {
		const entry = this.#entries.get(key);
		if (!entry) return;
		const now = this.#clock.monotonic();
		const closedMs = entry.throttle.opensAt(now) - now;
		entry.forget?.();
		entry.forget = this.#clock.after(Math.max(IDLE_MS, closedMs), () => this.#forget(key, entry), 'background');
	}

	/** Answers that came after the last send had left may have closed it again. */
	#forget(key: string, { throttle }: Entry): void {
		const now = this.#clock.monotonic();
		if (throttle.opensAt(now) > now) this.#forgetLater(key);
		else this.#entries.delete(key);
	}
}

/** @see ThrottleRegistry */
export function createThrottleRegistry(deps: ThrottleRegistryDeps): ThrottleRegistry {
	return new ThrottleRegistry(deps);
}
