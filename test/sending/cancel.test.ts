import type { DeliveryResult } from '../../push/model';
import { FakeClock } from './fakeClock';
import { type Bench, OK, ScriptedClient, batches, bench, collect, message, outcome, recipient } from './scriptedClient';

jest.setTimeout(60_000);

/** Sends, stops after `stopAfterMs`, and reads on to the end. */
async function stopped(
	sender: Bench,
	source: Parameters<Bench['send']>[0],
	stopAfterMs: number,
	options: Parameters<Bench['send']>[1] = {},
) {
	const stop = new AbortController();
	const { clock } = sender;
	const reading = collect({ [Symbol.asyncIterator]: () => sender.send(source, { ...options, signal: stop.signal }) });
	await clock.run(stopAfterMs);
	const at = clock.monotonic();
	stop.abort();
	const results = await clock.until(reading);
	return { results, tookMs: clock.monotonic() - at };
}

const byRef = (results: readonly DeliveryResult[], ref: number) => results.find((result) => result.ref === ref);

describe('stopping a send', () => {
	test('answers that come within half a second count', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 400, pace: { inFlight: 3 } });
		const { results, tookMs } = await stopped(bench(clock, [client]), batches(10), 100);
		expect(results.filter(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toHaveLength(3);
		expect(client.count).toBe(3);
		expect(tookMs).toBe(300);
	});

	test('recipients that were not sent say so', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 400, pace: { inFlight: 3 } });
		const { results } = await stopped(bench(clock, [client]), batches(10), 100);
		expect(results).toHaveLength(10);
		expect(byRef(results, 9)).toEqual({
			ref: 9,
			address: 'device-9',
			channelType: 'APNS',
			deliveryStatus: 'TEMPORARY_FAILURE',
			statusCode: 499,
			statusMessage: 'Not sent: the send was stopped.',
			providerReason: 'Cancelled',
			tokenAction: 'keep',
			possibleDuplicate: false,
			attempts: 0,
			latencyMs: 0,
			unsent: true,
		});
	});

	test('requests without an answer are taken back after half a second, and may have arrived', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => 'silence' });
		const { results, tookMs } = await stopped(bench(clock, [client]), batches(5), 100);
		expect(tookMs).toBe(500);
		for (const result of results) {
			expect(result).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', attempts: 1, tokenAction: 'keep' });
			expect(result.statusMessage).toMatch(/may have/);
		}
	});

	test('a provider that does not even answer that is not waited for', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => 'silence', cancelled: undefined });
		const { results, tookMs } = await stopped(bench(clock, [client]), batches(5), 100);
		expect(results.every(({ deliveryStatus }) => deliveryStatus === 'UNKNOWN_FAILURE')).toBe(true);
		expect(results[0]?.statusMessage).toMatch(/may have arrived/);
		expect(tookMs).toBeLessThan(1000);
	});

	test('requests taken back before they were written were not sent', async () => {
		const clock = new FakeClock();
		const cancelled = outcome({ class: 'cancelled', processed: false });
		const client = new ScriptedClient(clock, { script: () => 'silence', cancelled });
		const { results } = await stopped(bench(clock, [client]), batches(1), 100);
		expect(results[0]).toMatchObject({
			deliveryStatus: 'TEMPORARY_FAILURE',
			attempts: 0,
			statusMessage: 'Not sent: the send was stopped.',
		});
	});

	test('waiting retries end at once, with their reason', async () => {
		const clock = new FakeClock();
		const busy = outcome({ class: 'temporary', providerStatus: 503, backoffMs: 20_000, message: 'Busy.' });
		const client = new ScriptedClient(clock, { script: () => busy });
		const { results, tookMs } = await stopped(bench(clock, [client]), batches(3), 100);
		expect(tookMs).toBe(0);
		expect(client.count).toBe(3);
		expect(results[0]).toMatchObject({
			deliveryStatus: 'TEMPORARY_FAILURE',
			providerStatus: 503,
			statusMessage: 'Busy. The send was stopped before another try.',
			attempts: 1,
		});
		expect(results[0]?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
	});

	test('a lost answer that waits to be sent again is unknown', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => outcome({ class: 'ambiguous', backoffMs: 5000 }) });
		const { results } = await stopped(bench(clock, [client]), batches(1), 100, { whenAnswerIsLost: 'sendAgain' });
		expect(results[0]).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', possibleDuplicate: false, attempts: 1 });
	});

	test('sent again after a lost answer and then taken back unwritten, it may still have arrived', async () => {
		const clock = new FakeClock();
		const cancelled = outcome({ class: 'cancelled', processed: false });
		const client = new ScriptedClient(clock, {
			cancelled,
			script: (_, n) => (n === 1 ? outcome({ class: 'ambiguous', backoffMs: 0 }) : 'silence'),
		});
		const { results } = await stopped(bench(clock, [client]), batches(1), 100, { whenAnswerIsLost: 'sendAgain' });
		expect(results[0]).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', possibleDuplicate: true });
	});

	test('sent again after a lost answer and then waiting for a provider token, it may have arrived', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (_, n) => outcome(n === 1 ? { class: 'ambiguous', backoffMs: 0 } : { class: 'auth-refresh' }),
			renew: async () => await new Promise(() => {}),
		});
		const { results } = await stopped(bench(clock, [client]), batches(1), 100, { whenAnswerIsLost: 'sendAgain' });
		expect(results[0]).toMatchObject({
			deliveryStatus: 'UNKNOWN_FAILURE',
			providerReason: 'Cancelled',
			possibleDuplicate: true,
		});
		expect(results[0]).not.toHaveProperty('unsent');
		expect(results[0]).not.toHaveProperty('retryAfterSeconds');
	});

	test('recipients that wait for a provider token were not sent', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: () => outcome({ class: 'auth-refresh', providerStatus: 401 }),
			renew: async () => await new Promise(() => {}),
		});
		const { results, tookMs } = await stopped(bench(clock, [client]), batches(3), 100);
		expect(tookMs).toBe(0);
		expect(results.every(({ statusMessage }) => statusMessage === 'Not sent: the send was stopped.')).toBe(true);
	});

	test('an answer that asks for another try within the grace does not get one', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 200,
			script: () => outcome({ class: 'temporary', providerStatus: 503, backoffMs: 0 }),
		});
		const { results } = await stopped(bench(clock, [client]), batches(2), 100);
		expect(client.count).toBe(2);
		expect(results).toHaveLength(2);
	});

	test('the rest of the source is not read, and the source is closed', async () => {
		const clock = new FakeClock();
		let [read, closed] = [0, false];
		async function* source() {
			try {
				for (const batch of batches(100_000)) {
					read += batch.recipients.length;
					yield batch;
				}
			} finally {
				closed = true;
			}
		}
		const client = new ScriptedClient(clock, { latencyMs: 50, pace: { inFlight: 10 } });
		const { results } = await stopped(bench(clock, [client]), source(), 100);
		expect(closed).toBe(true);
		expect(read).toBeLessThanOrEqual(3000);
		expect(results).toHaveLength(read);
	});

	test('a batch that was on its way is told as not sent', async () => {
		const clock = new FakeClock();
		async function* source() {
			yield* batches(1);
			await new Promise<void>((resolve) => clock.after(300, resolve));
			yield { message: message(), recipients: [recipient('late', 77)] };
		}
		const { results } = await stopped(bench(clock, [new ScriptedClient(clock)]), source(), 100);
		expect(byRef(results, 77)).toMatchObject({ statusMessage: 'Not sent: the send was stopped.' });
	});

	test('a source that hangs is not waited for', async () => {
		const clock = new FakeClock();
		async function* source() {
			yield* batches(1);
			await new Promise(() => {});
		}
		const { results, tookMs } = await stopped(bench(clock, [new ScriptedClient(clock)]), source(), 100);
		expect(results).toHaveLength(1);
		expect(tookMs).toBeLessThan(1000);
	});

	test('a credential that is slow to open is not waited for', async () => {
		const clock = new FakeClock();
		const ports = { clientFor: async () => await new Promise<never>(() => {}) };
		const { results, tookMs } = await stopped(bench(clock, [], ports), batches(2), 100);
		expect(results).toHaveLength(2);
		expect(tookMs).toBe(0);
	});

	test('stopped before it began, it reads nothing', async () => {
		const clock = new FakeClock();
		let read = false;
		const source = {
			*[Symbol.iterator]() {
				read = true;
				yield* batches(1);
			},
		};
		expect(await bench(clock, []).all(source, { signal: AbortSignal.abort() })).toEqual([]);
		expect(read).toBe(false);
	});

	test('nothing is left behind: no timer, no listener on the signal', async () => {
		const clock = new FakeClock();
		const stop = new AbortController();
		let listeners = 0;
		const { signal } = stop;
		const add = signal.addEventListener.bind(signal);
		const remove = signal.removeEventListener.bind(signal);
		jest.spyOn(signal, 'addEventListener').mockImplementation((...given: Parameters<typeof add>) => {
			listeners += 1;
			add(...given);
		});
		jest.spyOn(signal, 'removeEventListener').mockImplementation((...given: Parameters<typeof remove>) => {
			listeners -= 1;
			remove(...given);
		});
		const sender = bench(clock, [new ScriptedClient(clock)]);
		await sender.all(batches(10), { signal, ratePerSecond: 100 });
		expect(listeners).toBe(0);
		// The registry's own, which forgets the throttle.
		expect(clock.timers).toBe(1);
		expect(sender.throttles.size).toBe(1);
		clock.advance(60_000);
		expect(clock.timers).toBe(0);
		expect(sender.throttles.size).toBe(0);
	});
});

