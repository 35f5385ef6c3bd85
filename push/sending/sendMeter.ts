import type { Clock } from '../model';
import { type Pace, Pacer } from './pacer';

/** The rate of one send over all its channels; under the throttles of its clients. */
export class SendMeter {
	readonly #pacer: Pacer;

	#starved = false;

	#disarm: (() => void) | undefined;

	/** @param onPermit called when permits can be had again after there were too few */
	constructor(
		private readonly clock: Clock,
		pace: Pace,
		private readonly onPermit: () => void,
	) {
		this.#pacer = new Pacer(pace);
	}

	available(now: number): number {
		if (!this.#starved) this.#pacer.demand(now);
		return this.#pacer.available(now);
	}

	use(count: number): void {
		this.#pacer.use(count);
	}

	/** Somebody could send more, but for this meter. */
	starve(now: number): void {
		this.#starved = true;
		if (this.#disarm) return;
		const delay = Math.max(1, Math.ceil(this.#pacer.nextAt(now) - now));
		this.#disarm = this.clock.after(delay, () => {
			this.#disarm = undefined;
			this.onPermit();
		});
	}

	/** Nobody waits for it any more. */
	rest(): void {
		this.#starved = false;
	}

	close(): void {
		this.#disarm?.();
		this.#disarm = undefined;
	}
}
