import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { eraseAddress } from '../../push/results';
import type { Store } from '../../push/store';
import { describePostgres, postgresPlace, sqlitePlace, storeForEachTest, type StorePlace } from '../store/stores';
import { result } from './samples';
import { APP, recorder, subscriberOf, until } from './subscriberFixture';

function subscriberContract(place: () => StorePlace): void {
	let store: Store;

	storeForEachTest(place, (made) => {
		store = made;
	});

	const record = recorder(() => store);

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