test('a paced send that is stopped leaves only the timer that forgets its throttle', async () => {
	const clock = new FakeClock();
	const sender = bench(clock, [new ScriptedClient(clock)]);
	const { results } = await stopped(sender, batches(100), 2500, { ratePerSecond: 1 });
	expect(results.filter(({ attempts }) => attempts === 1)).toHaveLength(3);
	expect(clock.timers).toBe(1);
});

describe('leaving the loop over the results', () => {
	test('stops the send and closes the source', async () => {
		const clock = new FakeClock();
		let closed = false;
		async function* source() {
			try {
				yield* batches(1_000_000);
			} finally {
				closed = true;
			}
		}
		const client = new ScriptedClient(clock, { latencyMs: 20, pace: { inFlight: 50 } });
		const sender = bench(clock, [client]);
		const reading = (async () => {
			for await (const batch of { [Symbol.asyncIterator]: () => sender.send(source()) }) return batch.length;
			return 0;
		})();
		expect(await clock.until(reading)).toBeGreaterThan(0);
		expect(closed).toBe(true);
		const sent = client.count;
		await clock.run(60_000);
		expect(client.count).toBe(sent);
		expect(clock.timers).toBe(0);
	});

	test('before the first read nothing happens at all', async () => {
		const clock = new FakeClock();
		let opened = false;
		const source = {
			*[Symbol.iterator]() {
				opened = true;
				yield* batches(1);
			},
		};
		const stream = bench(clock, []).send(source);
		await clock.run(1000);
		expect(await stream.return?.()).toEqual({ done: true, value: undefined });
		expect(await stream.next()).toEqual({ done: true, value: undefined });
		expect(opened).toBe(false);
	});

	test('also while a read is pending', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => 'silence' });
		const stream = bench(clock, [client]).send(batches(1));
		const pending = stream.next();
		await clock.run(100);
		await clock.until(Promise.resolve(stream.return?.()));
		expect(await pending).toEqual({ done: true, value: undefined });
		expect(clock.monotonic()).toBeLessThanOrEqual(1100);
	});
});

test('a send that is over is not disturbed by a late stop', async () => {
	const clock = new FakeClock();
	const stop = new AbortController();
	const sender = bench(clock, [new ScriptedClient(clock, { script: () => OK })]);
	const results = await sender.all(batches(3), { signal: stop.signal });
	stop.abort();
	await clock.run(2000);
	expect(results).toHaveLength(3);
});
