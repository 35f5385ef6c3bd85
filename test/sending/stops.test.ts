import { type ChannelType, type Outcome, PushError } from '../../push/model';
import { FakeClock } from './fakeClock';
import { CONTENT, OK, ScriptedClient, batches, bench, message, only, outcome, recipient } from './scriptedClient';

jest.setTimeout(60_000);

describe('a refusal that reaches further than one recipient', () => {
	const BAD_KEY = outcome({
		class: 'config',
		providerStatus: 403,
		statusCode: 403,
		providerReason: 'InvalidProviderToken',
		message: 'APNs refused the key. Check it.',
		stops: 'client',
	});

	test('of the client: nothing more is sent on it, and everybody is told why', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 10, pace: { inFlight: 4 }, script: () => BAD_KEY });
		const results = await bench(clock, [client]).all(batches(5000));
		expect(client.count).toBe(4);
		expect(results).toHaveLength(5000);
		expect(new Set(results.map(({ ref }) => ref)).size).toBe(5000);
		const unsent = results.filter(({ attempts }) => attempts === 0);
		expect(unsent).toHaveLength(4996);
		expect(unsent[0]).toMatchObject({
			deliveryStatus: 'PERMANENT_FAILURE',
			statusCode: 403,
			providerReason: 'InvalidProviderToken',
			statusMessage: 'Not sent: APNs refused the key. Check it.',
			tokenAction: 'keep',
		});
		expect(unsent[0]).not.toHaveProperty('sentAt');
		expect(unsent[0]).not.toHaveProperty('messageId');
	});

	test('of the client: known before many requests are out', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 10, pace: { inFlight: 2000 }, script: () => BAD_KEY });
		const results = await bench(clock, [client]).all(batches(10_000));
		expect(results).toHaveLength(10_000);
		expect(client.count).toBe(10);
	});

	test('of the client: known before many requests are out, also after an address that is refused here', async () => {
		const clock = new FakeClock();
		const malformed = outcome({ class: 'token', processed: false, tokenAction: 'suspect', statusCode: 400 });
		const client = new ScriptedClient(clock, {
			script: (address) => (address === 'device-0' ? malformed : { outcome: BAD_KEY, afterMs: 50 }),
		});
		expect(await bench(clock, [client]).all(batches(1000))).toHaveLength(1000);
		expect(client.count).toBe(11);
	});

	test('of the client: known before many requests are out, also after a validation that asked nobody', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) => (address === 'first' ? outcome({ class: 'ok', processed: false }) : BAD_KEY),
			latencyMs: 10,
		});
		const sender = bench(clock, [client]);
		await sender.all([{ message: message(), recipients: [recipient('first')] }], { validateOnly: true });
		await sender.all(batches(1000));
		expect(client.count).toBe(11);
	});

	test('of the client: requests in flight finish as they do', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			pace: { inFlight: 3 },
			script: (address) =>
				address === 'device-0'
					? { outcome: BAD_KEY, afterMs: 5 }
					: { outcome: { ...OK, messageId: 'late' }, afterMs: 50 },
		});
		const results = await bench(clock, [client]).all(batches(10));
		expect(results.filter(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL').map(({ ref }) => ref)).toEqual([
			1, 2,
		]);
	});

	test('of the client: retries that wait end with it at once', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) =>
				address === 'device-1'
					? { outcome: BAD_KEY, afterMs: 100 }
					: outcome({ class: 'temporary', providerStatus: 500, backoffMs: 20_000 }),
		});
		const results = await bench(clock, [client]).all(batches(2));
		expect(results.find(({ ref }) => ref === 0)).toMatchObject({
			statusMessage: 'Not sent: APNs refused the key. Check it.',
			attempts: 1,
		});
		expect(clock.monotonic()).toBeLessThan(1000);
	});

	test('of the client: a lost answer that waits to be sent again stays unknown', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) =>
				address === 'device-1'
					? { outcome: BAD_KEY, afterMs: 100 }
					: outcome({ class: 'ambiguous', backoffMs: 20_000 }),
		});
		const results = await bench(clock, [client]).all(batches(2), { whenAnswerIsLost: 'sendAgain' });
		expect(results.find(({ ref }) => ref === 0)).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', attempts: 1 });
		expect(clock.monotonic()).toBeLessThan(1000);
	});

	test('of the client: other channels go on', async () => {
		const clock = new FakeClock();
		const bad = new ScriptedClient(clock, { script: () => BAD_KEY });
		const good = new ScriptedClient(clock, { channelType: 'GCM', latencyMs: 10 });
		const channels: ChannelType[] = ['APNS', 'GCM'];
		const recipients = Array.from({ length: 100 }, (_, i) => recipient(`d${i}`, i, channels[i % 2]));
		const results = await bench(clock, [bad, good]).all([{ message: message(), recipients }]);
		expect(results.filter(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toHaveLength(50);
	});

	test('of the client: a quota used up for today is told to everybody, and when to try again', async () => {
		const clock = new FakeClock();
		const usedUp = outcome({
			class: 'throttle-sender',
			providerStatus: 402,
			providerReason: '30604',
			message: 'The quota is used up.',
			retryInRun: false,
			adviseSeconds: 3600,
			stops: 'client',
		});
		const client = new ScriptedClient(clock, { channelType: 'BAIDU', latencyMs: 20, script: () => usedUp });
		const results = await bench(clock, [client]).all(batches(3000, message(), 1000, 'BAIDU'));
		expect(client.count).toBe(10);
		expect(results).toHaveLength(3000);
		expect(results.every((result) => result.retryAfterSeconds === 3600)).toBe(true);
		expect(results.at(-1)).toMatchObject({
			deliveryStatus: 'THROTTLED',
			statusMessage: 'Not sent: The quota is used up.',
			attempts: 0,
		});
	});

	test('of the client: the next send tries anew', async () => {
		const clock = new FakeClock();
		let refuse = true;
		const client = new ScriptedClient(clock, { script: () => (refuse ? BAD_KEY : OK) });
		const both = bench(clock, [client]);
		expect(only(await both.all(batches(1))).statusCode).toBe(403);
		refuse = false;
		expect(only(await both.all(batches(1))).statusCode).toBe(200);
	});

	test('of the message: only that message is not sent any more', async () => {
		const clock = new FakeClock();
		const broken = message({ ...CONTENT, payload: '{"broken":1}' });
		const fine = message();
		const client = new ScriptedClient(clock, { latencyMs: 10, pace: { inFlight: 2 } });
		const scripted = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 2 },
			script: (address) =>
				address.startsWith('b')
					? outcome({
							class: 'payload',
							providerStatus: 400,
							providerReason: 'BadTopic',
							stops: 'message',
							message: 'Bad.',
						})
					: OK,
		});
		const results = await bench(clock, [scripted]).all([
			{ message: broken, recipients: Array.from({ length: 50 }, (_, i) => recipient(`b${i}`, i)) },
			{ message: fine, recipients: Array.from({ length: 50 }, (_, i) => recipient(`f${i}`, 50 + i)) },
			{ message: broken, recipients: Array.from({ length: 50 }, (_, i) => recipient(`b${50 + i}`, 100 + i)) },
		]);
		expect(client.count).toBe(0);
		expect(scripted.addresses.filter((address) => address.startsWith('f'))).toHaveLength(50);
		expect(scripted.addresses.filter((address) => address.startsWith('b')).length).toBeLessThanOrEqual(3);
		expect(results).toHaveLength(150);
		const unsent = results.filter(({ statusMessage }) => statusMessage === 'Not sent: Bad.');
		expect(unsent.length).toBeGreaterThanOrEqual(97);
		expect(unsent.every(({ attempts, providerReason }) => attempts === 0 && providerReason === 'BadTopic')).toBe(true);
	});
});

