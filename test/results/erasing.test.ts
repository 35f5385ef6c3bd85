import { eraseAddress, listResults, readMetrics, streamResults } from '../../push/results';
import type { Store } from '../../push/store';
import { sqlitePlace, storeForEachTest } from '../store/stores';
import { result } from './samples';

const APP = 'a'.repeat(32);

let store: Store;

storeForEachTest(sqlitePlace, (made) => {
	store = made;
});

const record = async (...results: Array<Parameters<typeof result>[0]>) =>
	await store.deliveryLog.append([{ at: 1_000, applicationId: APP, origin: {}, results: results.map(result) }]);

test('an address that is only the new one of another is erased, also from the indexed part of the log', async () => {
	await record({ address: 'old', tokenAction: 'replace', updatedToken: 'new' });
	for (let n = 0; n < 50; n += 1) {
		await record(...Array.from({ length: 1_000 }, (_, place) => ({ address: `device-${n}-${place}` })));
	}
	const segment = await store.deliveryIndex.nextSegment();
	if (!segment) throw new Error('No segment');
	await store.deliveryIndex.seal(segment);
	expect(await eraseAddress(store, undefined, 'new')).toBe(1);
	expect((await listResults(store, { address: 'old' }, { limit: 10 })).items).toEqual([]);
});

test('what is erased stays in the figures, though nobody has looked at them before', async () => {
	await record({ address: 'gone' });
	await eraseAddress(store, undefined, 'gone');
	const points = await readMetrics(store, { since: 0, until: 60_000, resolution: 60, dimensions: [] });
	expect(points).toMatchObject([{ tally: { statuses: { SUCCESSFUL: 1 } } }]);
});

test('an export ends, though the newest results are erased while it is written', async () => {
	for (let n = 0; n < 12; n += 1) await record({ address: `device-${n}` });
	const found: string[] = [];
	for await (const results of streamResults(store, {})) {
		found.push(...results.map(({ address }) => address));
		if (found.length === 5) for (const n of [10, 11]) await eraseAddress(store, undefined, `device-${n}`);
	}
	expect(found).toEqual(Array.from({ length: 10 }, (_, n) => `device-${n}`));
});
