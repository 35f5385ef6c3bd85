import type { DeliveryBatch } from '../../push/model';
import type { Store } from '../../push/store';
import { DEAD, result, SUSPECT } from '../results/samples';
import { describePostgres, postgresPlace, sqlitePlace, storeForEachTest, type StorePlace } from './stores';

const APP = 'a'.repeat(32);

let address = 0;
/** An address nobody else has. */
const next = () => `device-${++address}`;

function batch(overrides: Partial<DeliveryBatch> = {}): DeliveryBatch {
	return { at: 1_000, applicationId: APP, origin: {}, results: [result({ address: next() })], ...overrides };
}

function deliveryLogContract(place: () => StorePlace): void {
	let store: Store;

	storeForEachTest(place, (made) => {
		store = made;
	});

	const addressesAfter = async (sequence: number, filter = {}) => {
		const { batches } = await store.deliveryLog.after({ sequence, limit: 100, filter });
		return batches.flatMap(({ results }) => results.map((found) => found.address));
	};

	test('an empty log', async () => {
		expect(await store.deliveryLog.last()).toBe(0);
		expect(await store.deliveryLog.after({ sequence: 0, limit: 10 })).toEqual({ batches: [], scannedTo: 0 });
		expect(await store.deliveryIndex.nextSegment()).toBeUndefined();
		expect(await store.deliveryIndex.find('x')).toEqual([]);
		expect(await store.deliveryIndex.trim(await store.deliveryIndex.floor(5_000, 10), 10)).toBe(0);
	});

	test('gives back what was recorded, in order, with where it came from', async () => {
		const origin = { workflowId: 'w1', executionId: '7', traceId: 'trace', tag: 'news' };
		const first = batch({ campaignId: 'c1', origin, results: [result(), result({ ...DEAD, traceId: 'own' })] });
		await store.deliveryLog.append([first]);
		await store.deliveryLog.append([batch({ at: 2_000 }), batch({ at: 3_000 })]);
		const { batches, scannedTo } = await store.deliveryLog.after({ sequence: 0, limit: 10 });
		expect(batches.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000]);
		expect(scannedTo).toBe(batches[2]?.sequence);
		expect(batches[0]).toMatchObject({ applicationId: APP, campaignId: 'c1', origin });
		expect({ ref: 0, ...batches[0]?.results[0] }).toEqual(result());
		expect(batches[0]?.results[1]).toMatchObject({ traceId: 'own', invalidSince: DEAD.invalidSince });
		const backwards = await store.deliveryLog.before({ sequence: Number.MAX_SAFE_INTEGER, limit: 2 });
		expect(backwards.map(({ at }) => at)).toEqual([3_000, 2_000]);
		expect(await store.deliveryLog.lastBefore(2_000)).toBe(batches[0]?.sequence);
		expect(await store.deliveryLog.lastBefore(9_000)).toBe(batches[2]?.sequence);
	});

	test('passes over batches that hold nothing wanted', async () => {
		const [good, dead, suspect, other] = [next(), next(), next(), next()];
		await store.deliveryLog.append([
			batch({ results: [result({ address: good })], origin: { workflowId: 'w1', tag: 'news' } }),
			batch({ results: [result({ ...DEAD, address: dead })], campaignId: 'c1' }),
			batch({ results: [result({ ...SUSPECT, address: suspect, channelType: 'GCM' })], at: 5_000 }),
			batch({ results: [result({ address: other, traceId: 'a "trace" \\' })], applicationId: 'b'.repeat(32) }),
		]);
		expect(await addressesAfter(0, { statuses: ['PERMANENT_FAILURE', 'TIMEOUT'] })).toEqual([dead, suspect]);
		expect(await addressesAfter(0, { channels: ['GCM'] })).toEqual([suspect]);
		expect(await addressesAfter(0, { actions: ['remove'] })).toEqual([dead]);
		expect(await addressesAfter(0, { reason: 'Unregistered' })).toEqual([dead]);
		expect(await addressesAfter(0, { applicationId: APP })).toEqual([good, dead, suspect]);
		expect(await addressesAfter(0, { campaignId: 'c1' })).toEqual([dead]);
		expect(await addressesAfter(0, { tag: 'news' })).toEqual([good]);
		expect(await addressesAfter(0, { notWorkflowId: 'w1' })).toEqual([dead, suspect, other]);
		expect(await addressesAfter(0, { since: 2_000, until: 6_000 })).toEqual([suspect]);
		expect(await addressesAfter(0, { holds: 'a "trace" \\' })).toEqual([other]);
		// What was passed over counts as looked at.
		const nothing = await store.deliveryLog.after({ sequence: 0, limit: 10, filter: { campaignId: 'none' } });
		expect(nothing).toEqual({ batches: [], scannedTo: await store.deliveryLog.last() });
	});

	test('a page that is full was looked at up to its last batch only', async () => {
		await store.deliveryLog.append([batch(), batch(), batch()]);
		const page = await store.deliveryLog.after({ sequence: 0, limit: 2 });
		expect(page.batches).toHaveLength(2);
		expect(page.scannedTo).toBe(page.batches[1]?.sequence);
	});

	test('50,000 results become a segment, and its keys are found', async () => {
		const thousand = (n: number) =>
			batch({
				origin: { traceId: `trace of ${n}` },
				results: Array.from({ length: 1_000 }, (_, i) => result({ address: `${n}-${i}`, messageId: `id-${n}-${i}` })),
			});
		for (let n = 0; n < 49; n++) await store.deliveryLog.append([thousand(n)]);
		expect(await store.deliveryIndex.nextSegment()).toBeUndefined();
		for (let n = 49; n < 52; n++) await store.deliveryLog.append([thousand(n)]);
		const segment = await store.deliveryIndex.nextSegment();
		expect(segment).toMatchObject({ count: 50_000 });
		if (!segment) throw new Error('No segment');
		await store.deliveryIndex.seal(segment);
		// A second process that was slower: nothing is written twice.
		await expect(store.deliveryIndex.seal(segment)).rejects.toMatchObject({ code: 'Conflict' });
		expect(await store.deliveryIndex.sealedTo()).toBe(segment.lastSequence);
		expect(await store.deliveryIndex.nextSegment()).toBeUndefined();
		for (const key of ['7-500', 'id-7-500', 'trace of 7']) {
			const [sequence, ...more] = await store.deliveryIndex.find(key);
			expect(more).toEqual([]);
			const [found] = await store.deliveryLog.get([sequence ?? 0]);
			expect(found?.results[500]?.address).toBe('7-500');
		}
		expect(await store.deliveryIndex.find('51-0')).toEqual([]);
		// By count: the segment goes as a whole, with its index.
		const floor = await store.deliveryIndex.floor(0, 10_000);
		expect(floor).toBe(segment.lastSequence + 1);
		while ((await store.deliveryIndex.trim(floor, 20)) > 0);
		expect(await store.deliveryIndex.find('7-500')).toEqual([]);
		expect(await store.deliveryIndex.sealedTo()).toBe(0);
		expect(await store.deliveryLog.first()).toBe(floor);
	});

	test('old batches go, and a number never comes again', async () => {
		await store.deliveryLog.append([batch({ at: 1_000 }), batch({ at: 2_000 }), batch({ at: 3_000 })]);
		const last = await store.deliveryLog.last();
		expect(await store.deliveryIndex.trim(await store.deliveryIndex.floor(2_500, 1_000), 1)).toBe(1);
		expect(await store.deliveryIndex.trim(await store.deliveryIndex.floor(2_500, 1_000), 10)).toBe(1);
		expect(await store.deliveryLog.first()).toBe(last);
		await store.deliveryIndex.trim(await store.deliveryIndex.floor(9_000, 1_000), 10);
		expect(await store.deliveryLog.last()).toBe(0);
		await store.deliveryLog.append([batch()]);
		expect(await store.deliveryLog.last()).toBeGreaterThan(last);
	});

	test('by count, the open part goes batch by batch', async () => {
		await store.deliveryLog.append([batch(), batch(), batch(), batch()]);
		const last = await store.deliveryLog.last();
		expect(await store.deliveryIndex.floor(0, 3)).toBe(last - 2);
		expect(await store.deliveryIndex.floor(0, 4)).toBeLessThanOrEqual(last - 3);
	});

	test('an address is erased without touching its neighbours', async () => {
		const [gone, stays] = [next(), next()];
		await store.deliveryLog.append([
			batch({ results: [result({ address: gone }), result({ address: stays }), result({ updatedToken: gone })] }),
			batch({ results: [result({ address: gone })] }),
		]);
		const { batches } = await store.deliveryLog.after({ sequence: 0, limit: 10 });
		const erased = await Promise.all(batches.map(({ sequence }) => store.deliveryLog.erase(sequence, gone)));
		expect(erased).toEqual([2, 1]);
		const after = await store.deliveryLog.after({ sequence: 0, limit: 10 });
		expect(after.batches.map(({ results }) => results.map((found) => found.address))).toEqual([[stays]]);
		expect(JSON.stringify(after)).not.toContain(gone);
		expect(await store.deliveryLog.erase(999_999, gone)).toBe(0);
	});

	test('events are read onwards by type and trimmed by age', async () => {
		const event = { at: 1_000, applicationId: APP, campaignId: 'c1', details: { sent: 3 } };
		await store.events.append([
			{ ...event, type: 'campaign.started' },
			{ ...event, type: 'channel.credentialRefused', channelType: 'APNS', at: 2_000 },
			{ ...event, type: 'campaign.finished', at: 3_000 },
		]);
		const { events, scannedTo } = await store.events.after(0, 10, ['campaign.started', 'campaign.finished']);
		expect(events).toMatchObject([
			{ ...event, type: 'campaign.started' },
			{ type: 'campaign.finished', at: 3_000 },
		]);
		expect(scannedTo).toBe(events[1]?.sequence);
		expect((await store.events.after(scannedTo, 10, ['campaign.started'])).events).toEqual([]);
		expect(await store.events.lastBefore(2_000)).toBe(events[0]?.sequence);
		expect(await store.events.trim(2_500, 10)).toBe(2);
	});
}

