import type { Clock } from '../model';
import { type Pace, Pacer } from './pacer';

interface MeteredLane {
	/** There may be permits for it. */
	wake(): void;
}

/** The rate of one send over all its channels, which take turns; under the throttles of its clients. */
export class SendMeter {
	readonly #pacer: Pacer;

	/** Could send more, but for this meter; in the order in which they came. */
	readonly #starving = new Set<MeteredLane>();

	/** Permits are being given to those that starve. */
	#serving = false;

	#disarm: (() => void) | undefined;

	constructor(
		private readonly clock: Clock,
		pace: Pace,
	) {
		this.#pacer = new Pacer(pace);
	}

	/** Permits for this lane now; none while others wait for their turn. */
	available(now: number, lane: MeteredLane): number {
		if (this.#serving) return this.#pacer.available(now);
		const [first] = this.#starving;
		if (first && first !== lane) return 0;
		if (!first) this.#pacer.demand(now);
		return this.#pacer.available(now);
	}

	/** @param more the lane has more to send */
	use(count: number, now: number, lane: MeteredLane, more: boolean): void {
		this.#pacer.use(count);
		// A try in vain does not cost its place in the queue.
		if (count > 0 || !more) this.#starving.delete(lane);
		if (!more || this.available(now, lane) >= 1) return;
		this.#starving.add(lane);
		this.#arm(now);
	}

	close(): void {
		this.#disarm?.();
		this.#disarm = undefined;
	}

	#arm(now: number): void {
		this.#disarm ??= this.clock.after(Math.max(1, Math.ceil(this.#pacer.nextAt(now) - now)), () => this.#serve());
	}

	/** Who got permits and wants more goes to the end of the queue; who got none keeps its place. */
	#serve(): void {
		this.#disarm = undefined;
		const now = this.clock.monotonic();
		this.#serving = true;
		for (const lane of [...this.#starving]) {
			if (this.#pacer.available(now) < 1) break;
			this.#starving.delete(lane);
			lane.wake();
		}
		this.#serving = false;
		if (this.#starving.size > 0) this.#arm(now);
	}
}
