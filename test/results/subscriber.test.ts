import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, systemRandom } from '../../push/model';
import { eraseAddress, type ResultQuery, sourceOf, Subscriber, type SubscriptionItem } from '../../push/results';
import type { Delivery, Skipped, SubscriberSettings } from '../../push/results/subscriptions';
import type { Store } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, type StorePlace } from '../store/stores';
import { DEAD, result } from './samples';

const APP = 'a'.repeat(32);

interface Options extends Partial<SubscriberSettings> {
	readonly query?: ResultQuery;
	/** What becomes of a delivery; done by default. */
	readonly fate?: (addresses: string[], attempt: number) => Promise<'done' | 'failed'> | 'done' | 'failed';
}

/** A subscriber that writes down what it gets. */
function subscriberOf(store: Store, options: Options = {}) {
	const { query = {}, fate = () => 'done', ...settings } = options;
	const got: string[][] = [];
	const skipped: Skipped[] = [];
	const reported: Skipped[] = [];
	const addressesIn = ({ items }: Delivery<SubscriptionItem>) =>
		items.map((item) => (item.kind === 'result' ? item.result.address : ''));
	const subscriber = new Subscriber(
		store,
		sourceOf(store, { kind: 'results', query }, () => systemClock.now()),
		{ id: 'wf:node', batchSize: 500, maxWaitMs: 0, catchUpMs: Infinity, pollMs: 20, ...settings },
		{
			async deliver(delivery) {
				const addresses = addressesIn(delivery);
				const outcome = await fate(addresses, delivery.attempt);
				if (outcome === 'done') {
					got.push(addresses);
					skipped.push(...delivery.skipped);
				}
				return outcome;
			},
			onSkipped: (lost) => reported.push(lost),
			onTrouble: () => {},
			onNews: async (wake) => await store.deliveryLog.listen(wake),
		},
		systemClock,
		systemRandom,
	);
	return { subscriber, got, skipped, reported, all: () => got.flat() };
}

async function until(done: () => boolean): Promise<void> {
	const deadline = performance.now() + 30_000;
	while (!done()) {
		if (performance.now() > deadline) throw new Error('It did not happen within 30 s');
		await sleep(5);
	}
}

