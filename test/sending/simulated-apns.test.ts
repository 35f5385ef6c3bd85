import { randomUUID } from 'node:crypto';
import { type DeliveryResult, systemClock, systemRandom } from '../../push/model';
import { compileNotification } from '../../push/messages';
import { PROVIDERS } from '../../push/providers';
import {
	ActiveSends,
	type SendBatch,
	type SendOptions,
	createSender,
	createThrottleRegistry,
	Turns,
} from '../../push/sending';
import { createTransports } from '../../push/transport';
import { type Simulators, startSimulators } from '../simulators';
import { collect } from './scriptedClient';

jest.setTimeout(120_000);

let simulators: Simulators;
const transports = createTransports({ clock: systemClock, random: systemRandom, env: {} });
const throttles = createThrottleRegistry({ clock: systemClock });

beforeAll(async () => {
	simulators = await startSimulators();
});

beforeEach(() => simulators.reset());

afterAll(async () => {
	await transports.close(1000);
	await simulators.close();
});

async function send(addresses: readonly string[], options: SendOptions = {}): Promise<DeliveryResult[]> {
	const deps = { clock: systemClock, random: systemRandom, transports };
	const ports = {
		clientFor: async () => await PROVIDERS.apns.open(simulators.credentials.apnsKey, 'APNS', deps),
	};
	const sender = createSender(ports, {
		clock: systemClock,
		random: systemRandom,
		throttles,
		turns: new Turns(systemClock),
		sends: new ActiveSends(),
	});
	function* source(): Generator<SendBatch> {
		const of = compileNotification({ title: 'Hello', body: 'World', collapseId: 'hello' });
		for (let start = 0; start < addresses.length; start += 1000) {
			const recipients = addresses
				.slice(start, start + 1000)
				.map((address, i) => ({ ref: start + i, address, channelType: 'APNS' as const, messageId: randomUUID() }));
			yield { message: of, recipients };
		}
	}
	const results = await collect(sender.send(source(), options));
	return results.sort((a, b) => a.ref - b.ref);
}

/** How often each device was accepted by the simulator. */
function accepted(): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { address, status } of simulators.apns.production.arrivals) {
		if (status === 200) counts.set(address, (counts.get(address) ?? 0) + 1);
	}
	return counts;
}

describe('over real connections', () => {
	test('5,000 devices, dead ones among them, GOAWAY in between, and 429 with Retry-After: each result is true', async () => {
		const { production } = simulators.apns;
		const reasons = ['BadDeviceToken', 'Unregistered', 'ExpiredToken'];
		const addresses = Array.from({ length: 5000 }, (_, i) =>
			i % 25 === 3 ? production.addressFor(reasons[i % 3] ?? '', i) : production.goodAddress(i),
		);
		const busy = [11, 500, 4000].map((i) => addresses[i] ?? '');
		for (const address of busy) {
			production.fail({ address, times: 1, reason: 'TooManyRequests', headers: { 'retry-after': '1' } });
		}
		for (const i of [700, 2200, 3600]) {
			production.fail({ address: addresses[i] ?? '', times: 1, goaway: { code: 0, debug: '{"reason":"Shutdown"}' } });
		}
		const results = await send(addresses);
		expect(results.map(({ ref }) => ref)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
		const took = accepted();
		for (const result of results) {
			const dead = result.ref % 25 === 3;
			expect(result).toMatchObject(
				dead
					? { deliveryStatus: 'PERMANENT_FAILURE', attempts: 1 }
					: { deliveryStatus: 'SUCCESSFUL', possibleDuplicate: false },
			);
			expect(took.get(result.address) ?? 0).toBe(dead ? 0 : 1);
		}
		for (const address of busy) {
			// Status 0: refused by GOAWAY, not processed.
			const tries = production.arrivals.filter((arrival) => arrival.address === address && arrival.status !== 0);
			expect(tries.map(({ status }) => status)).toEqual([429, 200]);
			expect((tries[1]?.at ?? 0) - (tries[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
			expect(results.find((result) => result.address === address)).toMatchObject({ attempts: 2 });
		}
		expect(production.connections.opened).toBeLessThan(40);
	});

	test('a cut connection: what may have arrived is sent again with the same id, and says so', async () => {
		const { production } = simulators.apns;
		const address = production.goodAddress(1);
		production.fail({ address, times: 1, cutConnection: true });
		const [result] = await send([address]);
		expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', possibleDuplicate: true, attempts: 2 });
		const ids = production.arrivals.map(({ headers }) => headers['apns-id']);
		expect(new Set(ids)).toEqual(new Set([result?.messageId]));
	});

	test('a key that APNs refuses stops the send early, with one sentence for everybody', async () => {
		const { production } = simulators.apns;
		production.fail({ reason: 'InvalidProviderToken' });
		const addresses = Array.from({ length: 3000 }, (_, i) => production.goodAddress(i));
		const results = await send(addresses);
		expect(results).toHaveLength(3000);
		expect(new Set(results.map(({ deliveryStatus }) => deliveryStatus))).toEqual(new Set(['PERMANENT_FAILURE']));
		expect(results.filter(({ statusMessage }) => statusMessage.startsWith('Not sent: ')).length).toBeGreaterThan(0);
		expect(production.arrivals.length).toBeLessThanOrEqual(11);
	});

	test('stopped in the middle, every device that was read has a result, and none lies', async () => {
		const { production } = simulators.apns;
		production.latencyMs = 50;
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 150);
		const addresses = Array.from({ length: 100_000 }, (_, i) => production.goodAddress(i));
		const results = await send(addresses, { signal: stop.signal, concurrency: 200 });
		const took = accepted();
		expect(results.length).toBeLessThan(100_000);
		for (const { address, deliveryStatus, attempts } of results) {
			if (deliveryStatus === 'SUCCESSFUL') expect(took.get(address)).toBe(1);
			if (attempts === 0) expect(took.has(address)).toBe(false);
		}
		for (const address of took.keys()) expect(results.some((result) => result.address === address)).toBe(true);
	});
});
