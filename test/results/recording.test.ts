import type { DeliveryBatch, DeliveryResult } from '../../push/model';
import { PushError, systemClock } from '../../push/model';
import { createDeliveryLog, recordResults } from '../../push/results';
import { PAUSE_MS } from '../../push/results/log';
import type { ResultStream } from '../../push/sending/types';
import { FakeClock } from '../sending/fakeClock';
import { result } from './samples';

const HEAD = { applicationId: 'a'.repeat(32), origin: { workflowId: 'w1' } };

/** A store whose log takes batches when it is told to, or fails. */
function slowStore() {
	const written: DeliveryBatch[][] = [];
	const store = {
		written,
		failure: undefined as Error | undefined,
		before: async () => {},
		deliveryLog: {
			async append(batches: readonly DeliveryBatch[]) {
				await store.before();
				if (store.failure) throw store.failure;
				written.push([...batches]);
			},
		},
	};
	return store;
}

function logOver(store: ReturnType<typeof slowStore>, clock: { now(): number; monotonic(): number } = systemClock) {
	const { append } = store.deliveryLog;
	const unused = async () => {
		throw new Error('Not in this test');
	};
	const deliveryLog = {
		append,
		last: unused,
		first: unused,
		lastBefore: unused,
		after: unused,
		count: unused,
		before: unused,
		get: unused,
		erase: unused,
		listen: unused,
	};
	return createDeliveryLog({ deliveryLog }, clock);
}

const batchOf = (name: string, count = 1) => Array.from({ length: count }, () => result({ address: name }));

async function* streamOf(...batches: DeliveryResult[][]): ResultStream {
	yield* batches;
}

async function read(stream: ResultStream): Promise<string[]> {
	const names: string[] = [];
	for await (const batch of stream) names.push(...batch.map(({ address }) => address));
	return names;
}

test('a result is in the log before the caller sees it, in the order of the send', async () => {
	const store = slowStore();
	const names = ['one', 'two', 'three', 'four', 'five', 'six'];
	const stream = recordResults(() => streamOf(...names.map((name) => batchOf(name))), logOver(store), HEAD, undefined);
	const seen: string[] = [];
	for await (const [found] of stream) {
		if (!found) continue;
		expect(store.written.flat().flatMap(({ results }) => results)).toContain(found);
		seen.push(found.address);
	}
	expect(seen).toEqual(names);
	expect(store.written.flat()).toMatchObject(names.map((address) => ({ ...HEAD, results: [{ address }] })));
});

test('what comes while the store is busy shares the next transaction', async () => {
	const store = slowStore();
	const log = logOver(store);
	const { promise, resolve } = Promise.withResolvers<void>();
	store.before = async () => await promise;
	const all = Promise.all(['one', 'two', 'three', 'four'].map(async (name) => await log.record(HEAD, batchOf(name))));
	resolve();
	await all;
	expect(store.written.map((group) => group.length)).toEqual([1, 3]);
});

test('more than 1,000 results become several batches', async () => {
	const store = slowStore();
	await logOver(store).record(HEAD, batchOf('one', 2_500));
	expect(store.written.flat().map(({ results }) => results.length)).toEqual([1_000, 1_000, 500]);
});

test('a log that cannot be written costs no result and says so on each batch', async () => {
	const store = slowStore();
	store.failure = new PushError('StoreUnavailable', 'The disk is full.', { hint: 'Make room.' });
	const clock = new FakeClock();
	const log = logOver(store, clock);
	const seen: DeliveryResult[] = [];
	const batches = [batchOf('one', 3), batchOf('two')];
	for await (const batch of recordResults(() => streamOf(...batches), log, HEAD, undefined)) seen.push(...batch);
	expect(seen.map(({ address }) => address)).toEqual(['one', 'one', 'one', 'two']);
	expect(seen[0]?.warnings).toEqual([
		'3 results are missing in the delivery log, and so in its metrics and triggers: The disk is full. Make room.',
	]);
	expect(seen[1]?.warnings).toBeUndefined();
	expect(seen[3]?.warnings?.[0]).toMatch(/^This result is missing/);
	// The store is left alone for a while, then used again.
	store.failure = undefined;
	await expect(log.record(HEAD, batchOf('three'))).rejects.toThrow('The disk is full.');
	await clock.advance(PAUSE_MS);
	await log.record(HEAD, batchOf('three'));
	expect(store.written).toHaveLength(1);
});

test('a send that breaks off gives its results first, then its error', async () => {
	const store = slowStore();
	async function* broken(): ResultStream {
		yield batchOf('one');
		throw new Error('the source broke');
	}
	const seen: string[] = [];
	const reading = (async () => {
		for await (const batch of recordResults(broken, logOver(store), HEAD, undefined)) seen.push(String(batch.length));
	})();
	await expect(reading).rejects.toThrow('the source broke');
	expect(seen).toEqual(['1']);
});

test('who leaves early stops the send, and what was under way is recorded', async () => {
	const store = slowStore();
	async function* endless(stop: AbortSignal): ResultStream {
		for (let n = 0; !stop.aborted; n++) {
			yield batchOf(`before ${n}`);
			await new Promise(setImmediate);
		}
		yield batchOf('in flight');
	}
	for await (const batch of recordResults(endless, logOver(store), HEAD, undefined)) if (batch.length > 0) break;
	expect(store.written.flat().at(-1)?.results[0]?.address).toBe('in flight');
});

test('the caller’s own stop reaches the send', async () => {
	const own = new AbortController();
	async function* untilStopped(stop: AbortSignal): ResultStream {
		if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve));
		yield batchOf('stopped');
	}
	setImmediate(() => own.abort());
	expect(await read(recordResults(untilStopped, logOver(slowStore()), HEAD, own.signal))).toEqual(['stopped']);
});

test('at most five batches run ahead of a reader who is slow', async () => {
	let produced = 0;
	async function* many(): ResultStream {
		for (; produced < 50; produced++) yield batchOf(String(produced));
	}
	const stream = recordResults(many, logOver(slowStore()), HEAD, undefined)[Symbol.asyncIterator]();
	await stream.next();
	for (let n = 0; n < 50; n++) await new Promise(setImmediate);
	expect(produced).toBeLessThanOrEqual(5);
	await stream.return?.();
});

test('listeners hear of batches once they are in the store', async () => {
	const store = slowStore();
	const log = logOver(store);
	const heard: string[] = [];
	const stop = log.onRecorded((batches) => {
		expect(store.written.flat()).toEqual(expect.arrayContaining([...batches]));
		heard.push(...batches.flatMap(({ results }) => results.map(({ address }) => address)));
	});
	await log.record(HEAD, batchOf('one'));
	stop();
	await log.record(HEAD, batchOf('two'));
	expect(heard).toEqual(['one']);
});
