import type { Clock } from '../../push/model';
import { NO_PACE, type Pace, Pacer, type PermitSource, createThrottleRegistry } from '../../push/sending';
import { FakeClock } from './fakeClock';

/** A store that several workers share: it has one pace, and answers late. */
class SharedStore {
	readonly #pacer = new Pacer(NO_PACE);

	constructor(private readonly clock: Clock) {}

	setPace(pace: Pace): void {
		this.#pacer.setPace(pace, this.clock.monotonic());
	}

	lease(most: number, given: (count: number) => void): void {
		this.clock.after(7, () => {
			const now = this.clock.monotonic();
			const count = Math.min(most, this.#pacer.available(now));
			this.#pacer.use(count);
			given(count);
		});
	}
}

/** One worker's permits: a lease at a time, used up before the next is asked for. */
class LeasedPermits implements PermitSource {
	#left = 0;

	#asking = false;

	constructor(private readonly store: SharedStore) {}

	demand(): void {
		this.#ask();
	}

	available(): number {
		if (this.#left < 1) this.#ask();
		return this.#left;
	}

	use(count: number): void {
		this.#left -= count;
	}

	nextAt(now: number): number {
		return now + 1;
	}

	setPace(pace: Pace): void {
		this.store.setPace(pace);
	}

	slowTo(): void {}

	#ask(): void {
		if (this.#asking) return;
		this.#asking = true;
		this.store.lease(10, (count) => {
			this.#asking = false;
			this.#left += count;
		});
	}
}

describe('permits leased from a store that several processes share', () => {
	test('keep their common rate, and both get their part', () => {
		const clock = new FakeClock();
		const store = new SharedStore(clock);
		const pace = { ratePerSecond: 500, rampUpMs: 0 };
		const workers = [0, 0].map(() => {
			const registry = createThrottleRegistry({ clock, permits: () => new LeasedPermits(store) });
			const worker = { used: 0 };
			const lane = {
				offer: (count: number) => {
					worker.used += count;
					return count;
				},
				paused: () => undefined,
			};
			registry.get('client').join(lane, pace).wake();
			return worker;
		});
		clock.advance(10_000);
		const [first = 0, second = 0] = workers.map(({ used }) => used);
		expect(Math.abs(first + second - 5_000)).toBeLessThanOrEqual(50);
		expect(Math.min(first, second)).toBeGreaterThan(1_000);
	});
});