describe('the delivery log in SQLite', () => deliveryLogContract(() => sqlitePlace()));
describePostgres('the delivery log in PostgreSQL', () => {
	deliveryLogContract(() => postgresPlace());

	test('ten writers: no number becomes visible after a higher one, and a listener hears of all', async () => {
		const where = postgresPlace();
		const stores = await Promise.all(Array.from({ length: 10 }, async () => await where.open()));
		const [reader] = stores;
		if (!reader) throw new Error('No store');
		let heard = 0;
		const stop = await reader.deliveryLog.listen(() => (heard += 1));
		const seen: string[] = [];
		let done = false;
		const reading = (async () => {
			let cursor = 0;
			for (;;) {
				const wasDone = done;
				const { batches, scannedTo } = await reader.deliveryLog.after({ sequence: cursor, limit: 7 });
				for (const { results } of batches) seen.push(...results.map((found) => found.address));
				cursor = Math.max(cursor, scannedTo);
				if (wasDone && batches.length === 0) return;
			}
		})();
		const written = await Promise.all(
			stores.map(async (store) => {
				const mine: string[] = [];
				for (let n = 0; n < 20; n++) {
					const name = next();
					await store.deliveryLog.append([batch({ results: [result({ address: name })] })]);
					mine.push(name);
				}
				return mine;
			}),
		);
		done = true;
		await reading;
		expect([...seen].sort()).toEqual(written.flat().sort());
		expect(heard).toBeGreaterThan(0);
		await stop();
		await Promise.all(stores.map(async (store) => await store.close()));
		await where.remove();
	});
});
