import fc from 'fast-check';
import { CHANNEL_TYPES, type ChannelType, type DeliveryResult, OUTCOME_CLASSES, type Outcome } from '../../push/model';
import type { SendBatch, SendOptions } from '../../push/sending';
import { FakeClock } from './fakeClock';
import { CONTENT, ScriptedClient, type Scripted, bench, collect, message, recipient } from './scriptedClient';

jest.setTimeout(60_000);

const outcomes: fc.Arbitrary<Outcome> = fc.record(
	{
		class: fc.constantFrom(...OUTCOME_CLASSES),
		message: fc.constantFrom('', 'A sentence.'),
		tokenAction: fc.constantFrom('keep', 'remove', 'suspect'),
		providerStatus: fc.constantFrom(200, 400, 429, 503),
		retryAfterSeconds: fc.nat(40),
		backoffMs: fc.constantFrom(0, 100, 5000),
		adviseSeconds: fc.constant(900),
		processed: fc.constant(false as const),
		retryInRun: fc.boolean(),
		guarded: fc.boolean(),
	},
	{ requiredKeys: ['class', 'message', 'tokenAction'] },
);

/** Stops are rare, or nothing else would be seen. */
const ends: fc.Arbitrary<Scripted> = fc.oneof(
	{ weight: 12, arbitrary: fc.record({ outcome: outcomes, afterMs: fc.nat(3000) }) },
	{ weight: 6, arbitrary: outcomes },
	{
		weight: 1,
		arbitrary: fc
			.tuple(outcomes, fc.constantFrom('client' as const, 'message' as const))
			.map(([outcome, stops]) => ({ ...outcome, stops })),
	},
);

const options: fc.Arbitrary<SendOptions> = fc.record(
	{
		ratePerSecond: fc.constantFrom(5, 50, 1000),
		rampUpMs: fc.constantFrom(0, 500),
		concurrency: fc.integer({ min: 1, max: 50 }),
		maximumWaitMs: fc.constantFrom(0, 2000, 30_000),
		whenAnswerIsLost: fc.constantFrom('auto', 'report', 'sendAgain'),
	},
	{ requiredKeys: [] },
);

const plans = fc.record({
	script: fc.array(ends, { minLength: 1, maxLength: 12 }),
	count: fc.integer({ min: 0, max: 60 }),
	batch: fc.integer({ min: 1, max: 20 }),
	channels: fc.uniqueArray(fc.constantFrom(...CHANNEL_TYPES.slice(0, 5)), { minLength: 1 }),
	inFlight: fc.integer({ min: 1, max: 20 }),
	options,
	renews: fc.boolean(),
	collapsible: fc.boolean(),
	stopAt: fc.option(fc.nat(6000), { nil: undefined }),
	fails: fc.option(fc.nat(60), { nil: undefined }),
	lateness: fc.nat(5),
});

interface Played {
	readonly results: readonly DeliveryResult[];
	readonly pulled: readonly number[];
	readonly clients: readonly ScriptedClient[];
	readonly stoppedAt: number | undefined;
	readonly endedAt: number;
	readonly threw: boolean;
}

