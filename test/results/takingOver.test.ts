import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../push/store';
import { FakeClock } from '../sending/fakeClock';
import { sqlitePlace } from '../store/stores';
import { recorder, subscriberOf } from './subscriberFixture';

let where: ReturnType<typeof sqlitePlace>;
let store: Store;
let clock: FakeClock;

beforeEach(async () => {
	where = sqlitePlace();
	store = await where.open();
	clock = new FakeClock(Date.now());
});

afterEach(async () => {
	await store.close();
	await where.remove();
});

const record = recorder(() => store);

/** Turns the clock until it has happened. */
async function turnUntil(done: () => boolean): Promise<void> {
	while (!done()) {
		clock.advance(20);
		await sleep(1);
	}
}

/** An execution that goes on until it is told to end. */
function longExecution() {
	const { promise, resolve: end } = Promise.withResolvers<void>();
	let begun = false;
	return {
		end,
		begun: () => begun,
		async fate() {
			begun = true;
			await promise;
			return 'done' as const;
		},
	};
}

/** A trigger that is stopped while an execution of it goes on, which stopping waits for no longer than 5 s. */
async function stoppedInExecution() {
	const execution = longExecution();
	const before = subscriberOf(store, { clock, fate: execution.fate });
	await before.subscriber.start();
	await record(['1']);
	await turnUntil(execution.begun);
	const stopping = before.subscriber.stop();
	await clock.run(5_000);
	await stopping;
	return { before, end: execution.end };
}

test('a workflow saved during a long execution gets the batch once, and goes on when the execution has ended', async () => {
	const { before, end } = await stoppedInExecution();
	const after = subscriberOf(store, { clock });
	await after.subscriber.start();
	await record(['2']);
	for (let seconds = 0; seconds < 60; seconds += 1) {
		clock.advance(1_000);
		await sleep(5);
	}
	expect(after.all()).toEqual([]);
	end();
	await turnUntil(() => after.all().length > 0);
	expect([before.all(), after.all()]).toEqual([['1'], ['2']]);
	await after.subscriber.stop();
});

test('an execution of which nothing is heard for an hour after a save holds up nobody any longer', async () => {
	await stoppedInExecution();
	const after = subscriberOf(store, { clock });
	await after.subscriber.start();
	// In steps that leave time to renew the lease.
	for (let seconds = 0; seconds < 3_580; seconds += 4) {
		clock.advance(4_000);
		await sleep(3);
	}
	expect(after.all()).toEqual([]);
	await turnUntil(() => after.all().length > 0);
	expect(after.all()).toEqual(['1']);
	await after.subscriber.stop();
});

test('n8n that ends does not wait for an execution; the batch comes again when it is back', async () => {
	await stoppedInExecution();
	await store.close();
	store = await where.open();
	const after = subscriberOf(store, { clock });
	await after.subscriber.start();
	await turnUntil(() => after.all().length > 0);
	expect(after.all()).toEqual(['1']);
	await after.subscriber.stop();
});

test('Catch Up: Nothing; what comes while the lease of a killed process runs out is brought', async () => {
	const id = 'wf:killed';
	const lease = { holder: 'killed', now: clock.now(), until: clock.now() + 3_000 };
	await store.subscriptions.acquire(id, lease, { results: 0, place: 0, events: 0, failures: 0, state: '{}' });
	await record(['before']);
	clock.advance(1_000);
	const { subscriber, all } = subscriberOf(store, { clock, id, catchUpMs: 0 });
	await subscriber.start();
	await record(['on again'], { at: clock.now() });
	await turnUntil(() => all().length > 0);
	expect(all()).toEqual(['on again']);
	await subscriber.stop();
});

test('each outage of the store is told of once', async () => {
	let down = false;
	let reads = 0;
	const deliveryLog: Store['deliveryLog'] = {
		...store.deliveryLog,
		async after(request) {
			reads += 1;
			if (down) throw new Error('The store is down.');
			return await store.deliveryLog.after(request);
		},
	};
	const { subscriber, troubles } = subscriberOf({ ...store, deliveryLog }, { clock });
	await subscriber.start();
	for (const outages of [1, 2]) {
		for (const isDown of [true, false]) {
			down = isDown;
			const enough = reads + 4;
			await turnUntil(() => reads > enough);
		}
		expect(troubles).toHaveLength(outages);
	}
	await subscriber.stop();
});
