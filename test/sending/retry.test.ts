import type { Outcome } from '../../push/model';
import { FakeClock, fixedRandom } from './fakeClock';
import { OK, ScriptedClient, batches, bench, message, only, outcome, recipient } from './scriptedClient';

jest.setTimeout(60_000);

const TEMPORARY = outcome({ class: 'temporary', providerStatus: 503, message: 'Busy.' });

/** One recipient whose tries come to these outcomes; the last one repeats. */
function tries(
	clock: FakeClock,
	outcomes: readonly Outcome[],
	setup: ConstructorParameters<typeof ScriptedClient>[1] = {},
) {
	return new ScriptedClient(clock, {
		...setup,
		script: (_, n) => outcomes[Math.min(n, outcomes.length) - 1] ?? OK,
	});
}

describe('retries', () => {
	test('a temporary refusal is tried again after an exponential back-off with jitter', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [TEMPORARY, TEMPORARY, OK]);
		const result = only(await bench(clock, [client], undefined, fixedRandom(0.5)).all(batches(1)));
		expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', attempts: 3, possibleDuplicate: false });
		expect(client.sent.map(({ at }) => at)).toEqual([0, 750, 2250]);
		expect(new Set(client.sent.map(({ attempt }) => attempt.messageId)).size).toBe(1);
		expect(result.latencyMs).toBe(2250);
	});

	test('jitter spreads recipients that were refused together', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: (_, n) => (n === 1 ? TEMPORARY : OK) });
		let drawn = 0;
		const random = { ...fixedRandom(), fraction: () => (drawn++ % 100) / 100 };
		await bench(clock, [client], undefined, random).all(batches(100));
		const second = client.sent.slice(100).map(({ at }) => at);
		expect(new Set(second).size).toBe(100);
		expect(Math.min(...second)).toBe(500);
		expect(Math.max(...second)).toBeLessThan(1000);
	});

	test('the provider sets the first delay, and caps all of them', async () => {
		const clock = new FakeClock();
		const slow = { ...TEMPORARY, backoffMs: 4000 };
		const client = tries(clock, [slow, slow, slow, OK], { pace: { attempts: 9, maxBackoffMs: 5000 } });
		await bench(clock, [client]).all(batches(1));
		expect(client.sent.map(({ at }) => at)).toEqual([0, 4000, 9000, 14_000]);
	});

	test('no delay means at once', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [{ ...TEMPORARY, backoffMs: 0 }, OK]);
		await bench(clock, [client]).all(batches(1));
		expect(client.sent.map(({ at }) => at)).toEqual([0, 0]);
	});

	test('when the tries are used up it ends with the last reason and an advice', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [TEMPORARY]);
		const result = only(await bench(clock, [client]).all(batches(1)));
		expect(result).toMatchObject({
			deliveryStatus: 'TEMPORARY_FAILURE',
			statusCode: 500,
			statusMessage: 'Busy.',
			providerStatus: 503,
			attempts: 3,
			tokenAction: 'keep',
			retryAfterSeconds: 4,
		});
		expect(client.count).toBe(3);
	});

	test('the documentation’s advice is passed on when giving up', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [{ ...TEMPORARY, adviseSeconds: 900 }]);
		expect(only(await bench(clock, [client]).all(batches(1))).retryAfterSeconds).toBe(900);
	});

	test('what is not to be tried again within a run is final', async () => {
		const clock = new FakeClock();
		const quota = outcome({ class: 'throttle-sender', providerStatus: 402, retryInRun: false });
		const client = tries(clock, [quota]);
		const results = await bench(clock, [client]).all(batches(2));
		expect(results[0]).toMatchObject({ deliveryStatus: 'THROTTLED', statusCode: 429, attempts: 1 });
		expect(results[0]).not.toHaveProperty('retryAfterSeconds');
		expect(clock.monotonic()).toBeLessThan(1000);
	});

	test('the maximum wait counts from the first try: a try beyond it is not made', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [{ ...TEMPORARY, backoffMs: 4000 }], { pace: { attempts: 9 } });
		const result = only(await bench(clock, [client]).all(batches(1), { maximumWaitMs: 12_000 }));
		expect(client.sent.map(({ at }) => at)).toEqual([0, 4000, 12_000]);
		expect(result).toMatchObject({ attempts: 3, retryAfterSeconds: 16 });
	});

	test('the default maximum wait is 30 s', async () => {
		const clock = new FakeClock();
		const far = tries(clock, [{ ...TEMPORARY, retryAfterSeconds: 31 }]);
		expect(only(await bench(clock, [far]).all(batches(1)))).toMatchObject({ attempts: 1, retryAfterSeconds: 31 });
		const near = tries(clock, [{ ...TEMPORARY, retryAfterSeconds: 30 }, OK]);
		expect(only(await bench(clock, [near]).all(batches(1)))).toMatchObject({
			attempts: 2,
			deliveryStatus: 'SUCCESSFUL',
		});
	});

	test('time in the queue of the throttle does not count', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: (_, n) => (n === 1 ? TEMPORARY : OK) });
		const results = await bench(clock, [client]).all(batches(20), { ratePerSecond: 1, maximumWaitMs: 5000 });
		expect(clock.monotonic()).toBeGreaterThan(30_000);
		expect(results.filter(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toHaveLength(20);
	});

	test('a retry that the throttle does not let through in time ends', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => TEMPORARY, pace: { attempts: 100 } });
		const results = await bench(clock, [client]).all(batches(5), { ratePerSecond: 1, maximumWaitMs: 3000 });
		expect(results).toHaveLength(5);
		for (const result of results) {
			expect(result).toMatchObject({ deliveryStatus: 'TEMPORARY_FAILURE', statusMessage: 'Busy.' });
			expect(result.retryAfterSeconds).toBeGreaterThanOrEqual(1);
		}
		const firsts = new Map<string, number>();
		for (const { at, address } of client.sent) {
			firsts.set(address, firsts.get(address) ?? at);
			expect(at - (firsts.get(address) ?? 0)).toBeLessThanOrEqual(3000);
		}
	});

	test('a waiting retry does not hold up the others', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 1 },
			script: (address, n) => (address === 'device-0' && n === 1 ? { ...TEMPORARY, backoffMs: 20_000 } : OK),
		});
		const results = await bench(clock, [client]).all(batches(50));
		expect(results.map(({ ref }) => ref).indexOf(0)).toBe(49);
		expect(client.sent[49]?.at).toBe(490);
	});
});

