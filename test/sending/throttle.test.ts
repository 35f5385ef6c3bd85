import fc from 'fast-check';
import { Pacer, type Pace, Throttle, type ThrottleLane, type Membership } from '../../push/sending';
import { FakeClock } from './fakeClock';

jest.setTimeout(60_000);

/** A send that always wants more, and notes when it got permits. */
class Hungry implements ThrottleLane {
	readonly grants: number[] = [];

	pausedUntil: number | undefined;

	/** At most this many at a time; what is left over is wanted again after 1 ms. */
	bite = Infinity;

	member: Membership | undefined;

	constructor(private readonly clock: FakeClock) {}

	join(throttle: Throttle, pace: Pace): this {
		this.member = throttle.join(this, pace);
		this.member.wake();
		return this;
	}

	offer(count: number): number {
		const used = Math.min(count, this.bite);
		for (let i = 0; i < used; i += 1) this.grants.push(this.clock.monotonic());
		if (used < count) this.clock.after(1, () => this.member?.wake());
		return used;
	}

	paused(until: number): void {
		this.pausedUntil = until;
	}
}

/** First index whose moment is not before `at`. */
function indexAt(moments: readonly number[], at: number): number {
	let [low, high] = [0, moments.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((moments[middle] ?? Infinity) < at) low = middle + 1;
		else high = middle;
	}
	return low;
}

/**
 * By how much the count in a window exceeds what is allowed, at the worst: over windows that begin and end with a
 * grant (those hold the most) and those that lie between two grants (those hold the least).
 */
function worstWindow(moments: readonly number[], ratePerMs: number, allowed: (expected: number) => number): number {
	const instants = [...new Set(moments)];
	const last = instants[instants.length - 1] ?? 0;
	let worst = -Infinity;
	for (const length of [2000, 2740, 5000, 10_000]) {
		for (const start of instants) {
			if (start + length > last) break;
			const expected = ratePerMs * length;
			const closed = indexAt(moments, start + length + 1e-9) - indexAt(moments, start);
			const open = indexAt(moments, start + length) - indexAt(moments, start + 1e-9);
			worst = Math.max(worst, closed - expected - allowed(expected), expected - open - allowed(expected));
		}
	}
	return worst;
}

describe('the pace of a throttle', () => {
	test.each([
		{ ratePerSecond: 1, seconds: 60 },
		{ ratePerSecond: 100, seconds: 30 },
		{ ratePerSecond: 5000, seconds: 12 },
		{ ratePerSecond: 25_000, seconds: 11 },
	])('$ratePerSecond/s: any window of 2 s or more is right within 1 % or one message', ({ ratePerSecond, seconds }) => {
		fc.assert(
			fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (lateness) => {
				const clock = new FakeClock();
				clock.lateness = () => lateness.next().value ?? 0;
				const lane = new Hungry(clock).join(new Throttle(clock), { ratePerSecond, rampUpMs: 0 });
				clock.advance(seconds * 1000);
				// A timer that is up to 3 ms late moves what it grants by as much; at a low rate that is all there is to it.
				const moved = ratePerSecond < 100 ? 0.003 * ratePerSecond : 0;
				const worst = worstWindow(
					lane.grants,
					ratePerSecond / 1000,
					(expected) => Math.max(1, expected * 0.01) + moved,
				);
				expect(worst).toBeLessThanOrEqual(1e-6);
				expect(Math.abs(lane.grants.length - ratePerSecond * seconds)).toBeLessThanOrEqual(
					Math.max(1, ratePerSecond * seconds * 0.001),
				);
			}),
			{ numRuns: ratePerSecond > 1000 ? 3 : 20 },
		);
	});

	test.each([100, 5000, 25_000])('%i/s: the first second holds no burst', (ratePerSecond) => {
		const clock = new FakeClock();
		const lane = new Hungry(clock).join(new Throttle(clock), { ratePerSecond, rampUpMs: 0 });
		expect(lane.grants).toHaveLength(1);
		for (let ms = 10; ms <= 1000; ms += 10) {
			clock.advance(10);
			expect(Math.abs(lane.grants.length - (ratePerSecond * ms) / 1000)).toBeLessThanOrEqual(
				Math.max(1, (ratePerSecond * 1.5) / 1000),
			);
		}
	});

	test('a stalled process catches up on 20 ms at most', () => {
		const clock = new FakeClock();
		const lane = new Hungry(clock).join(new Throttle(clock), { ratePerSecond: 5000, rampUpMs: 0 });
		clock.advance(1000);
		const before = lane.grants.length;
		clock.lateness = () => 500;
		clock.advance(2);
		clock.lateness = () => 0;
		const mark = clock.monotonic();
		clock.advance(600);
		const after = lane.grants.filter((at) => at > mark);
		const resumed = after[0] ?? 0;
		expect(resumed).toBeGreaterThan(mark + 400);
		expect(after.filter((at) => at === resumed).length).toBeLessThanOrEqual(101);
		expect(lane.grants.length - before).toBeLessThanOrEqual(5 * (mark + 600 - resumed) + 120);
	});

	test('after a time without sends nothing is caught up', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const lane = new Hungry(clock).join(throttle, { ratePerSecond: 5000, rampUpMs: 0 });
		lane.member?.leave();
		clock.advance(60_000);
		const next = new Hungry(clock).join(throttle, { ratePerSecond: 5000, rampUpMs: 0 });
		expect(next.grants).toHaveLength(1);
		clock.advance(100);
		expect(next.grants.length).toBeLessThanOrEqual(502);
	});

	test('sends one after the other share the pace', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const grants: number[] = [];
		for (let i = 0; i < 50; i += 1) {
			const lane = new Hungry(clock);
			lane.bite = 1;
			lane.join(throttle, { ratePerSecond: 100, rampUpMs: 0 });
			while (lane.grants.length === 0) clock.advance(1);
			lane.member?.leave();
			grants.push(...lane.grants);
		}
		expect(grants[49]).toBeGreaterThanOrEqual(480);
		expect(grants[49]).toBeLessThanOrEqual(500);
	});

	test('without a cap everything goes at once', () => {
		const clock = new FakeClock();
		const lane = new Hungry(clock);
		lane.bite = 100_000;
		lane.join(new Throttle(clock), { ratePerSecond: Infinity, rampUpMs: 60_000 });
		expect(lane.grants).toHaveLength(100_000);
	});
});

