import { systemClock, systemRandom } from '../../../push/model';
import { createDeliveryLog, createUpkeep, sourceOf, Subscriber } from '../../../push/results';
import { openStore } from '../../../push/store';
import { DEAD, result } from '../../results/samples';

/** One process that works on the delivery log until it is killed: `child.ts <place> <worker> <job>`. */
const [place = '', workerPath = '', job = ''] = process.argv.slice(2);

const HEAD = { applicationId: 'a'.repeat(32), origin: {} };

const say = (line: string) => process.stdout.write(`${line}\n`);

const open = async () =>
	await openStore(
		place.startsWith('{') ? { kind: 'postgres', ...JSON.parse(place) } : { kind: 'sqlite', file: place, workerPath },
	);

const JOBS: Readonly<Record<string, () => Promise<void>>> = {
	/** Records batches and says so, with indexes and figures made at the same time. */
	async record() {
		const store = await open();
		const log = createDeliveryLog(store, systemClock);
		const upkeep = createUpkeep(store, systemClock, systemRandom);
		process.stdin.once('data', () => process.exit(0));
		for (let n = 0; ; n++) {
			const results = Array.from({ length: 500 }, (_, i) =>
				result({ ...DEAD, address: `${process.pid}-${n}-${i}`, messageId: `id-${process.pid}-${n}-${i}` }),
			);
			await log.record(HEAD, results);
			say(`done ${process.pid}-${n}`);
			if (n % 20 === 19) await upkeep.run();
		}
	},

	/** Works on one subscription and says what it has delivered. */
	async subscribe() {
		const store = await open();
		const subject = { kind: 'results', query: {} } as const;
		const subscriber = new Subscriber(
			store,
			sourceOf(store, subject, () => systemClock.now()),
			{ id: 'shared', batchSize: 100, maxWaitMs: 0, catchUpMs: Infinity, pollMs: 50 },
			{
				async deliver({ items }) {
					say(`begin ${Date.now()}`);
					await new Promise((resolve) => setTimeout(resolve, 10));
					for (const item of items) if (item.kind === 'result') say(`got ${item.result.address}`);
					say(`end ${Date.now()}`);
					return 'done';
				},
				onSkipped: () => {},
				onTrouble: (error) => process.stderr.write(`${String(error)}\n`),
				onNews: async (wake) => await store.deliveryLog.listen(wake),
			},
			systemClock,
			systemRandom,
		);
		await subscriber.start();
		say('ready');
		process.stdin.once('data', () => {
			void subscriber.stop().then(() => process.exit(0));
		});
	},
};

const run = JOBS[job];
if (!run) throw new Error(`unknown job ${job}`);
run().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exit(1);
});
