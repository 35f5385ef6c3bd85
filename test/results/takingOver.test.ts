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

/** Stops while an execution goes on, which stopping does not wait for. */
async function stopWithin(seconds: number, stop: () => Promise<void>): Promise<void> {
	const stopping = stop();
	await clock.run(seconds * 1_000);
	await stopping;
}

test('a workflow saved during a long execution gets the batch once, and goes on when the execution has ended', async () => {
	const execution = longExecution();
	const before = subscriberOf(store, { clock, fate: execution.fate });
	await before.subscriber.start();
	await record(['1']);
	await turnUntil(execution.begun);
	await stopWithin(5, async () => await before.subscriber.stop());
	const after = subscriberOf(store, { clock });
	await after.subscriber.start();
	await record(['2']);
	for (let seconds = 0; seconds < 60; seconds += 1) {
		clock.advance(1_000);
		await sleep(5);
	}
	expect(after.all()).toEqual([]);
	execution.end();
	await turnUntil(() => after.all().length > 0);
	expect([before.all(), after.all()]).toEqual([['1'], ['2']]);
	await after.subscriber.stop();
});

test('n8n that ends does not wait for an execution; the batch comes again when it is back', async () => {
	const execution = longExecution();
	const before = subscriberOf(store, { clock, fate: execution.fate });
	await before.subscriber.start();
	await record(['1']);
	await turnUntil(execution.begun);
	await stopWithin(5, async () => await before.subscriber.stop());
	await store.close();
	store = await where.open();
	const after = subscriberOf(store, { clock });
	await after.subscriber.start();
	await turnUntil(() => after.all().length > 0);
	expect(after.all()).toEqual(['1']);
	await after.subscriber.stop();
});
