/** How fast. */
export interface Pace {
	/** Messages per second; Infinity = no cap. */
	readonly ratePerSecond: number;
	/** ms in which the rate rises linearly from 0 to its full value; 0 = at once. */
	readonly rampUpMs: number;
	/** Messages per second that the whole throttle stays within while this send takes part, whatever others ask for. */
	readonly most?: number;
}

export const NO_PACE: Pace = { ratePerSecond: Infinity, rampUpMs: 0 };

/**
 * Where permits to send come from. {@link Pacer} makes them within this process; a source that leases them from a
 * store shared by several processes takes its place behind the same throttle. All moments are monotonic ms.
 */
export interface PermitSource {
	/** Somebody wants permits again after nobody did. */
	demand(now: number): void;
	/** Permits that may be used now; Infinity without a cap. */
	available(now: number): number;
	/** Takes permits, at most as many as are `available` now. */
	use(count: number): void;
	/** When to ask again once none is available. */
	nextAt(now: number): number;
	setPace(pace: Pace, now: number): void;
	/** Slows down to this fraction (0 to 1) of the pace. */
	slowTo(fraction: number, now: number): void;
}

/**
 * Late permits that may be caught up, in ms of the full rate. 20 ms are the 1 % of a window of 2 s that the count may
 * differ; one permit's time is kept back for the rounding to whole messages.
 */
function catchUpMs(permitsPerMs: number): number {
	return Math.max(10, 20 - 1 / permitsPerMs);
}

/**
 * Permits in virtual time: each has its slot, exactly `1 / rate` after the one before (during the ramp-up: where the
 * integral of the rising rate reaches the next whole number). Timers that fire late find the slots that have passed
 * and may use those of the last ~20 ms; older ones are lost, so that nothing ever bursts.
 */
export class Pacer implements PermitSource {
	#pace: Pace = NO_PACE;

	#fraction = 1;

	/** Permits per ms at full rate. */
	#rate = Infinity;

	#ramp = 0;

	/** Moment of the next permit. */
	#slot = -Infinity;

	/** Position on the ramp at that moment, ms; stays at the ramp's length once it is climbed. */
	#climbed = 0;

	constructor(pace: Pace = NO_PACE) {
		this.#set(pace, 1);
	}

	/** The ramp falls back, as it rose, by the time in which nobody sent. */
	demand(now: number): void {
		const idle = now - this.#slot;
		if (idle <= catchUpMs(this.#rate)) return;
		this.#slot = now;
		this.#climbed = Math.max(0, this.#climbed - idle);
	}

	available(now: number): number {
		if (this.#rate === Infinity) return Infinity;
		let late = now - this.#slot;
		if (late < 0) return 0;
		const limit = catchUpMs(this.#rate);
		if (late > limit) {
			this.#climbed = Math.max(0, this.#climbed - (late - limit));
			this.#slot = now - limit;
			late = limit;
		}
		return 1 + Math.floor(this.#permitsWithin(this.#climbed, late));
	}

	use(count: number): void {
		if (this.#rate === Infinity) return;
		const time = this.#timeFor(this.#climbed, count);
		this.#slot += time;
		this.#climbed = Math.min(this.#ramp, this.#climbed + time);
	}

	nextAt(now: number): number {
		return this.#rate === Infinity ? now : Math.max(now, this.#slot);
	}

	/** A higher rate is reached from the present one over the ramp's remaining part, a lower one at once. */
	setPace(pace: Pace, now: number): void {
		if (pace.ratePerSecond === this.#pace.ratePerSecond && pace.rampUpMs === this.#pace.rampUpMs) return;
		this.#change(now, (climbed) => {
			const before = this.#rate === Infinity ? 0 : this.#rateAt(climbed);
			this.#set(pace, this.#fraction);
			return this.#ramp * Math.min(1, before / this.#rate);
		});
	}

	slowTo(fraction: number, now: number): void {
		this.#change(now, (climbed) => {
			this.#set(this.#pace, fraction);
			return climbed;
		});
	}

	#set(pace: Pace, fraction: number): void {
		this.#pace = pace;
		this.#fraction = fraction;
		this.#rate = (pace.ratePerSecond * fraction) / 1000;
		this.#ramp = this.#rate === Infinity ? 0 : pace.rampUpMs;
	}

	/** What is left of the permit being waited for is waited for at the new rate. */
	#change(now: number, apply: (climbed: number) => number): void {
		const wait = this.#slot - now;
		if (wait <= 0 || this.#rate === Infinity) {
			this.#climbed = apply(this.#climbed);
			return;
		}
		const climbedNow = this.#climbed >= this.#ramp ? this.#ramp : Math.max(0, this.#climbed - wait);
		const owed = Math.min(1, this.#permitsWithin(climbedNow, wait));
		const climbed = apply(climbedNow);
		const time = this.#rate === Infinity ? 0 : this.#timeFor(climbed, owed);
		this.#slot = now + time;
		this.#climbed = Math.min(this.#ramp, climbed + time);
	}

	#rateAt(climbed: number): number {
		return climbed < this.#ramp ? (this.#rate * climbed) / this.#ramp : this.#rate;
	}

	/** Integral of the rate over `time` from a position on the ramp. */
	#permitsWithin(climbed: number, time: number): number {
		if (climbed >= this.#ramp) return time * this.#rate;
		return this.#permitsUntil(climbed + time) - this.#permitsUntil(climbed);
	}

	/** The inverse: how long `count` permits take from a position on the ramp. */
	#timeFor(climbed: number, count: number): number {
		if (climbed >= this.#ramp) return count / this.#rate;
		const target = this.#permitsUntil(climbed) + count;
		const onRamp = (this.#rate * this.#ramp) / 2;
		const end =
			target <= onRamp ? Math.sqrt((2 * this.#ramp * target) / this.#rate) : target / this.#rate + this.#ramp / 2;
		return end - climbed;
	}

	#permitsUntil(climbed: number): number {
		if (climbed <= this.#ramp && this.#ramp > 0) return (this.#rate * climbed * climbed) / (2 * this.#ramp);
		return this.#rate * (climbed - this.#ramp / 2);
	}
}
