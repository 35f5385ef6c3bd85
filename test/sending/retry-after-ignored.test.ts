import { FakeClock } from './fakeClock';
import { OK, ScriptedClient, batches, bench, outcome } from './scriptedClient';

/**
 * Peers read the header under a name that Node never delivers, or not at all, and send again after 1 ms, or never
 * (measured: @parse/node-apn on 429 and 503, firebase-admin on 429).
 */
describe('Retry-After', () => {
	test.each([
		{ end: outcome({ class: 'throttle-sender', providerStatus: 429, retryAfterSeconds: 3 }) },
		{ end: outcome({ class: 'throttle-device', providerStatus: 429, retryAfterSeconds: 3 }) },
		{ end: outcome({ class: 'temporary', providerStatus: 503, retryAfterSeconds: 3 }) },
		{ end: outcome({ class: 'temporary', providerStatus: 500, retryAfterSeconds: 3, backoffMs: 10_000 }) },
	])('is obeyed to the millisecond after $end.class $end.providerStatus', async ({ end }) => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: (_, n) => (n < 3 ? end : OK) });
		const [result] = await bench(clock, [client]).all(batches(1));
		expect(client.sent.map(({ at }) => at)).toEqual([0, 3000, 6000]);
		expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', attempts: 3 });
	});

	test('of many recipients that are told different waits, each keeps its own', async () => {
		const clock = new FakeClock();
		const wait = (address: string) => 1 + (Number(address.slice(7)) % 20);
		const client = new ScriptedClient(clock, {
			script: (address, n) =>
				n === 1 ? outcome({ class: 'temporary', providerStatus: 503, retryAfterSeconds: wait(address) }) : OK,
		});
		await bench(clock, [client]).all(batches(500));
		const again = client.sent.slice(500);
		expect(again).toHaveLength(500);
		expect(again.every(({ at, address }) => at === wait(address) * 1000)).toBe(true);
	});
});
