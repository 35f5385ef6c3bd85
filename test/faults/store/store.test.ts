import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_WORKER, sqlitePlace } from '../../store/stores';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '../../..');

/** Mulberry32: the same seed kills at the same moments. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const seed = Number(process.env.FAULTS_SEED ?? 1);
const random = randomFrom(seed);

interface Child {
	readonly process: ChildProcess;
	readonly lines: string[];
	readonly ended: Promise<number | null>;
	errors: string;
}

function start(file: string, job: string): Child {
	const child = spawn(process.execPath, [
		join(ROOT, 'scripts/run.js'),
		join(__dirname, 'child.ts'),
		file,
		SQLITE_WORKER,
		job,
	]);
	const lines: string[] = [];
	let rest = '';
	child.stdout.on('data', (data: Buffer) => {
		const parts = (rest + data.toString()).split('\n');
		rest = parts.pop() ?? '';
		lines.push(...parts);
	});
	const started: Child = { process: child, lines, errors: '', ended: once(child, 'close').then(() => child.exitCode) };
	child.stderr.on('data', (data: Buffer) => {
		started.errors += data.toString();
	});
	return started;
}

async function runToEnd(file: string, job: string): Promise<Child> {
	const child = start(file, job);
	expect({ code: await child.ended, errors: child.errors }).toEqual({ code: 0, errors: '' });
	return child;
}

const sleep = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a job and kills it -9 after it said that many lines, plus a little. */
async function kill(file: string, job: string, afterLines: number): Promise<Child> {
	const child = start(file, job);
	let over = false;
	void child.ended.then(() => {
		over = true;
	});
	while (child.lines.length < afterLines && !over) await sleep(1);
	await sleep(random() * 20);
	child.process.kill('SIGKILL');
	await child.ended;
	return child;
}

const done = ({ lines }: Child) => lines.filter((line) => line.startsWith('done ')).map((line) => line.slice(5));

function idsIn(file: string): Set<string> {
	const database = new DatabaseSync(file, { readOnly: true });
	const ids = database
		.prepare('SELECT id FROM applications WHERE deleted_at IS NULL')
		.all()
		.map(({ id }) => String(id));
	database.close();
	return new Set(ids);
}

beforeAll(() => console.log(`FAULTS_SEED=${seed}`));

test('kill -9 while the schema is made: the next start finishes it', async () => {
	for (let round = 0; round < 8; round++) {
		const where = sqlitePlace();
		const child = start(where.file, 'migrate');
		// Most of the time goes into starting Node: kill from the moment the file exists.
		while (!existsSync(where.file) && child.process.exitCode === null) await sleep(1);
		await sleep(random() * 8);
		child.process.kill('SIGKILL');
		await child.ended;
		expect((await runToEnd(where.file, 'migrate')).lines).toEqual(['migrated']);
		await where.remove();
	}
});

test('kill -9 while writing: everything that was acknowledged is there', async () => {
	const where = sqlitePlace();
	const acknowledged: string[] = [];
	for (let round = 0; round < 6; round++)
		acknowledged.push(...done(await kill(where.file, 'hammer', 3 + Math.floor(random() * 30))));
	const found = idsIn(where.file);
	expect(acknowledged.length).toBeGreaterThan(10);
	expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
	await where.remove();
});

test('two processes create, update and send on one file: no locked database, nothing lost', async () => {
	const where = sqlitePlace();
	const children = [start(where.file, 'hammer'), start(where.file, 'hammer')];
	await sleep(Number(process.env.FAULTS_SECONDS ?? 60) * 1_000);
	for (const child of children) child.process.stdin?.write('stop\n');
	const codes = await Promise.all(children.map(async (child) => await child.ended));
	expect({ codes, errors: children.map(({ errors }) => errors) }).toEqual({ codes: [0, 0], errors: ['', ''] });
	const found = idsIn(where.file);
	for (const child of children) {
		expect(done(child).length).toBeGreaterThan(10);
		expect(done(child).filter((id) => !found.has(id))).toEqual([]);
	}
	await where.remove();
});

test('kill -9 while deleting: the next run finishes, no row stays behind', async () => {
	const where = sqlitePlace();
	await runToEnd(where.file, 'fill');
	for (let round = 0; round < 4; round++) await kill(where.file, 'delete', 2 + Math.floor(random() * 12));
	expect((await runToEnd(where.file, 'delete')).lines.at(-1)).toBe('over');
	const database = new DatabaseSync(where.file, { readOnly: true });
	for (const table of ['applications', 'channels', 'suppressions']) {
		expect({ table, ...database.prepare(`SELECT count(*) AS n FROM ${table}`).get() }).toEqual({ table, n: 0 });
	}
	database.close();
	await where.remove();
});

test('kill -9 while rotating keys: the next run finishes, every credential opens with the new key', async () => {
	const where = sqlitePlace();
	await runToEnd(where.file, 'fill');
	for (let round = 0; round < 4; round++) await kill(where.file, 'rotate', 1);
	expect((await runToEnd(where.file, 'rotate')).lines.at(-1)).toMatch(/^over \d+$/);
	expect((await runToEnd(where.file, 'readWithNewKey')).lines).toEqual(['left 0']);
	expect((await runToEnd(where.file, 'rotate')).lines.at(-1)).toBe('over 0');
	await where.remove();
});
