import { setTimeout as sleep } from 'node:timers/promises';
import type { Subject } from '../../push/results';
import type { Store } from '../../push/store';
import { caller, registryOver } from '../applications/registryFixture';
import { sqlitePlace } from '../store/stores';
import { result } from './samples';

const APP = 'a'.repeat(32);

const where = sqlitePlace();
let store: Store;

beforeAll(async () => {
	store = await where.open();
});

afterAll(async () => {
	await store.close();
	await where.remove();
});

/** The trigger node `id` with something else under Trigger On. */
async function listen(id: string, subject: Subject) {
	const got: string[] = [];
	const { stop } = await registryOver(store).registry.subscriptions.start(
		caller,
		undefined,
		{ id, subject, batchSize: 500, maxWaitMs: 0, catchUpMs: 86_400_000 },
		{
			async deliver({ items }) {
				for (const item of items) {
					if (item.kind === 'result') got.push(item.result.address);
					if (item.kind === 'event') got.push(item.event.campaignId ?? '');
				}
				return 'done';
			},
			onSkipped: () => {},
			onTrouble: () => {},
		},
	);
	return { got, stop };
}

const SUBJECTS: Readonly<Record<'results' | 'events' | 'alarm', Subject>> = {
	results: { kind: 'results', query: {} },
	events: { kind: 'events', types: ['campaign.finished'], query: {} },
	alarm: {
		kind: 'alarm',
		rule: { metric: 'failed', comparison: 'above', threshold: 1_000_000, minutes: 1, ofMinutes: 1 },
		query: {},
	},
};

/** One result, and one campaign that has finished. */
async function happen(name: string): Promise<void> {
	await store.deliveryLog.append([
		{ at: Date.now(), applicationId: APP, origin: {}, results: [result({ address: name })] },
	]);
	await store.events.append([
		{ at: Date.now(), type: 'campaign.finished', applicationId: APP, campaignId: name, details: {} },
	]);
}

test.each([
	['results', 'events'],
	['events', 'results'],
	['alarm', 'results'],
	['alarm', 'events'],
] as const)('Trigger On changed from %s to %s: what was before the change does not come', async (from, to) => {
	const id = `${from}:${to}`;
	await (await listen(id, SUBJECTS[from])).stop();
	await happen('old');
	const { got, stop } = await listen(id, SUBJECTS[to]);
	await happen('new');
	while (got.length === 0) await sleep(5);
	await stop();
	expect(got).toEqual(['new']);
});
