import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sqlitePlace } from '../../store/stores';
import { done, hammerTogether, kill, random, runToEnd, seed, sleep, start } from './processes';

jest.setTimeout(180_000);

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
	const children = await hammerTogether(where.file);
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