async function play(plan: typeof plans extends fc.Arbitrary<infer T> ? T : never): Promise<Played> {
	const clock = new FakeClock();
	clock.lateness = () => plan.lateness;
	const clients = plan.channels.map(
		(channelType, index) =>
			new ScriptedClient(clock, {
				channelType,
				pace: { inFlight: plan.inFlight },
				renew: async () => plan.renews,
				script: (address, n) => plan.script[(Number(address) * 7 + n * 3 + index) % plan.script.length] ?? 'silence',
			}),
	);
	const pulled: number[] = [];
	const of = message({ ...CONTENT, collapsible: plan.collapsible });
	async function* source(): AsyncGenerator<SendBatch> {
		for (let start = 0; start < plan.count; start += plan.batch) {
			if (plan.fails !== undefined && start >= plan.fails) throw new Error('the source failed');
			const refs = Array.from({ length: Math.min(plan.batch, plan.count - start) }, (_, i) => start + i);
			pulled.push(...refs);
			yield { message: of, recipients: refs.map((ref) => recipient(String(ref), ref, channelOf(plan.channels, ref))) };
		}
	}
	const stop = new AbortController();
	let stoppedAt: number | undefined;
	if (plan.stopAt !== undefined) {
		clock.after(plan.stopAt, () => {
			stoppedAt = clock.monotonic();
			stop.abort();
		});
	}
	const results: DeliveryResult[] = [];
	const stream = bench(clock, clients).send(source(), { ...plan.options, signal: stop.signal });
	const reading = (async () => {
		for await (const batch of { [Symbol.asyncIterator]: () => stream }) results.push(...batch);
		return false;
	})().catch(() => true);
	const threw = await clock.until(reading);
	const endedAt = clock.monotonic();
	await clock.run(200_000);
	return { results, pulled, clients, stoppedAt, endedAt, threw };
}

function channelOf(channels: readonly ChannelType[], ref: number): ChannelType {
	return channels[ref % channels.length] ?? 'APNS';
}

describe('whatever the providers answer, whenever it is stopped', () => {
	test('every recipient read from the source gets exactly one result, the bounds hold, and a stop is obeyed', async () => {
		await fc.assert(
			fc.asyncProperty(plans, async (plan) => {
				const { results, pulled, clients, stoppedAt, endedAt, threw } = await play(plan);
				expect(results.map(({ ref }) => ref).sort((a, b) => a - b)).toEqual(pulled);
				if (!threw && stoppedAt === undefined) expect(pulled).toHaveLength(plan.count);
				for (const client of clients) {
					expect(client.maxInFlight).toBeLessThanOrEqual(plan.options.concurrency ?? plan.inFlight);
				}
				if (stoppedAt !== undefined && endedAt >= stoppedAt) {
					expect(endedAt - stoppedAt).toBeLessThan(1000);
					for (const client of clients) expect(client.sent.every(({ at }) => at <= (stoppedAt ?? 0))).toBe(true);
				}
			}),
			{ numRuns: 150 },
		);
	});

	test('results agree with what the provider saw', async () => {
		await fc.assert(
			fc.asyncProperty(plans, async (plan) => {
				const { results, clients } = await play(plan);
				const sent = clients.flatMap((client) => client.sent);
				for (const result of results) {
					const tries = sent.filter(({ address }) => address === result.address);
					expect(result.attempts).toBeLessThanOrEqual(tries.length);
					expect(new Set(tries.map(({ attempt }) => attempt.messageId)).size).toBeLessThanOrEqual(1);
					expect(result.attempts > 0).toBe(result.sentAt !== undefined);
					if (result.possibleDuplicate) expect(tries.length).toBeGreaterThan(1);
					if (result.statusMessage.startsWith('Not sent: the send'))
						expect(result.deliveryStatus).toBe('TEMPORARY_FAILURE');
					if (plan.options.whenAnswerIsLost === 'report') expect(result.possibleDuplicate).toBe(false);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test('the same seed plays the same way', async () => {
		await fc.assert(
			fc.asyncProperty(plans, async (plan) => {
				const [once, twice] = [await play(plan), await play(plan)];
				expect(twice.results).toEqual(once.results);
			}),
			{ numRuns: 10 },
		);
	});
});

test('a stream without a reader keeps no promise of each recipient', async () => {
	const clock = new FakeClock();
	const client = new ScriptedClient(clock, { script: () => 'silence' });
	const stream = bench(clock, [client]).send([{ message: message(), recipients: [recipient('a')] }]);
	const reading = collect({ [Symbol.asyncIterator]: () => stream });
	await clock.run(10);
	expect(client.inFlight).toBe(1);
	await clock.until(Promise.resolve(stream.return?.()));
	expect(await reading).toEqual([]);
});