describe('a stale provider token', () => {
	const STALE = outcome({
		class: 'auth-refresh',
		providerStatus: 403,
		providerReason: 'ExpiredProviderToken',
		message: 'Old.',
	});

	test('is renewed once for all that ask, and each is sent again without being counted', async () => {
		const clock = new FakeClock();
		let fresh = false;
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			pace: { inFlight: 100 },
			script: () => (fresh ? OK : STALE),
			renew: async () => {
				await new Promise<void>((resolve) => clock.after(200, resolve));
				fresh = true;
				return true;
			},
		});
		const results = await bench(clock, [client]).all(batches(500));
		expect(client.renewals).toBe(1);
		expect(results.every(({ deliveryStatus, attempts }) => deliveryStatus === 'SUCCESSFUL' && attempts === 1)).toBe(
			true,
		);
		expect(client.count).toBe(510);
		expect(client.sent.filter(({ at }) => at > 10 && at < 210)).toEqual([]);
	});

	test('a new token is tried by one request before it is used by all', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 10, script: () => STALE, renew: async () => true });
		const results = await bench(clock, [client]).all(batches(1000));
		expect(client.count).toBe(11);
		expect(results).toHaveLength(1000);
		expect(results.every(({ deliveryStatus }) => deliveryStatus === 'PERMANENT_FAILURE')).toBe(true);
	});

	test('an answer that comes after the renewal, to a request sent before, renews nothing', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address, n) => (n === 1 ? { outcome: STALE, afterMs: address === 'device-0' ? 10 : 500 } : OK),
			renew: async () => true,
		});
		const results = await bench(clock, [client]).all(batches(2));
		expect(client.renewals).toBe(1);
		expect(results.every(({ deliveryStatus }) => deliveryStatus === 'SUCCESSFUL')).toBe(true);
	});

	test('two sends renew together', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (_, n) => (n === 1 ? STALE : OK),
			renew: async () => {
				await new Promise<void>((resolve) => clock.after(100, resolve));
				return true;
			},
		});
		const both = bench(clock, [client]);
		const sends = ['a', 'b'].map((address) => both.collect([{ message: message(), recipients: [recipient(address)] }]));
		await clock.until(Promise.all(sends));
		expect(client.renewals).toBe(1);
	});

	async function renewedAfter(renewMs: number, maximumWaitMs: number, ends: readonly Outcome[], others?: Outcome) {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			script: (address, n) => (address === 'device-0' ? (ends[n - 1] ?? OK) : { outcome: others ?? OK, afterMs: 15 }),
			renew: async () => {
				await new Promise<void>((resolve) => clock.after(renewMs, resolve));
				return true;
			},
		});
		const options = { maximumWaitMs, whenAnswerIsLost: 'sendAgain' } as const;
		const results = await bench(clock, [client]).all(batches(others ? 2 : 1), options);
		return results.find(({ ref }) => ref === 0);
	}

	test.each([
		{ renewMs: 5, maximumWaitMs: 0 },
		{ renewMs: 31_000, maximumWaitMs: 30_000 },
	])(
		'renewed only after $renewMs ms of at most $maximumWaitMs, it can be tried again later',
		async ({ renewMs, maximumWaitMs }) => {
			expect(await renewedAfter(renewMs, maximumWaitMs, [STALE])).toMatchObject({
				deliveryStatus: 'TEMPORARY_FAILURE',
				providerReason: 'RenewedTooLate',
				retryAfterSeconds: 1,
				attempts: 0,
			});
		},
	);

	test('renewed while the provider keeps the gate closed, it can be tried again when that opens', async () => {
		const busy = outcome({ class: 'throttle-sender', providerStatus: 429, retryAfterSeconds: 3600 });
		expect(await renewedAfter(100, 30_000, [STALE], busy)).toMatchObject({
			deliveryStatus: 'THROTTLED',
			providerReason: 'SenderPaused',
			retryAfterSeconds: 3600,
		});
	});

	test('renewed too late for a message that was sent again after a lost answer, it may have arrived', async () => {
		const result = await renewedAfter(31_000, 30_000, [outcome({ class: 'ambiguous' }), STALE]);
		expect(result).toMatchObject({ deliveryStatus: 'UNKNOWN_FAILURE', possibleDuplicate: true });
		expect(result?.statusMessage).toMatch(/earlier try was lost/);
		expect(result).not.toHaveProperty('retryAfterSeconds');
	});

	test('refused again with the new one, it is a configuration error that stops the send', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { pace: { inFlight: 1 }, script: () => STALE, renew: async () => true });
		const results = await bench(clock, [client]).all(batches(10));
		expect(client.count).toBe(2);
		expect(results[0]).toMatchObject({ deliveryStatus: 'PERMANENT_FAILURE', statusCode: 403, statusMessage: 'Old.' });
		expect(results.slice(1).every(({ statusMessage }) => statusMessage === 'Not sent: Old.')).toBe(true);
		expect(results).toHaveLength(10);
	});

	test('that cannot be renewed is a configuration error that stops the send', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { pace: { inFlight: 2 }, script: () => STALE, renew: async () => false });
		const results = await bench(clock, [client]).all(batches(10));
		expect(client.count).toBe(2);
		expect(results.filter(({ attempts }) => attempts === 1)).toHaveLength(2);
		expect(results).toHaveLength(10);
	});

	test('a renewal that fails with a sentence ends with that sentence', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: () => STALE,
			renew: async () => {
				throw new PushError('CredentialRefused', 'The account is closed.', { hint: 'Open another.' });
			},
		});
		expect(only(await bench(clock, [client]).all(batches(1)))).toMatchObject({
			deliveryStatus: 'PERMANENT_FAILURE',
			statusMessage: 'The account is closed. Open another.',
		});
	});
});
