import { CHANNEL_TYPES, type ChannelType } from '../../push/model';
import { FakeClock } from './fakeClock';
import { OK, ScriptedClient, batches, bench, message, only, outcome, recipient } from './scriptedClient';

jest.setTimeout(60_000);

describe('the way of a message', () => {
	test('every recipient gets one result, with what the provider answered', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 20, script: () => ({ ...OK, messageId: 'id-1' }) });
		const results = await bench(clock, [client]).all(batches(2500), { applicationId: 'app', campaignId: 'camp' });
		expect(results.map(({ ref }) => ref).sort((a, b) => a - b)).toEqual(Array.from({ length: 2500 }, (_, i) => i));
		expect(results[0]).toEqual({
			ref: 0,
			address: 'device-0',
			channelType: 'APNS',
			applicationId: 'app',
			campaignId: 'camp',
			deliveryStatus: 'SUCCESSFUL',
			statusCode: 200,
			statusMessage: '',
			messageId: 'id-1',
			tokenAction: 'keep',
			providerStatus: 200,
			possibleDuplicate: false,
			attempts: 1,
			latencyMs: 20,
			sentAt: new Date(clock.now() - clock.monotonic()).toISOString(),
		});
	});

	test('a source without recipients gives no results', async () => {
		const clock = new FakeClock();
		expect(await bench(clock, []).all([])).toEqual([]);
		expect(await bench(clock, []).all([{ message: message(), recipients: [] }])).toEqual([]);
	});

	test('what the outcome says of the address and the reason comes back on the result', async () => {
		const clock = new FakeClock();
		const end = outcome({
			class: 'token',
			statusCode: 410,
			message: 'The address is dead. Remove it.',
			tokenAction: 'replace',
			updatedToken: 'new',
			providerStatus: 400,
			providerReason: 'BadDeviceToken',
			providerMessage: 'verbatim',
			invalidSince: 17,
		});
		const client = new ScriptedClient(clock, { script: () => end });
		expect(only(await bench(clock, [client]).all(batches(1)))).toMatchObject({
			deliveryStatus: 'PERMANENT_FAILURE',
			statusCode: 410,
			statusMessage: 'The address is dead. Remove it.',
			tokenAction: 'replace',
			updatedToken: 'new',
			providerStatus: 400,
			providerReason: 'BadDeviceToken',
			providerMessage: 'verbatim',
			invalidSince: 17,
			attempts: 1,
		});
	});

	test('an outcome may override the status of its class', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: () => outcome({ class: 'ok', status: 'OPT_OUT', statusCode: 299 }),
		});
		expect(only(await bench(clock, [client]).all(batches(1)))).toMatchObject({
			deliveryStatus: 'OPT_OUT',
			statusCode: 299,
		});
	});

	test('an APNs result carries the id that was sent, also one given by the caller', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		const given = { ...recipient('a'), messageId: '11111111-2222-4333-8444-555555555555' };
		const results = await bench(clock, [client]).all([{ message: message(), recipients: [given, recipient('b', 1)] }]);
		expect(results[0]?.messageId).toBe(given.messageId);
		expect(results[1]?.messageId).toBe(client.sent[1]?.attempt.messageId);
	});

	test('other providers give their id themselves', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { channelType: 'GCM' });
		expect(only(await bench(clock, [client]).all(batches(1, message(), 1, 'GCM')))).not.toHaveProperty('messageId');
	});

	test('the timeout and validate only reach the provider', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		await bench(clock, [client]).all(batches(1), { requestTimeoutMs: 1234, validateOnly: true });
		expect(client.sent[0]?.attempt).toMatchObject({ timeoutMs: 1234, validateOnly: true });
	});

	test('nothing was sent when a validation was only local', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => outcome({ class: 'ok', message: 'Valid; not sent.' }) });
		const result = only(await bench(clock, [client]).all(batches(1), { validateOnly: true }));
		expect(result).toMatchObject({ deliveryStatus: 'SUCCESSFUL', attempts: 0, statusMessage: 'Valid; not sent.' });
		expect(result).not.toHaveProperty('sentAt');
	});

	test('a local refusal of the provider is not an attempt', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { script: () => outcome({ class: 'token', statusCode: 400 }) });
		const result = only(await bench(clock, [client]).all(batches(1)));
		expect(result).toMatchObject({ attempts: 0, latencyMs: 0, statusCode: 400 });
		expect(result).not.toHaveProperty('messageId');
	});
});

