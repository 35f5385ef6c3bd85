import { FakeClock } from './fakeClock';
import { OK, ScriptedClient, batches, bench, message, recipient } from './scriptedClient';

jest.setTimeout(60_000);

function within(client: ScriptedClient, from: number, to: number): number {
	return client.sent.filter(({ at }) => at >= from && at < to).length;
}

describe('the rate of a send', () => {
	test.each([1, 100, 5000, 25_000])('%i/s is kept through the whole path', async (ratePerSecond) => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 50, pace: { inFlight: 3000 } });
		const seconds = ratePerSecond > 1000 ? 3 : 12;
		const total = ratePerSecond * seconds;
		const sender = bench(clock, [client]);
		// A client that never sent is tried with a few requests first.
		await sender.all(batches(1));
		await clock.run(5000);
		client.sent.length = 0;
		const start = clock.monotonic();
		await sender.all(batches(total), { ratePerSecond });
		expect(client.sent).toHaveLength(total);
		for (let from = 0; from + 2000 < seconds * 1000; from += 333) {
			const expected = 2 * ratePerSecond;
			expect(Math.abs(within(client, start + from, start + from + 2000) - expected)).toBeLessThanOrEqual(
				Math.max(1, expected * 0.01),
			);
		}
		expect(within(client, start, start + 1000)).toBeLessThanOrEqual(ratePerSecond * 1.01 + 1);
	});

	test('it counts over all channels of the send, shared evenly', async () => {
		const clock = new FakeClock();
		let drawn = 0;
		clock.lateness = () => ((drawn += 1) * 7) % 5;
		const clients = [new ScriptedClient(clock), new ScriptedClient(clock, { channelType: 'GCM' })];
		const recipients = Array.from({ length: 100 }, (_, i) => recipient(`d${i}`, i, i < 50 ? 'APNS' : 'GCM'));
		await bench(clock, clients).all([{ message: message(), recipients }], { ratePerSecond: 10 });
		expect(clock.monotonic()).toBeGreaterThanOrEqual(9900);
		expect(clock.monotonic()).toBeLessThan(10_200);
		for (const client of clients) expect(Math.abs(within(client, 0, 5000) - 25)).toBeLessThanOrEqual(1);
	});

	test('the provider’s own rate and ramp-up hold where the send says nothing', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { channelType: 'GCM', pace: { ratePerSecond: 500, rampUpMs: 10_000 } });
		await bench(clock, [client]).all(batches(5000, message(), 1000, 'GCM'));
		// 500/s, linear over 10 s: 25 * t^2 in the ramp.
		expect(Math.abs(within(client, 0, 2000) - 100)).toBeLessThanOrEqual(2);
		expect(Math.abs(within(client, 0, 10_000) - 2500)).toBeLessThanOrEqual(10);
		expect(Math.abs(within(client, 10_000, 12_000) - 1000)).toBeLessThanOrEqual(10);
	});

	test('rate and ramp-up of the send take the place of the provider’s', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { channelType: 'GCM', pace: { ratePerSecond: 500, rampUpMs: 60_000 } });
		await bench(clock, [client]).all(batches(8000, message(), 1000, 'GCM'), { ratePerSecond: 2000, rampUpMs: 0 });
		expect(clock.monotonic()).toBeGreaterThanOrEqual(3990);
		expect(clock.monotonic()).toBeLessThan(4100);
	});

	test('the ramp-up alone can be set', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { channelType: 'GCM', pace: { ratePerSecond: 500, rampUpMs: 60_000 } });
		await bench(clock, [client]).all(batches(1000, message(), 1000, 'GCM'), { rampUpMs: 0 });
		expect(clock.monotonic()).toBeLessThan(2100);
	});

	test.each([
		{ what: 'a faster rate of the send', options: { ratePerSecond: 100 } },
		{ what: 'no rate of the send', options: {} },
	])('the application’s rate is the most, with $what', async ({ options }) => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 10 });
		await bench(clock, [client]).all(batches(101), { channelRatePerSecond: 10, ...options });
		expect(clock.monotonic()).toBeGreaterThanOrEqual(9900);
	});

	test('the application’s rate holds while others on the same credential have none, or a higher one', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) => ({ outcome: OK, afterMs: address === 'other' ? 10_000 : 10 }),
		});
		const sender = bench(clock, [client]);
		const sends = [sender.collect(batches(300), { channelRatePerSecond: 10 })];
		await clock.run(5000);
		for (const options of [{}, { channelRatePerSecond: 1000 }])
			sends.push(sender.collect([{ message: message(), recipients: [recipient('other')] }], options));
		await clock.run(5000);
		expect(within(client, 0, 10_000)).toBeLessThanOrEqual(101);
		await clock.until(Promise.all(sends));
	});

	test('executions on one credential share the rate, also when each sends to one device only', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 5 });
		const sender = bench(clock, [client]);
		const one = (i: number) => [{ message: message(), recipients: [recipient(`hook-${i}`, i)] }];
		const sends = Array.from({ length: 30 }, (_, i) => sender.collect(one(i), { ratePerSecond: 10 }));
		await clock.until(Promise.all(sends));
		expect(client.sent.map(({ at }) => at)).toEqual(Array.from({ length: 30 }, (_, i) => i * 100));
	});

	test('a rate of one message in 100 s holds between sends that come one after the other', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		const sender = bench(clock, [client]);
		for (const address of ['a', 'b', 'c']) {
			await sender.all([{ message: message(), recipients: [recipient(address)] }], { ratePerSecond: 0.01 });
			await clock.run(70_000);
		}
		expect(client.sent.map(({ at }) => at)).toEqual([0, 100_000, 200_000]);
	});

	test('two bulk sends on one credential get half the rate each', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { channelType: 'GCM', pace: { ratePerSecond: 100 } });
		const sender = bench(clock, [client]);
		const list = (name: string) => [
			{ message: message(), recipients: Array.from({ length: 300 }, (_, i) => recipient(name, i, 'GCM')) },
		];
		await clock.until(Promise.all([sender.collect(list('first')), sender.collect(list('second'))]));
		const early = client.sent.filter(({ at }) => at < 3000).map(({ address }) => address);
		expect(Math.abs(early.filter((address) => address === 'first').length - 150)).toBeLessThanOrEqual(2);
		expect(Math.abs(early.length - 300)).toBeLessThanOrEqual(3);
	});
});