describe('the ramp-up', () => {
	test('the count follows the integral of the rising rate', () => {
		fc.assert(
			fc.property(fc.constantFrom(10, 500, 10_000), fc.integer({ min: 100, max: 60_000 }), (rate, rampUpMs) => {
				const clock = new FakeClock();
				const lane = new Hungry(clock).join(new Throttle(clock), { ratePerSecond: rate, rampUpMs });
				for (let step = 1; step <= 20; step += 1) {
					clock.advance(rampUpMs / 10);
					const t = (step * rampUpMs) / 10;
					const integral = t < rampUpMs ? (rate * t * t) / (2 * rampUpMs * 1000) : (rate * (t - rampUpMs / 2)) / 1000;
					expect(Math.abs(lane.grants.length - integral)).toBeLessThanOrEqual(1 + (rate / 1000) * 1.1);
				}
			}),
			{ numRuns: 8 },
		);
	});

	test('it falls back while nobody sends, and begins again from there', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const pace = { ratePerSecond: 500, rampUpMs: 60_000 };
		const first = new Hungry(clock).join(throttle, pace);
		clock.advance(60_000);
		first.member?.leave();
		clock.advance(30_000);
		const second = new Hungry(clock).join(throttle, pace);
		clock.advance(1000);
		// Half way down the ramp: 250/s.
		expect(second.grants.length).toBeGreaterThan(245);
		expect(second.grants.length).toBeLessThan(262);
		second.member?.leave();
		clock.advance(60_000);
		const third = new Hungry(clock).join(throttle, pace);
		clock.advance(1000);
		expect(third.grants.length).toBeLessThanOrEqual(6);
	});

	test('a send that asks for more climbs to it from the rate that is on', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const slow = new Hungry(clock).join(throttle, { ratePerSecond: 500, rampUpMs: 0 });
		clock.advance(2000);
		const fast = new Hungry(clock).join(throttle, { ratePerSecond: 1000, rampUpMs: 10_000 });
		const before = slow.grants.length;
		clock.advance(1000);
		const first = slow.grants.length - before + fast.grants.length;
		expect(first).toBeGreaterThan(540);
		expect(first).toBeLessThan(560);
		clock.advance(4000);
		const mark = slow.grants.length + fast.grants.length;
		clock.advance(1000);
		expect(Math.abs(slow.grants.length + fast.grants.length - mark - 1000)).toBeLessThanOrEqual(10);
		fast.member?.leave();
		const left = slow.grants.length;
		clock.advance(1000);
		expect(Math.abs(slow.grants.length - left - 500)).toBeLessThanOrEqual(6);
	});
});