describe('recipients that are not worth a request', () => {
	test.each(['', '   '])('an empty address (%j) is refused without a request', async (address) => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		const results = await bench(clock, [client]).all([{ message: message(), recipients: [recipient(address, 7)] }]);
		expect(only(results)).toMatchObject({
			ref: 7,
			address,
			deliveryStatus: 'PERMANENT_FAILURE',
			statusCode: 400,
			providerReason: 'MissingAddress',
			attempts: 0,
		});
		expect(client.count).toBe(0);
	});

	test('a message that cannot be rendered for a recipient is refused without a request', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		const picky = message((to) =>
			to.ref === 1
				? { refused: true, reason: 'MissingSubstitution', statusCode: 400, message: 'There is no {{name}}.' }
				: { provider: 'apns', pushType: 'alert', payload: '{}', bytes: 2, collapsible: false },
		);
		const results = await bench(clock, [client]).all(batches(3, picky));
		expect(results.find(({ ref }) => ref === 1)).toMatchObject({
			deliveryStatus: 'PERMANENT_FAILURE',
			providerReason: 'MissingSubstitution',
			statusMessage: 'There is no {{name}}.',
			attempts: 0,
		});
		expect(client.addresses).toEqual(['device-0', 'device-2']);
	});

	test('a message refused for everybody is rendered once', async () => {
		const clock = new FakeClock();
		let rendered = 0;
		const tooLarge = message(() => {
			rendered += 1;
			return { refused: true, reason: 'PayloadTooLarge', statusCode: 413, message: 'Too large.', stops: 'message' };
		});
		const results = await bench(clock, [new ScriptedClient(clock)]).all(batches(3000, tooLarge));
		expect(results).toHaveLength(3000);
		expect(new Set(results.map(({ statusCode }) => statusCode))).toEqual(new Set([413]));
		expect(rendered).toBe(1);
	});

	test('a channel without a credential gives results, the others are sent', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock);
		const results = await bench(clock, [client]).all([
			{ message: message(), recipients: [recipient('a', 0), recipient('b', 1, 'ADM')] },
		]);
		expect(results.find(({ ref }) => ref === 0)?.deliveryStatus).toBe('SUCCESSFUL');
		expect(results.find(({ ref }) => ref === 1)).toMatchObject({
			deliveryStatus: 'PERMANENT_FAILURE',
			statusCode: 400,
			providerReason: 'ChannelNotConfigured',
			statusMessage: 'No channel of type ADM.',
			attempts: 0,
		});
	});

	test('the credential of a channel is asked for once per send, whatever arrives meanwhile', async () => {
		const clock = new FakeClock();
		const asked: ChannelType[] = [];
		const clients = CHANNEL_TYPES.map((channelType) => new ScriptedClient(clock, { channelType }));
		const ports = {
			clientFor: async (channelType: ChannelType) => {
				asked.push(channelType);
				await new Promise<void>((resolve) => clock.after(100, resolve));
				const client = clients.find((known) => known.channelType === channelType);
				if (!client) throw new Error('unreachable');
				return client;
			},
		};
		const recipients = Array.from({ length: 700 }, (_, i) => recipient(`d${i}`, i, CHANNEL_TYPES[i % 7]));
		const results = await bench(clock, clients, ports).all([
			{ message: message(), recipients },
			{ message: message(), recipients },
		]);
		expect(results).toHaveLength(1400);
		expect(asked.sort()).toEqual([...CHANNEL_TYPES].sort());
	});
});

describe('warnings', () => {
	test('warnings of the client are on the results, read anew for each batch, one frozen array', async () => {
		const clock = new FakeClock();
		let reads = 0;
		const client = new ScriptedClient(clock, {
			warnings: () => {
				reads += 1;
				return ['The certificate expires in 12 days.'];
			},
		});
		const results = await bench(clock, [client]).all(batches(3000));
		const distinct = new Set(results.map(({ warnings }) => warnings));
		expect(results.every(({ warnings }) => warnings?.[0] === 'The certificate expires in 12 days.')).toBe(true);
		expect([...distinct].every((warnings) => Object.isFrozen(warnings))).toBe(true);
		expect(reads).toBeGreaterThanOrEqual(3);
		expect(reads).toBeLessThanOrEqual(4);
		expect(distinct.size).toBe(reads);
	});

	test('no warnings, no key', async () => {
		const clock = new FakeClock();
		expect(only(await bench(clock, [new ScriptedClient(clock)]).all(batches(1)))).not.toHaveProperty('warnings');
	});
});

describe('options', () => {
	test.each([
		{ ratePerSecond: 0 },
		{ ratePerSecond: -1 },
		{ ratePerSecond: NaN },
		{ rampUpMs: -1 },
		{ concurrency: 0 },
		{ concurrency: 1.5 },
		{ maximumWaitMs: -1 },
		{ requestTimeoutMs: 0 },
	])('%j is refused with a sentence', (options) => {
		const clock = new FakeClock();
		expect(() => bench(clock, []).send([], options)).toThrow(
			expect.objectContaining({ code: 'InvalidRequest', message: expect.stringMatching(/cannot be/) }),
		);
	});

	test('the concurrency bounds the whole send, also over several channels', async () => {
		const clock = new FakeClock();
		const clients = [
			new ScriptedClient(clock, { latencyMs: 10 }),
			new ScriptedClient(clock, { channelType: 'GCM', latencyMs: 10 }),
		];
		let most = 0;
		const recipients = Array.from({ length: 60 }, (_, i) => recipient(`d${i}`, i, i % 2 ? 'GCM' : 'APNS'));
		const watch = message(() => {
			most = Math.max(
				most,
				clients.reduce((sum, client) => sum + client.inFlight, 0),
			);
			return { provider: 'apns', pushType: 'alert', payload: '{}', bytes: 2, collapsible: false };
		});
		const results = await bench(clock, clients).all([{ message: watch, recipients }], { concurrency: 3 });
		expect(results).toHaveLength(60);
		expect(clients.map(({ maxInFlight }) => maxInFlight).reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(3);
		expect(clock.monotonic()).toBeGreaterThanOrEqual(200);
		expect(most).toBeLessThanOrEqual(3);
	});

	test('requests in flight stay within the provider’s number and what the transport can hold', async () => {
		const clock = new FakeClock();
		const byPace = new ScriptedClient(clock, { latencyMs: 10, pace: { inFlight: 17 } });
		await bench(clock, [byPace]).all(batches(200));
		expect(byPace.maxInFlight).toBe(17);
		const byCapacity = new ScriptedClient(clock, { latencyMs: 10, capacity: 5 });
		await bench(clock, [byCapacity]).all(batches(200));
		expect(byCapacity.maxInFlight).toBe(5);
		const byNothing = new ScriptedClient(clock, { latencyMs: 10, capacity: 0 });
		await bench(clock, [byNothing]).all(batches(20));
		expect(byNothing.maxInFlight).toBe(1);
	});
});
