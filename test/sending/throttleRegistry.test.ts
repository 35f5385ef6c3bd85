import { createThrottleRegistry, Pacer } from '../../push/sending';
import { FakeClock } from './fakeClock';

const LANE = { offer: () => 0, paused: () => {} };
const PACE = { ratePerSecond: 1, rampUpMs: 0 };

describe('the registry of throttles', () => {
	test('one throttle per key', () => {
		const registry = createThrottleRegistry({ clock: new FakeClock() });
		expect(registry.get('a')).toBe(registry.get('a'));
		expect(registry.get('a')).not.toBe(registry.get('b'));
	});

	test('a throttle outlives its sends by a minute', () => {
		const clock = new FakeClock();
		const registry = createThrottleRegistry({ clock });
		const throttle = registry.get('a');
		throttle.join(LANE, PACE).leave();
		clock.advance(59_000);
		expect(registry.get('a')).toBe(throttle);
		const member = throttle.join(LANE, PACE);
		clock.advance(3_600_000);
		expect(registry.size).toBe(1);
		member.leave();
		clock.advance(60_000);
		expect(registry.size).toBe(0);
	});

	test('a pause outlives its sends', () => {
		const clock = new FakeClock();
		const registry = createThrottleRegistry({ clock });
		const throttle = registry.get('a');
		const member = throttle.join(LANE, PACE);
		throttle.pause(clock.monotonic() + 600_000);
		member.leave();
		clock.advance(599_000);
		expect(registry.get('a')).toBe(throttle);
	});

	test('a pause that begins after the last send has left outlives it too', () => {
		const clock = new FakeClock();
		const registry = createThrottleRegistry({ clock });
		const throttle = registry.get('a');
		throttle.join(LANE, PACE).leave();
		throttle.slowDown(clock.monotonic() + 600_000);
		clock.advance(599_000);
		expect(registry.get('a')).toBe(throttle);
		throttle.join(LANE, PACE).leave();
		clock.advance(60_000);
		expect(registry.size).toBe(0);
	});

	test('permits may come from elsewhere', () => {
		const asked: string[] = [];
		const permits = (key: string) => {
			asked.push(key);
			return new Pacer();
		};
		createThrottleRegistry({ clock: new FakeClock(), permits }).get('a');
		expect(asked).toEqual(['a']);
	});
});