describe('sends on one throttle', () => {
	test.each([1, 10, 5000])('get the same share at %i/s', (ratePerSecond) => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const lanes = [1, 2, 3].map(() => new Hungry(clock).join(throttle, { ratePerSecond, rampUpMs: 0 }));
		clock.advance(30_000);
		const counts = lanes.map(({ grants }) => grants.length);
		const total = counts.reduce((a, b) => a + b);
		expect(Math.abs(total - 30 * ratePerSecond)).toBeLessThanOrEqual(Math.max(1, 0.3 * ratePerSecond));
		for (const count of counts) expect(Math.abs(count - total / 3)).toBeLessThanOrEqual(Math.max(1, total * 0.01));
	});

	test('what one cannot use goes to the others', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const slow = new Hungry(clock);
		slow.bite = 1;
		slow.join(throttle, { ratePerSecond: 5000, rampUpMs: 0 });
		const fast = new Hungry(clock).join(throttle, { ratePerSecond: 5000, rampUpMs: 0 });
		clock.advance(10_000);
		expect(slow.grants.length + fast.grants.length).toBeGreaterThanOrEqual(49_500);
		expect(slow.grants.length).toBeLessThanOrEqual(10_100);
	});

	test('without a cap they take turns of a few', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const order: string[] = [];
		const join = (name: string) => {
			let left = 1000;
			const offer = (count: number) => {
				const used = Math.min(count, left);
				left -= used;
				for (let i = 0; i < used; i += 1) order.push(name);
				return used;
			};
			throttle.join({ offer, paused: () => {} }, { ratePerSecond: Infinity, rampUpMs: 0 }).wake();
		};
		throttle.pause(100);
		join('a');
		join('b');
		clock.advance(100);
		expect(order).toHaveLength(2000);
		expect(order.slice(0, 200).filter((name) => name === 'b').length).toBeGreaterThanOrEqual(72);
	});

	test('a send without need of permits keeps no timer alive', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const lane = new Hungry(clock).join(throttle, { ratePerSecond: 1, rampUpMs: 0 });
		expect(clock.timers).toBe(1);
		lane.member?.leave();
		expect(clock.timers).toBe(0);
	});
});

describe('pauses', () => {
	test('nobody sends during a pause, and it ends by itself', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const lane = new Hungry(clock).join(throttle, { ratePerSecond: 100, rampUpMs: 0 });
		clock.advance(1000);
		const before = lane.grants.length;
		throttle.pause(clock.monotonic() + 5000);
		throttle.pause(clock.monotonic() + 1000);
		expect(lane.pausedUntil).toBe(6000);
		clock.advance(4999);
		expect(lane.grants).toHaveLength(before);
		clock.advance(1001);
		expect(Math.abs(lane.grants.length - before - 100)).toBeLessThanOrEqual(3);
	});

	test('a provider that is overrun gets half the rate, then 10 % more each second', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const lane = new Hungry(clock).join(throttle, { ratePerSecond: 1000, rampUpMs: 0 });
		clock.advance(2000);
		// Requests under way are refused, too: one pause, one halving.
		for (let i = 0; i < 50; i += 1) throttle.slowDown(clock.monotonic() + 3000);
		clock.advance(1500);
		throttle.slowDown(clock.monotonic() + 1500);
		clock.advance(1500);
		const rates: number[] = [];
		for (let second = 0; second < 8; second += 1) {
			const before = lane.grants.length;
			clock.advance(1000);
			rates.push(lane.grants.length - before);
		}
		expect(rates.map((rate) => Math.round(rate / 50) * 50)).toEqual([500, 600, 700, 800, 900, 1000, 1000, 1000]);
	});

	test('refused again after the pause, it is halved again', () => {
		const clock = new FakeClock();
		const throttle = new Throttle(clock);
		const lane = new Hungry(clock).join(throttle, { ratePerSecond: 1000, rampUpMs: 0 });
		clock.advance(2000);
		throttle.slowDown(clock.monotonic() + 1000);
		clock.advance(1500);
		throttle.slowDown(clock.monotonic() + 1000);
		clock.advance(1000);
		const before = lane.grants.length;
		clock.advance(900);
		expect(Math.abs(lane.grants.length - before - 225)).toBeLessThanOrEqual(10);
	});
});

describe('a pacer', () => {
	test('what is left of a wait is waited for at the new rate', () => {
		const pacer = new Pacer({ ratePerSecond: 1, rampUpMs: 0 });
		pacer.demand(0);
		pacer.use(pacer.available(0));
		expect(pacer.nextAt(0)).toBe(1000);
		pacer.setPace({ ratePerSecond: 10, rampUpMs: 0 }, 500);
		expect(pacer.nextAt(500)).toBeCloseTo(550, 6);
		pacer.slowTo(0.5, 500);
		expect(pacer.nextAt(500)).toBeCloseTo(600, 6);
	});
});
