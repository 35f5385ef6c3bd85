import { type ChannelType, PushError } from '../../push/model';
import type { SendBatch } from '../../push/sending';
import { FakeClock } from './fakeClock';
import { OK, ScriptedClient, batches, bench, collect, message, recipient } from './scriptedClient';

jest.setTimeout(60_000);

describe('errors that end the send', () => {
	test('a credential that cannot be opened is thrown, after the results of what was in flight', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 1000 });
		const broken = new PushError('InvalidCredential', 'The key is broken.', { hint: 'Paste it again.' });
		const ports = {
			clientFor: async (channelType: ChannelType) => {
				if (channelType === 'APNS') return client;
				await new Promise<void>((resolve) => clock.after(100, resolve));
				throw broken;
			},
		};
		const stream = bench(clock, [], ports).send([
			{ message: message(), recipients: [recipient('a', 0), recipient('g', 1, 'GCM')] },
		]);
		const first = await clock.until(stream.next());
		const second = first.value?.length === 2 ? undefined : await clock.until(stream.next());
		const results = [...(first.value ?? []), ...(second?.value ?? [])];
		expect(results.find(({ ref }) => ref === 0)?.deliveryStatus).toBe('SUCCESSFUL');
		expect(results.find(({ ref }) => ref === 1)).toMatchObject({
			deliveryStatus: 'PERMANENT_FAILURE',
			statusMessage: 'Not sent: The key is broken. Paste it again.',
			providerReason: 'InvalidCredential',
			unsent: true,
		});
		await expect(clock.until(stream.next())).rejects.toBe(broken);
		expect(await stream.next()).toEqual({ done: true, value: undefined });
	});

	test('a source that throws: what was sent is told, then its error', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 100, pace: { inFlight: 10 } });
		const error = new Error('row 1001 is broken');
		async function* source() {
			yield* batches(500);
			await new Promise<void>((resolve) => clock.after(150, resolve));
			throw error;
		}
		const results: number[] = [];
		const reading = (async () => {
			for await (const batch of { [Symbol.asyncIterator]: () => bench(clock, [client]).send(source()) }) {
				results.push(...batch.map(({ attempts }) => attempts));
			}
		})();
		await expect(clock.until(reading)).rejects.toBe(error);
		expect(results).toHaveLength(500);
		expect(results.filter((attempts) => attempts === 1)).toHaveLength(client.count);
		expect(client.count).toBe(20);
	});

	test('a source that cannot even be opened', async () => {
		const clock = new FakeClock();
		const error = new Error('no such file');
		const source: AsyncIterable<never> = {
			[Symbol.asyncIterator]() {
				throw error;
			},
		};
		await expect(clock.until(bench(clock, []).send(source).next())).rejects.toBe(error);
	});

	test('a fault while rendering or sending is thrown, and nobody is left without a result', async () => {
		const clock = new FakeClock();
		const fault = new TypeError('a bug');
		const client = new ScriptedClient(clock, {
			script: (address) => {
				if (address === 'device-5') throw fault;
				return OK;
			},
		});
		const stream = bench(clock, [client]);
		const seen: number[] = [];
		const read = async (source: Parameters<typeof stream.send>[0]) => {
			for await (const batch of { [Symbol.asyncIterator]: () => stream.send(source) })
				seen.push(...batch.map(({ ref }) => ref));
		};
		await expect(clock.until(read(batches(10)))).rejects.toBe(fault);
		expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		seen.length = 0;
		const explosive = message(() => {
			throw fault;
		});
		await expect(clock.until(read(batches(3, explosive)))).rejects.toBe(fault);
		expect(seen).toHaveLength(3);
	});

	test('the source is closed when the send breaks off', async () => {
		const clock = new FakeClock();
		let closed = false;
		async function* source() {
			try {
				yield* batches(1_000_000);
			} finally {
				closed = true;
			}
		}
		const ports = {
			clientFor: async () => {
				throw new PushError('InvalidCredential', 'Broken.');
			},
		};
		const sender = bench(clock, [], ports);
		await expect(clock.until(collect({ [Symbol.asyncIterator]: () => sender.send(source()) }))).rejects.toThrow(
			'Broken.',
		);
		expect(closed).toBe(true);
	});

	test('a source that hangs does not keep the error from being told', async () => {
		const clock = new FakeClock();
		async function* source() {
			yield* batches(1);
			await new Promise(() => {});
		}
		const ports = {
			clientFor: async () => {
				await new Promise<void>((resolve) => clock.after(100, resolve));
				throw new PushError('InvalidCredential', 'Unreadable.');
			},
		};
		await expect(clock.until(bench(clock, [], ports).collect(source()))).rejects.toThrow('Unreadable.');
		expect(clock.monotonic()).toBeLessThanOrEqual(1000);
	});

	describe('a batch that is none', () => {
		/** As a program in plain JavaScript may give it. */
		function batchOf(json: string): SendBatch {
			return { message: message(), recipients: JSON.parse(json) };
		}

		async function sendAfter(first: Iterable<SendBatch>, json: string, isAsync: boolean) {
			const clock = new FakeClock();
			const client = new ScriptedClient(clock);
			async function* later() {
				yield* first;
				yield batchOf(json);
			}
			const source = isAsync ? later() : [...first, batchOf(json)];
			const seen: number[] = [];
			const read = async () => {
				const stream = { [Symbol.asyncIterator]: () => bench(clock, [client]).send(source) };
				for await (const results of stream) seen.push(...results.map(({ ref }) => ref));
			};
			const error: unknown = await clock.until(read().catch((thrown: unknown) => thrown));
			return { error, seen };
		}

		test.each([true, false])('without recipients, is an error (asynchronous source: %s)', async (isAsync) => {
			const { error, seen } = await sendAfter(batches(2), 'null', isAsync);
			expect(error).toBeInstanceOf(TypeError);
			expect(seen).toEqual([0, 1]);
		});

		test.each([
			{ json: '[{"ref":7,"address":"a"}]', said: '"undefined" of recipient 7 is not a push channel.' },
			{ json: '[{"ref":7,"address":"a","channelType":"FCM"}]', said: '"FCM" of recipient 7 is not a push channel.' },
			{
				json: '[{"ref":6,"address":"a","channelType":"APNS"},{"ref":7,"address":"b","channelType":"toString"}]',
				said: '"toString" of recipient 7 is not a push channel.',
			},
		])('with a recipient on no channel: $said', async ({ json, said }) => {
			const { error, seen } = await sendAfter(batches(2), json, true);
			expect(error).toMatchObject({ code: 'UnknownChannel', message: said, hint: expect.stringContaining('GCM') });
			expect(seen).toEqual([0, 1]);
		});
	});
});
