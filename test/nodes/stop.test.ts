import { jsonOf, push, type Surroundings, surroundings } from './setup';

describe('the Stop button', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	afterAll(async () => await around.close());

	it('ends a send that would take an hour, and every recipient has a result', async () => {
		const { adm } = around.simulators;
		const recipients = 3600;
		let stop: () => void = () => {};
		adm.reset();
		const running = push(around, {
			parameters: { operation: 'sendToDevices', channel: 'ADM', title: 'Hello', options: { messagesPerSecond: 1 } },
			items: Array.from({ length: recipients }, (_, n) => ({ device: adm.goodAddress(n) })),
			onStart: (cancel) => (stop = cancel),
		});
		while (adm.arrivals.length === 0) await new Promise((resolve) => setImmediate(resolve));
		stop();
		const { sent, failed, run } = await running;
		expect(run.status).toBe('canceled');
		expect(sent.length).toBeGreaterThan(0);
		expect(sent.length + failed.length).toBe(recipients);
		expect(new Set(jsonOf(failed).map(({ deliveryStatus }) => deliveryStatus))).not.toContain('SUCCESSFUL');
		expect(adm.arrivals.length).toBeLessThan(10);
	});
});