describe('requests that were surely not processed', () => {
	const REFUSED = outcome({ class: 'temporary', processed: false, backoffMs: 0, message: 'Not taken.' });

	test('are sent again at once without being counted', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [REFUSED, OK]);
		const result = only(await bench(clock, [client]).all(batches(1)));
		expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', attempts: 1, possibleDuplicate: false });
		expect(client.sent.map(({ at }) => at)).toEqual([0, 0]);
	});

	test('leave all tries for real refusals', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [REFUSED, TEMPORARY, REFUSED, TEMPORARY, REFUSED, TEMPORARY, OK]);
		expect(only(await bench(clock, [client]).all(batches(1)))).toMatchObject({
			deliveryStatus: 'TEMPORARY_FAILURE',
			attempts: 3,
		});
		expect(client.count).toBe(6);
	});

	test('do not go on for ever, nor in a tight loop', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [REFUSED], { pace: { attempts: 3 } });
		const result = only(await bench(clock, [client]).all(batches(1)));
		expect(result).toMatchObject({ deliveryStatus: 'TEMPORARY_FAILURE', attempts: 0, statusMessage: 'Not taken.' });
		expect(result.retryAfterSeconds).toBeGreaterThanOrEqual(1);
		expect(result).not.toHaveProperty('sentAt');
		expect(client.count).toBe(20);
		expect(clock.monotonic()).toBeGreaterThan(10_000);
	});

	test('a host that cannot be reached uses up the tries, but the provider saw none', async () => {
		const clock = new FakeClock();
		const client = tries(clock, [outcome({ class: 'temporary', providerReason: 'HostNotFound' })]);
		expect(only(await bench(clock, [client]).all(batches(1)))).toMatchObject({
			attempts: 0,
			providerReason: 'HostNotFound',
		});
		expect(client.count).toBe(3);
	});
});

