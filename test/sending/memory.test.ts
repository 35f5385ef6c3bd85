import type { DeliveryResult } from '../../push/model';
import { FakeClock, settle } from './fakeClock';
import { OK, ScriptedClient, batches, bench, message, outcome } from './scriptedClient';

jest.setTimeout(60_000);

/** A list that notes how far it was read. */
function counted(total: number, size = 1000) {
	const state = { pulled: 0 };
	async function* source() {
		for (const batch of batches(total, message(), size)) {
			state.pulled += batch.recipients.length;
			yield batch;
		}
	}
	return { state, source: source() };
}

describe('bounded memory', () => {
	test('200,000 recipients: never more than a few thousand between source and reader', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 60, pace: { inFlight: 2000 }, forgetful: true });
		const { state, source } = counted(200_000);
		let [read, distance] = [0, 0];
		let seen = new Uint8Array(200_000);
		const reading = (async () => {
			for await (const batch of { [Symbol.asyncIterator]: () => bench(clock, [client]).send(source) }) {
				distance = Math.max(distance, state.pulled - read);
				read += batch.length;
				expect(batch.length).toBeLessThanOrEqual(1000);
				for (const { ref } of batch) seen[ref] = (seen[ref] ?? 0) + 1;
			}
		})();
		await clock.until(reading);
		expect(seen.every((times) => times === 1)).toBe(true);
		seen = new Uint8Array(0);
		// In flight, one batch queued and one just read, unread results.
		expect(distance).toBeLessThanOrEqual(2000 + 2000 + 4000);
		expect(client.maxInFlight).toBe(2000);
	});

	test('a reader that does not read stops the send, and it goes on when he reads', async () => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs: 10, pace: { inFlight: 100 }, forgetful: true });
		const { state, source } = counted(50_000);
		const stream = bench(clock, [client]).send(source);
		let rest = (await clock.until(stream.next())).value?.length ?? 0;
		await clock.run(60_000);
		expect(client.count).toBeLessThanOrEqual(1000 + 2000 + 200);
		expect(state.pulled).toBeLessThanOrEqual(1000 + 2000 + 200 + 2000);
		const before = client.count;
		rest += (await clock.until(stream.next())).value?.length ?? 0;
		await clock.run(1000);
		expect(client.count).toBeGreaterThanOrEqual(before + 900);
		for (let read = await clock.until(stream.next()); !read.done; read = await clock.until(stream.next())) {
			rest += read.value.length;
		}
		expect(rest).toBe(50_000);
	});

	test.each([1, 60])('a window holds requests in flight and results not done with, at %i ms', async (latencyMs) => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, { latencyMs, pace: { inFlight: 2000 }, forgetful: true });
		const stream = bench(clock, [client]).send(batches(20_000), { window: 1_500 });
		let [done, most] = [0, 0];
		for (let read = await clock.until(stream.next()); !read.done; read = await clock.until(stream.next())) {
			// The reader takes its time: until it asks for more, its batch counts.
			await clock.run(500);
			most = Math.max(most, client.count - done);
			done += read.value.length;
		}
		expect(done).toBe(20_000);
		expect(most).toBe(1_500);
	});

	test('recipients that wait for another try are bounded: the source waits for them', async () => {
		const clock = new FakeClock();
		const busy = outcome({ class: 'temporary', providerStatus: 503, backoffMs: 20_000 });
		const client = new ScriptedClient(clock, {
			latencyMs: 10,
			forgetful: true,
			pace: { attempts: 2 },
			script: (_, n) => (n === 1 ? busy : OK),
		});
		const { state, source } = counted(30_000);
		const reading = bench(clock, [client]).collect(source);
		await clock.run(9000);
		expect(state.pulled).toBeGreaterThanOrEqual(10_000);
		expect(state.pulled).toBeLessThanOrEqual(10_000 + 2000 + 1000);
		expect(await clock.until(reading)).toHaveLength(30_000);
	});

	test('a source that is always ready leaves room for the rest of the process', async () => {
		const clock = new FakeClock();
		let turns = 0;
		let going = true;
		const tick = () => {
			turns += 1;
			if (going) setImmediate(tick);
		};
		setImmediate(tick);
		const nobody = message({ refused: true, reason: 'NoContent', statusCode: 400, message: 'Nothing to say.' });
		const results = await bench(clock, [new ScriptedClient(clock)]).all(batches(100_000, nobody));
		going = false;
		await settle();
		expect(results).toHaveLength(100_000);
		expect(turns).toBeGreaterThanOrEqual(10);
	});
});

describe('when results come', () => {
	const sizes = async (count: number, latencyMs: (n: number) => number, advance: number[]) => {
		const clock = new FakeClock();
		const client = new ScriptedClient(clock, {
			script: (address) => ({ outcome: OK, afterMs: latencyMs(Number(address.slice(7))) }),
		});
		const stream = bench(clock, [client]).send(batches(count));
		const got: DeliveryResult[][] = [];
		const reading = (async () => {
			for await (const batch of { [Symbol.asyncIterator]: () => stream }) got.push(batch);
		})();
		const after: number[] = [];
		for (const ms of advance) {
			await clock.run(ms);
			after.push(got.length);
		}
		await clock.until(reading);
		return { after, got };
	};

	test('the end of a send is told at once', async () => {
		const { after, got } = await sizes(1, () => 5, [4, 1]);
		expect(after).toEqual([0, 1]);
		expect(got).toHaveLength(1);
	});

	test('some results do not wait for many: 50 ms at most', async () => {
		const { after } = await sizes(20, (n) => (n < 5 ? 10 : 5000), [59, 1]);
		expect(after).toEqual([0, 1]);
	});

	test('many results come together', async () => {
		const { got } = await sizes(3000, (n) => 10 + n / 1000, []);
		expect(Math.max(...got.map(({ length }) => length))).toBe(1000);
		expect(got.length).toBeLessThanOrEqual(4);
	});
});
