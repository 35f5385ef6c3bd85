import { join } from 'node:path';
import { foldMetrics, listResults, readMetrics, streamResults } from '../../../push/results';
import type { Store } from '../../../push/store';
import { DEAD, result } from '../../results/samples';
import { describePostgres, postgresPlace, sqlitePlace } from '../../store/stores';
import { type Child, done, kill, random, seed, sleep, start } from '../store/processes';

jest.setTimeout(180_000);

const CHILD = join(__dirname, 'child.ts');

beforeAll(() => console.log(`FAULTS_SEED=${seed}`));

interface Place {
	/** As the child takes it. */
	readonly place: string;
	open(): Promise<Store>;
	remove(): Promise<void>;
}

function sqlite(): Place {
	const where = sqlitePlace();
	return { ...where, place: where.file };
}

function postgres(): Place {
	const where = postgresPlace();
	return { ...where, place: JSON.stringify(where.options) };
}

function suite(make: () => Place): void {
	let where: Place;

	beforeEach(() => {
		where = make();
	});

	afterEach(async () => await where.remove());

	test('kill -9 while recording: every batch that was acknowledged is there as a whole, found and counted once', async () => {
		const acknowledged: string[] = [];
		for (let round = 0; round < 4; round++) {
			acknowledged.push(...done(await kill(where.place, 'record', 20 + Math.floor(random() * 60), CHILD)));
		}
		const store = await where.open();
		const perBatch = new Map<string, number>();
		let total = 0;
		for await (const results of streamResults(store, {})) {
			total += results.length;
			for (const { address } of results) {
				const name = address.replace(/-\d+$/, '');
				perBatch.set(name, (perBatch.get(name) ?? 0) + 1);
			}
		}
		expect(acknowledged.length).toBeGreaterThan(80);
		expect(acknowledged.filter((name) => perBatch.get(name) !== 500)).toEqual([]);
		expect([...perBatch.values()].filter((count) => count !== 500)).toEqual([]);
		for (const name of [acknowledged[0], acknowledged.at(-1)]) {
			expect((await listResults(store, { address: `${name}-77` }, { limit: 10 })).items).toHaveLength(1);
			expect((await listResults(store, { messageId: `id-${name}-3` }, { limit: 10 })).items).toHaveLength(1);
		}
		await foldMetrics(store);
		const days = await readMetrics(store, { since: 0, until: Date.now() + 1, resolution: 86_400 });
		expect(days.reduce((sum, { tally }) => sum + (tally.statuses.PERMANENT_FAILURE ?? 0), 0)).toBe(total);
		await store.close();
	});

	test('two processes on one subscription never both deliver; killed, the other one goes on', async () => {
		const store = await where.open();
		const children = [start(where.place, 'subscribe', CHILD), start(where.place, 'subscribe', CHILD)];
		while (children.some(({ lines }) => !lines.includes('ready'))) await sleep(10);
		const expected: string[] = [];
		const record = async (count: number) => {
			const names = Array.from({ length: count }, (_, n) => `device-${expected.length + n}`);
			expected.push(...names);
			const results = names.map((address) => result({ ...DEAD, address }));
			await store.deliveryLog.append([{ at: Date.now(), applicationId: 'a'.repeat(32), origin: {}, results }]);
		};
		for (let n = 0; n < 20; n++) await record(50 + Math.floor(random() * 200));
		await sleep(100);
		const [first, second] = children;
		if (!first || !second) throw new Error('No children');
		const [working, waiting] = got(first).length > 0 ? [first, second] : [second, first];
		expect(got(waiting)).toEqual([]);
		working.process.kill('SIGKILL');
		await working.ended;
		for (let n = 0; n < 10; n++) await record(20);
		const deadline = performance.now() + 60_000;
		const all = () => new Set([...got(first), ...got(second)]);
		while (all().size < expected.length && performance.now() < deadline) await sleep(50);
		expect([...all()].sort()).toEqual([...expected].sort());
		// Twice came only what the killed one was about: one delivery.
		expect(got(first).length + got(second).length - expected.length).toBeLessThanOrEqual(100);
		expect(overlaps(first, second)).toEqual([]);
		waiting.process.stdin?.write('stop\n');
		expect({ code: await waiting.ended, errors: waiting.errors }).toEqual({ code: 0, errors: '' });
		await store.close();
	});
}

const got = ({ lines }: Child) => lines.filter((line) => line.startsWith('got ')).map((line) => line.slice(4));

/** Times at which both were delivering. */
function overlaps(one: Child, other: Child): Array<[number, number]> {
	return spans(one).flatMap(([begin, end]) =>
		spans(other).filter(([otherBegin, otherEnd]) => otherBegin < end && begin < otherEnd),
	);
}

function spans({ lines }: Child): Array<[number, number]> {
	const times = (word: string) =>
		lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.slice(word.length + 1)));
	const ends = times('end');
	return times('begin').map((begin, place) => [begin, ends[place] ?? begin]);
}

describe('SQLite', () => suite(sqlite));
describePostgres('PostgreSQL', () => suite(postgres));
