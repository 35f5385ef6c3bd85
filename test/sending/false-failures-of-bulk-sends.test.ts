import { FakeClock } from './fakeClock';
import { ScriptedClient, bench, batches } from './scriptedClient';

jest.setTimeout(60_000);

/**
 * Peers hand the whole list to the connection at once; what it cannot hold times out or is reset while it waits, and
 * is reported as failed although it was accepted (measured: @parse/node-apn, 93,000 of 100,000).
 */
describe('a bulk send', () => {
	test('hands the transport no more than it can hold, and reports every accepted push as accepted', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 60,
			capacity: 1000,
			pace: { inFlight: 4000 },
			forgetful: true,
		});
		const results = await bench(clock, [client]).all(batches(100_000));
		expect(results).toHaveLength(100_000);
		expect(results.every(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toBe(true);
		expect(client.count).toBe(100_000);
		expect(client.maxInFlight).toBe(1000);
		// The timeout of a request does not run while it waits for its turn: none is handed over before its turn.
		expect(Math.max(...results.map(({ latencyMs }) => latencyMs))).toBe(60);
	});

	test('follows the transport when it can hold less, and more again', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 10, capacity: 100, pace: { inFlight: 4000 } });
		const reading = bench(clock, [client]).collect(batches(3000));
		await clock.run(50);
		client.capacity = 1;
		await clock.run(20);
		client.maxInFlight = 0;
		const before = client.count;
		await clock.run(1000);
		expect(client.maxInFlight).toBeLessThanOrEqual(2);
		expect(client.count - before).toBeLessThanOrEqual(101);
		client.capacity = 100;
		const results = await clock.until(reading);
		expect(results).toHaveLength(3000);
		expect(client.maxInFlight).toBe(100);
	});
});
