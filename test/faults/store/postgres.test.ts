import { Client } from 'pg';
import { describePostgres, postgresPlace } from '../../store/stores';
import { done, hammerTogether, kill, random, runToEnd, seed, sleep, start } from './processes';

jest.setTimeout(180_000);

const CONNECTIONS = 'SELECT pid FROM pg_stat_activity WHERE datname = current_database()';

beforeAll(() => console.log(`FAULTS_SEED=${seed}`));

describePostgres('a store on PostgreSQL', () => {
	let where: ReturnType<typeof postgresPlace>;
	let place: string;
	let client: Client;

	beforeEach(async () => {
		where = postgresPlace();
		const { schema, tls, ...connection } = where.options;
		place = JSON.stringify({ ...connection, schema, tls });
		client = new Client(connection);
		await client.connect();
	});

	afterEach(async () => {
		await client.end();
		await where.remove();
	});

	const rows = async (sql: string) =>
		(await client.query<Record<string, unknown>>(sql.replaceAll('push.', `"${where.options.schema}".`))).rows;

	async function ids(): Promise<Set<string>> {
		const found = await rows('SELECT id FROM push.applications WHERE deleted_at IS NULL');
		return new Set(found.map(({ id }) => String(id)));
	}

	const lost = (acknowledged: readonly string[], found: Set<string>) => acknowledged.filter((id) => !found.has(id));

	test('kill -9 while the schema is made: the next start finishes it', async () => {
		for (let round = 0; round < 6; round++) {
			const others = (await rows(CONNECTIONS)).map(({ pid }) => pid);
			const child = start(place, 'migrate');
			// Most of the time goes into starting Node: kill from the moment the process has a connection.
			const connected = async () => (await rows(CONNECTIONS)).some(({ pid }) => !others.includes(pid));
			while (!(await connected()) && child.process.exitCode === null) await sleep(1);
			await sleep(random() * 30);
			child.process.kill('SIGKILL');
			await child.ended;
			expect((await runToEnd(place, 'migrate')).lines).toEqual(['migrated']);
			await rows(`DROP SCHEMA "${where.options.schema}" CASCADE`);
		}
	});

	test('two processes create, update and send on one schema: no error, nothing lost', async () => {
		const children = await hammerTogether(place);
		const found = await ids();
		for (const child of children) {
			expect(done(child).length).toBeGreaterThan(10);
			expect(lost(done(child), found)).toEqual([]);
		}
	});

	test('kill -9 while writing: everything that was acknowledged is there', async () => {
		const acknowledged: string[] = [];
		for (let round = 0; round < 4; round++)
			acknowledged.push(...done(await kill(place, 'hammer', 3 + Math.floor(random() * 30))));
		expect(acknowledged.length).toBeGreaterThan(5);
		expect(lost(acknowledged, await ids())).toEqual([]);
	});

	test('kill -9 while deleting: the next run finishes, no row stays behind', async () => {
		await runToEnd(place, 'fill');
		for (let round = 0; round < 3; round++) await kill(place, 'delete', 2 + Math.floor(random() * 12));
		expect((await runToEnd(place, 'delete')).lines.at(-1)).toBe('over');
		for (const table of ['applications', 'channels', 'suppressions'])
			expect({ table, rows: await rows(`SELECT 1 FROM push.${table}`) }).toEqual({ table, rows: [] });
	});

	test('kill -9 while rotating keys: the next run finishes, every credential opens with the new key', async () => {
		await runToEnd(place, 'fill');
		for (let round = 0; round < 4; round++) await kill(place, 'rotate', 1);
		expect((await runToEnd(place, 'rotate')).lines.at(-1)).toMatch(/^over \d+$/);
		expect((await runToEnd(place, 'readWithNewKey')).lines).toEqual(['left 0']);
		expect((await runToEnd(place, 'rotate')).lines.at(-1)).toBe('over 0');
	});
});
