import type { DeliveryResult } from '../../push/model';
import { findInvalidTokens } from '../../push/results';
import type { Store } from '../../push/store';
import { sqlitePlace, storeForEachTest } from '../store/stores';
import { DEAD, result, SUSPECT } from './samples';

const APP = 'a'.repeat(32);

let store: Store;

storeForEachTest(sqlitePlace, (made) => {
	store = made;
});

const record = async (
	results: readonly Partial<DeliveryResult>[],
	{ at = 1_000, tag, campaignId }: { at?: number; tag?: string; campaignId?: string } = {},
) =>
	await store.deliveryLog.append([
		{
			at,
			applicationId: APP,
			origin: tag === undefined ? {} : { tag },
			...(campaignId === undefined ? {} : { campaignId }),
			results: results.map(result),
		},
	]);

const device = (more: Partial<DeliveryResult> = {}) => ({ address: 'device', ...more });

test.each([
	['Tag', { tag: 'news' }],
	['Campaign ID', { campaignId: 'sale' }],
	['Until', { until: 2_000 }],
])(
	'with %s: what has worked again since is left out, wherever it did; other refusals are not meant',
	async (_, query) => {
		const chosen = { tag: 'news', campaignId: 'sale' };
		await record([device(DEAD), { ...DEAD, address: 'dead' }], chosen);
		await record([device()], { at: 3_000 });
		await record([{ ...DEAD, address: 'dead elsewhere' }], { at: 3_000 });
		expect((await findInvalidTokens(store, query)).tokens).toMatchObject([{ address: 'dead', times: 1 }]);
	},
);

test.each([
	['replaced', { tokenAction: 'replace', updatedToken: 'new' } as const],
	['dead', DEAD],
])('an address that was %s is not only suspect because of a later refusal', async (verdict, refusal) => {
	await record([device(refusal)]);
	await record([device(SUSPECT)]);
	expect((await findInvalidTokens(store, {})).tokens).toMatchObject([{ verdict, times: 2 }]);
});

const good = Array.from({ length: 100 }, (_, n) => ({ address: `good-${n}` }));

test('one address that is refused again and again is no wrong set-up', async () => {
	await record([...good, ...Array.from({ length: 60 }, () => device(SUSPECT))]);
	expect(await findInvalidTokens(store, {})).toMatchObject({ waves: [], tokens: [{ times: 60, inWave: false }] });
});

test('many addresses are, on the first day and after a month', async () => {
	const refused = Array.from({ length: 60 }, (_, n) => ({ ...SUSPECT, address: `refused-${n}` }));
	for (let day = 1; day <= 30; day += 1) await record([...good, ...refused]);
	const { tokens, waves } = await findInvalidTokens(store, {});
	expect(waves).toMatchObject([{ channelType: 'APNS' }]);
	expect(tokens.filter(({ inWave }) => inWave)).toHaveLength(60);
});