describe('throttling by the provider', () => {
	const SENDER = outcome({ class: 'throttle-sender', providerStatus: 429, retryAfterSeconds: 5 });
	const DEVICE = outcome({ class: 'throttle-device', providerStatus: 429, backoffMs: 2000 });

	test('one device: only that one waits', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 1 },
			script: (address, n) => (address === 'device-0' && n === 1 ? DEVICE : OK),
		});
		await bench(clock, [client]).all(batches(10));
		expect(client.sent.filter(({ address }) => address !== 'device-0').every(({ at }) => at < 200)).toBe(true);
		expect(client.sent.at(-1)).toMatchObject({ address: 'device-0', at: 2010 });
	});

	test('the sender: nothing goes out on this client until Retry-After is over', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 5 },
			script: (address, n) => (address === 'device-0' && n === 1 ? SENDER : OK),
		});
		const results = await bench(clock, [client]).all(batches(100));
		expect(results.every(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toBe(true);
		expect(client.sent.filter(({ at }) => at > 10 && at < 5010)).toEqual([]);
		expect(client.sent.filter(({ at }) => at === 5010).map(({ address }) => address)).toContain('device-0');
	});

	test('the pause holds for every send on the same credential', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			script: (address, n) => (address === 'device-0' && n === 1 ? SENDER : OK),
		});
		const both = bench(clock, [client]);
		const first = both.collect(batches(1));
		await clock.run(20);
		const other = both.collect([{ message: message(), recipients: [recipient('other')] }]);
		await clock.until(Promise.all([first, other]));
		expect(client.sent.find(({ address }) => address === 'other')?.at).toBe(5010);
	});

	test('an answer that comes after its send was stopped makes the next send wait', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) => (address === 'next' ? OK : { outcome: { ...SENDER, retryAfterSeconds: 20 }, afterMs: 300 }),
		});
		const sender = bench(clock, [client]);
		const stop = new AbortController();
		const stopped = sender.collect(batches(5), { signal: stop.signal });
		await clock.run(100);
		stop.abort();
		await clock.until(stopped);
		await sender.all([{ message: message(), recipients: [recipient('next')] }]);
		expect(client.sent.at(-1)?.at).toBe(20_300);
	});

	test('other channels go on', async () => {
		const clock = new FakeClock();
		const paused = new ScriptedClient(clock, { channelType: 'GCM', script: (_, n) => (n === 1 ? SENDER : OK) });
		const free = new ScriptedClient(clock, { latencyMs: 10, pace: { inFlight: 1 } });
		const recipients = [recipient('g', 0, 'GCM'), ...Array.from({ length: 20 }, (_, i) => recipient(`a${i}`, i + 1))];
		await bench(clock, [paused, free]).all([{ message: message(), recipients }]);
		expect(free.sent.at(-1)?.at).toBe(190);
	});

	test('nobody waits at the closed gate longer than the maximum wait', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 1 },
			script: () => outcome({ class: 'throttle-sender', providerStatus: 429, retryAfterSeconds: 3600 }),
		});
		const results = await bench(clock, [client]).all(batches(3));
		expect(results[0]).toMatchObject({ attempts: 1, deliveryStatus: 'THROTTLED', retryAfterSeconds: 3600 });
		for (const result of results.slice(1)) {
			expect(result).toMatchObject({
				attempts: 0,
				deliveryStatus: 'THROTTLED',
				statusCode: 429,
				providerReason: 'SenderPaused',
				retryAfterSeconds: 3570,
			});
			expect(result.statusMessage).toMatch(/^Not sent: Apple.*3570 s/);
		}
		expect(clock.monotonic()).toBeLessThanOrEqual(30_020);
		expect(client.count).toBe(1);
	});

	test('a retry that the closed gate keeps too long ends at once', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) =>
				address === 'device-0'
					? { ...TEMPORARY, backoffMs: 1000 }
					: { outcome: { ...SENDER, retryAfterSeconds: 100 }, afterMs: 500 },
		});
		const results = await bench(clock, [client]).all(batches(2));
		expect(results.find(({ ref }) => ref === 0)).toMatchObject({
			deliveryStatus: 'TEMPORARY_FAILURE',
			attempts: 1,
			retryAfterSeconds: 100,
		});
		expect(clock.monotonic()).toBeLessThan(2000);
	});

	test('without Retry-After the back-off is the pause', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 1 },
			script: (address, n) =>
				address === 'device-0' && n === 1
					? outcome({ class: 'throttle-sender', providerStatus: 429, backoffMs: 8000 })
					: OK,
		});
		await bench(clock, [client]).all(batches(3));
		expect(client.sent.map(({ at }) => at)).toEqual([0, 8010, 8020, 8030]);
	});

	test('afterwards the rate is lower, and grows back', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			channelType: 'GCM',
			pace: { ratePerSecond: 100 },
			script: (address, n) => (address === 'device-99' && n === 1 ? SENDER : OK),
		});
		await bench(clock, [client]).all(batches(600, message(), 1000, 'GCM'));
		const resumed = 5990;
		const within = (from: number, to: number) => client.sent.filter(({ at }) => at >= from && at < to).length;
		expect(within(0, 990)).toBe(99);
		expect(Math.abs(within(resumed, resumed + 1000) - 50)).toBeLessThanOrEqual(2);
		expect(Math.abs(within(resumed + 1000, resumed + 2000) - 60)).toBeLessThanOrEqual(2);
		expect(Math.abs(within(resumed + 5000, resumed + 6000) - 100)).toBeLessThanOrEqual(2);
	});
});
