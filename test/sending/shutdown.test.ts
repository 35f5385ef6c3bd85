import { ActiveSends } from '../../push/sending';
import { FakeClock } from './fakeClock';
import { ScriptedClient, batches, bench } from './scriptedClient';

describe('a process that is to end', () => {
	test('sends nothing more, waits for the answers, and says who was not sent to', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 200 });
		const sends = new ActiveSends();
		const sender = bench(clock, [client], undefined, undefined, sends);
		const all = sender.collect(batches(500), { ratePerSecond: 100 });
		await clock.run(1_000);
		const sent = client.count;
		sends.windDown();
		const results = await clock.until(all);
		expect(sent).toBeGreaterThan(50);
		expect(client.count).toBe(sent);
		expect(results.map(({ ref }) => ref).sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
		expect(results.filter(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toHaveLength(sent);
		for (const result of results.filter(({ attempts }) => attempts === 0)) {
			expect(result).toMatchObject({
				deliveryStatus: 'TEMPORARY_FAILURE',
				providerReason: 'ShuttingDown',
				tokenAction: 'keep',
				statusMessage: 'Not sent: the process is being stopped. Send it again afterwards.',
			});
		}
	});

	test('lets no later send begin, unless only the connections were closed', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		const sends = new ActiveSends();
		const sender = bench(clock, [client], undefined, undefined, sends);
		sends.windDown();
		expect(await sender.all(batches(3))).toHaveLength(3);
		sends.close();
		await sender.all(batches(3));
		expect(client.count).toBe(3);
	});
});