function subscriberContract(place: () => StorePlace): void {
	let where: StorePlace;
	let store: Store;

	beforeEach(async () => {
		where = place();
		store = await where.open();
	});

	afterEach(async () => {
		await store.close();
		await where.remove();
	});

	const record = async (names: string[], more: { campaignId?: string; workflowId?: string; at?: number } = {}) => {
		const { workflowId, at = Date.now(), ...head } = more;
		const results = names.map((address) => result({ ...DEAD, address }));
		await store.deliveryLog.append([
			{ at, applicationId: APP, origin: workflowId ? { workflowId } : {}, ...head, results },
		]);
	};

	const keepOnly = async (results: number) => {
		while ((await store.deliveryIndex.trim(await store.deliveryIndex.floor(0, results), 10)) > 0);
	};

	test('begins at the end of the log and brings what comes, in order, in batches', async () => {
		await record(['before']);
		const { subscriber, got, all } = subscriberOf(store, { batchSize: 3 });
		await subscriber.start();
		await record(['1', '2', '3', '4', '5', '6', '7']);
		await record(['8']);
		await until(() => all().length === 8);
		expect(all()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
		expect(Math.max(...got.map(({ length }) => length))).toBe(3);
		await subscriber.stop();
	});

	test('waits for a batch to fill, as long as it may', async () => {
		const { subscriber, got } = subscriberOf(store, { batchSize: 4, maxWaitMs: 30_000 });
		await subscriber.start();
		await record(['1']);
		await sleep(60);
		expect(got).toEqual([]);
		await record(['2', '3', '4', '5']);
		await until(() => got.length === 1);
		expect(got).toEqual([['1', '2', '3', '4']]);
		await subscriber.stop();
	});

	test('goes on where it was left, in the middle of a batch', async () => {
		const first = subscriberOf(store, { batchSize: 2, fate: ([name]) => (name === '3' ? 'failed' : 'done') });
		await first.subscriber.start();
		await record(['1', '2', '3', '4', '5']);
		await until(() => first.got.length === 1);
		await first.subscriber.stop();
		const second = subscriberOf(store, { batchSize: 2 });
		await second.subscriber.start();
		await until(() => second.all().length === 3);
		expect([first.got, second.got]).toEqual([[['1', '2']], [['3', '4'], ['5']]]);
		await second.subscriber.stop();
	});

	test.each([
		['what is done', ['1'], ['3', '4', '5', '6']],
		['what is left', ['4'], ['2', '3', '5', '6']],
		['all that is left', ['3', '4', '5'], ['1', '2', '6']],
	])(
		'stopped in the middle of a batch of which %s is erased: nobody else’s result is missed',
		async (_, gone, rest) => {
			const first = subscriberOf(store, { batchSize: 2, fate: ([name]) => (name === '3' ? 'failed' : 'done') });
			await first.subscriber.start();
			await record(['1', '2', '3', '4', '5']);
			await until(() => first.got.length === 1);
			await first.subscriber.stop();
			for (const address of gone) await eraseAddress(store, undefined, address);
			await record(['6']);
			const second = subscriberOf(store, { batchSize: 2 });
			await second.subscriber.start();
			await until(() => second.all().includes('6'));
			expect(second.all()).toEqual(rest);
			await second.subscriber.stop();
		},
	);

	test('a batch that fails comes three times, is skipped, and the next one says so', async () => {
		const tries: number[] = [];
		const { subscriber, got, skipped, reported } = subscriberOf(store, {
			batchSize: 1,
			fate([name], attempt) {
				if (name !== 'bad') return 'done';
				tries.push(attempt);
				return 'failed';
			},
		});
		await subscriber.start();
		await record(['bad', 'good']);
		await until(() => got.length === 1);
		expect(tries).toEqual([1, 2, 3]);
		expect(reported).toEqual([{ reason: 'failed', count: 1 }]);
		expect(skipped).toEqual(reported);
		await subscriber.stop();
	}, 20_000);

	test('what comes while a delivery fails is not skipped with it', async () => {
		const { subscriber, all, reported } = subscriberOf(store, {
			async fate(names, attempt) {
				if (!names.includes('bad')) return 'done';
				await record([`after try ${attempt}`]);
				return 'failed';
			},
		});
		await subscriber.start();
		await record(['bad']);
		await until(() => all().length === 3);
		expect(all()).toEqual(['after try 1', 'after try 2', 'after try 3']);
		expect(reported).toEqual([{ reason: 'failed', count: 1 }]);
		await subscriber.stop();
	}, 20_000);

	test('of two on one subscription one works; when it is gone the other goes on', async () => {
		const one = subscriberOf(store);
		const other = subscriberOf(store);
		await one.subscriber.start();
		await other.subscriber.start();
		await record(['1', '2']);
		await until(() => one.all().length + other.all().length === 2);
		expect(other.all()).toEqual([]);
		await one.subscriber.stop();
		await record(['3']);
		await until(() => other.all().length === 1);
		expect(other.all()).toEqual(['3']);
		await other.subscriber.stop();
	}, 20_000);

	test('catching up: what is too old is skipped, and the first item says how much', async () => {
		const early = subscriberOf(store);
		await early.subscriber.start();
		await early.subscriber.stop();
		await record(['old', 'older'], { at: Date.now() - 3_600_000 });
		await record(['young']);
		const { subscriber, got, skipped } = subscriberOf(store, { catchUpMs: 60_000 });
		await subscriber.start();
		await until(() => got.length === 1);
		expect(got).toEqual([['young']]);
		expect(skipped).toEqual([{ reason: 'catchUp', count: 2 }]);
		await subscriber.stop();
	});

	test('a cursor does not hold up trimming; what is gone is told of', async () => {
		const early = subscriberOf(store);
		await early.subscriber.start();
		await record(['0']);
		await until(() => early.all().length === 1);
		await early.subscriber.stop();
		for (const name of ['1', '2', '3', '4']) await record([name]);
		await keepOnly(2);
		const { subscriber, all, skipped } = subscriberOf(store);
		await subscriber.start();
		await until(() => all().length === 2);
		expect(all()).toEqual(['3', '4']);
		expect(skipped).toEqual([{ reason: 'retention', count: 2 }]);
		await subscriber.stop();
	});

	test('what goes while an execution is under way is told of, each time', async () => {
		const { subscriber, all, skipped } = subscriberOf(store, {
			batchSize: 1,
			async fate([name]) {
				if (name === '1' || name === '6') {
					for (const later of ['a', 'b', 'c', 'd']) await record([`${name}${later}`]);
					await keepOnly(2);
				}
				return 'done' as const;
			},
		});
		await subscriber.start();
		await record(['1']);
		await until(() => all().includes('1d'));
		await record(['6']);
		await until(() => all().includes('6d'));
		expect(all()).toEqual(['1', '1c', '1d', '6', '6c', '6d']);
		expect(skipped).toEqual(Array.from({ length: 2 }, () => ({ reason: 'retention', count: 2 })));
		await subscriber.stop();
	});

	test('what goes while an execution fails is told of once, when one succeeds', async () => {
		await record(['0']);
		const { subscriber, all, skipped } = subscriberOf(store, {
			async fate([name]) {
				if (name !== '1') return 'done';
				for (const name of ['2', '3', '4']) await record([name]);
				await keepOnly(2);
				return 'failed';
			},
		});
		await subscriber.start();
		await record(['1']);
		await until(() => all().includes('4'));
		expect(all()).toEqual(['3', '4']);
		expect(skipped).toEqual([{ reason: 'retention', count: 2 }]);
		await subscriber.stop();
	});

	test('a log of which nothing was kept is told of with the first thing that comes', async () => {
		const early = subscriberOf(store);
		await early.subscriber.start();
		await record(['0']);
		await until(() => early.all().length === 1);
		await early.subscriber.stop();
		for (const name of ['1', '2']) await record([name]);
		await store.deliveryIndex.trim(await store.deliveryIndex.floor(Date.now() + 1_000, 10), 10);
		const { subscriber, all, skipped } = subscriberOf(store);
		await subscriber.start();
		await record(['3']);
		await until(() => all().length === 1);
		expect(skipped).toEqual([{ reason: 'retention', count: 2 }]);
		await subscriber.stop();
	});

	test('leaves out what the workflow sent itself', async () => {
		const { subscriber, all } = subscriberOf(store, { query: { notWorkflowId: 'own' } });
		await subscriber.start();
		await record(['mine'], { workflowId: 'own' });
		await record(['theirs'], { workflowId: 'another' });
		await until(() => all().length === 1);
		expect(all()).toEqual(['theirs']);
		await subscriber.stop();
	});
}

describe('a subscription in SQLite', () => {
	subscriberContract(() => sqlitePlace());

	test('whatever fails, stops and starts anew: everything comes, in order, and nothing twice that was done', async () => {
		const step = fc.oneof(
			{ arbitrary: fc.record({ record: fc.integer({ min: 1, max: 7 }) }), weight: 3 },
			{ arbitrary: fc.constant('restart' as const), weight: 1 },
			{ arbitrary: fc.constant('fail' as const), weight: 1 },
		);
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (steps, batchSize) => {
				const where = sqlitePlace();
				const store = await where.open();
				const done: string[] = [];
				const expected: string[] = [];
				let failing = 0;
				const open = async () => {
					const made = subscriberOf(store, {
						batchSize,
						fate(addresses) {
							if (failing > 0) {
								failing -= 1;
								return 'failed';
							}
							done.push(...addresses);
							return 'done';
						},
					});
					await made.subscriber.start();
					return made.subscriber;
				};
				let subscriber = await open();
				for (const each of steps) {
					if (each === 'restart') {
						await subscriber.stop();
						subscriber = await open();
					} else if (each === 'fail') {
						failing = 1;
					} else {
						const names = Array.from({ length: each.record }, (_, n) => `${expected.length + n}`);
						expected.push(...names);
						const results = names.map((address) => result({ address }));
						await store.deliveryLog.append([{ at: Date.now(), applicationId: APP, origin: {}, results }]);
					}
				}
				await until(() => done.length >= expected.length);
				await subscriber.stop();
				await store.close();
				await where.remove();
				expect(done).toEqual(expected);
			}),
			{ numRuns: 8 },
		);
	}, 60_000);
});

describePostgres('a subscription in PostgreSQL', () => subscriberContract(() => postgresPlace()));
