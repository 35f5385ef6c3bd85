import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { postgresSource, type PostgresSourceOptions, type RecipientSource, rowSource } from '../../push/campaigns';
import { OTHER_KEY, KEY } from '../applications/registryFixture';
import { describePostgres } from '../store/stores';
import { caller, type Office, openOffice, people, PLAN, sqlitePlace, until } from './fixture';

const PLACE = {
	host: '127.0.0.1',
	port: 5432,
	database: 'test',
	user: process.env.PGUSER ?? 'postgres',
	tls: 'off',
} as const;
const TABLE = `campaign_people_${process.pid}`;
const PASSWORD = 'the password of the people';

const inPostgres = async (sql: string) => {
	const client = new Client(PLACE);
	await client.connect();
	const { rows } = await client.query<Record<string, unknown>>(sql).finally(async () => await client.end());
	return rows;
};

describePostgres('a query', () => {
	const NUMBERS = `${TABLE}_numbers`;

	beforeEach(async () => {
		await inPostgres(`CREATE TABLE ${NUMBERS} AS SELECT n FROM generate_series(1, 3) n`);
	});

	afterEach(async () => {
		await inPostgres(`DROP TABLE IF EXISTS ${NUMBERS}`);
	});

	const rowsOf = async (query: string, parameters: unknown[] = []) => {
		const lines: string[] = [];
		for await (const { content } of postgresSource({ ...PLACE, query, parameters }).batches(Infinity))
			lines.push(content);
		return lines.join('\n');
	};

	it.each([
		['an end of the transaction', `SELECT n FROM ${NUMBERS}; COMMIT; DELETE FROM ${NUMBERS}`, []],
		['the same with a parameter', `SELECT n FROM ${NUMBERS} WHERE n > $1; COMMIT; DELETE FROM ${NUMBERS}`, [0]],
		['an end without rows', `SELECT 1; ROLLBACK; DELETE FROM ${NUMBERS}`, []],
		['another statement', `DELETE FROM ${NUMBERS} RETURNING n`, []],
		['another statement inside', `WITH gone AS (DELETE FROM ${NUMBERS} RETURNING n) SELECT n FROM gone`, []],
		['a function that writes', `SELECT query_to_xml('DELETE FROM ${NUMBERS}', true, true, '')`, []],
		[
			'a function that asks for more rights',
			`SELECT set_config('transaction_read_only', 'off', false), query_to_xml('DELETE FROM ${NUMBERS}', true, true, '')`,
			[],
		],
	])('cannot change anything: %s', async (_, query, parameters) => {
		await expect(rowsOf(query, parameters)).rejects.toMatchObject({
			code: 'InvalidRequest',
			hint: expect.stringContaining('one SELECT'),
		});
		expect(await inPostgres(`SELECT count(*)::int AS count FROM ${NUMBERS}`)).toEqual([{ count: 3 }]);
	});

	it.each([
		['a semicolon', `SELECT n FROM ${NUMBERS} ORDER BY n; `],
		['a semicolon before a comment', `SELECT n FROM ${NUMBERS} ORDER BY n; -- all of them`],
		['comments', `-- all of them; really\nSELECT n /* a number; */ FROM ${NUMBERS} ORDER BY n -- ascending;`],
	])('may be written with %s', async (_, query) => {
		expect(await rowsOf(query)).toBe('{"n":1}\n{"n":2}\n{"n":3}');
	});
});

describePostgres('a query whose reading broke off', () => {
	let place: ReturnType<typeof sqlitePlace>;
	let office: Office;

	beforeEach(async () => {
		place = sqlitePlace();
		office = await openOffice(place);
		await inPostgres(
			`CREATE TABLE ${TABLE} AS SELECT n, 'device-' || n AS device, 'Person ' || n AS name FROM generate_series(0, 4999) n`,
		);
	});

	afterEach(async () => {
		await office.close();
		await place.remove();
		await inPostgres(`DROP TABLE IF EXISTS ${TABLE}`);
	});

	/** The process dies after half of the rows. */
	function dying(source: RecipientSource): RecipientSource {
		async function* half() {
			for (const { device, name } of people(2_500)) yield { device, name };
			throw new Error('the process is gone');
		}
		return rowSource(half(), { ...source, kind: 'postgres' });
	}

	const sourceOf = (more: Partial<PostgresSourceOptions>) => {
		const query = `SELECT device, name FROM ${TABLE} WHERE n < $1 ORDER BY n`;
		return postgresSource({ ...PLACE, password: PASSWORD, query, parameters: [4_000], ...more });
	};

	const startBroken = async (more: Partial<PostgresSourceOptions> = {}) => {
		const source = sourceOf(more);
		const input = { application: { by: 'id', id: office.applicationId }, key: 'spring', plan: PLAN } as const;
		const started = office.campaigns.start(caller, { ...input, source: dying(source) });
		await expect(started).rejects.toThrow('the process is gone');
		const [campaign] = (await office.store.campaigns.list({ limit: 1 })).items;
		if (!campaign) throw new Error('nothing was started');
		return campaign;
	};

	it('is asked again by Run, which goes on where it was: nobody has to start anything', async () => {
		const { number } = await startBroken();
		expect(await office.store.campaigns.sealedSource(number)).toMatch(/^v1\./);
		const { worked } = await office.campaigns.runDue(caller);
		expect(worked).toMatchObject([{ state: 'COMPLETED', intake: 'DONE', rows: 4_000, successful: 4_000, skipped: 0 }]);
		expect(new Set(office.sent.map(({ recipient }) => recipient.address)).size).toBe(4_000);
		expect(office.sent).toHaveLength(4_000);
	});

	it('is kept sealed, as long as rows are missing and no longer', async () => {
		const { id, number } = await startBroken();
		const files = await Promise.all(
			[place.file, `${place.file}-wal`].map(async (file) => await readFile(file, 'latin1').catch(() => '')),
		);
		expect(files.join('')).not.toContain(PASSWORD);
		const view = JSON.stringify([
			await office.campaigns.get(caller, { id }),
			await office.store.audit.list({ limit: 10 }),
		]);
		expect(view).not.toContain(PASSWORD);
		await office.campaigns.cancel(caller, { id });
		expect(await office.store.campaigns.sealedSource(number)).toBeUndefined();
	});

	it('is tried again a minute later while the database cannot be reached', async () => {
		const { id } = await startBroken({ port: 1 });
		const before = office.clock.now();
		const [view] = (await office.campaigns.runDue(caller)).worked;
		expect(view).toMatchObject({
			state: 'WAITING',
			successful: 1_000,
			stateReason: expect.stringContaining('cannot be reached'),
		});
		const wait = Date.parse(view?.nextRunAt ?? '') - before;
		expect(wait).toBeGreaterThanOrEqual(60_000);
		expect(wait).toBeLessThan(90_000);
		expect((await office.campaigns.runDue(caller)).worked).toEqual([]);
		expect((await office.campaigns.get(caller, { id })).stateReason).not.toContain(PASSWORD);
	});

	it('pauses the campaign when the credential serves no more; Start with another one goes on', async () => {
		const { id } = await startBroken({ user: 'somebody_who_left' });
		const [view] = (await office.campaigns.runDue(caller)).worked;
		expect(view).toMatchObject({
			state: 'PAUSED',
			successful: 1_000,
			stateReason: expect.stringMatching(/refused the connection: .* Then start the campaign again with the same key/),
		});
		const application = { by: 'id', id: office.applicationId } as const;
		const started = await office.campaigns.start(caller, {
			application,
			key: 'spring',
			plan: PLAN,
			source: sourceOf({}),
		});
		expect(started).toMatchObject({ resumed: true, campaign: { id, state: 'COMPLETED', successful: 4_000 } });
	});

	it('shows no value of a parameter when it fails', async () => {
		const query = `SELECT device, name FROM ${TABLE} WHERE name <> $1 ORDER BY n`;
		const { id } = await startBroken({ query, parameters: ['a name nobody may see'] });
		await inPostgres(`ALTER TABLE ${TABLE} ALTER COLUMN name TYPE int USING 0`);
		const [view] = (await office.campaigns.runDue(caller)).worked;
		expect(view).toMatchObject({ state: 'PAUSED', stateReason: expect.stringContaining('type integer: "***"') });
		const { events } = await office.store.events.after(0, 10, ['campaign.paused']);
		const shown = [await office.campaigns.get(caller, { id }), events, await office.store.audit.list({ limit: 10 })];
		expect(JSON.stringify(shown)).not.toContain('nobody may see');
	});

	it('is sealed anew when the keys are changed', async () => {
		const { id } = await startBroken();
		const rotating = await openOffice(place, office.clock, office.applicationId, { current: OTHER_KEY, others: [KEY] });
		// The channel's credential, and the query.
		expect(await rotating.registry.rotateKeys(caller)).toMatchObject({ rotated: 2 });
		expect(await rotating.registry.rotateKeys(caller)).toMatchObject({ rotated: 0 });
		await rotating.close();
		const after = await openOffice(place, office.clock, office.applicationId, { current: OTHER_KEY, others: [] });
		expect(await after.campaigns.run(caller, { id })).toMatchObject({ state: 'COMPLETED', successful: 4_000 });
		await after.close();
	});

	it('asks for a Start when its key is gone', async () => {
		const { id } = await startBroken();
		const other = await openOffice(place, office.clock, office.applicationId, { current: OTHER_KEY, others: [] });
		expect(await other.campaigns.run(caller, { id })).toMatchObject({
			state: 'PAUSED',
			successful: 1_000,
			stateReason: expect.stringContaining('was encrypted with key'),
		});
		await other.close();
		const application = { by: 'id', id: office.applicationId } as const;
		const started = await office.campaigns.start(caller, {
			application,
			key: 'spring',
			plan: PLAN,
			source: sourceOf({}),
		});
		expect(started.campaign).toMatchObject({ id, state: 'COMPLETED', successful: 4_000 });
	});

	it('is broken off by Cancel while it brings nothing', async () => {
		const query = `SELECT device, name, CASE WHEN n > 1500 THEN pg_sleep(600) END FROM ${TABLE} WHERE n < $1 ORDER BY n`;
		const application = { by: 'id', id: office.applicationId } as const;
		const started = office.campaigns.start(caller, { application, key: 'x', plan: PLAN, source: sourceOf({ query }) });
		await until(() => office.sent.length >= 1_000);
		const [campaign] = (await office.campaigns.list(caller, { limit: 1 })).items;
		await office.campaigns.cancel(caller, { id: campaign?.id ?? '' });
		expect((await started).campaign).toMatchObject({ state: 'CANCELLED', rows: 1_000, successful: 1_000 });
	});

	it('pauses the campaign when it fails, with the reason; Resume tries it again', async () => {
		const { id } = await startBroken();
		await inPostgres(`ALTER TABLE ${TABLE} RENAME TO ${TABLE}_away`);
		try {
			expect((await office.campaigns.runDue(caller)).worked).toMatchObject([
				{ state: 'PAUSED', successful: 1_000, stateReason: expect.stringContaining(`"${TABLE}" does not exist`) },
			]);
		} finally {
			await inPostgres(`ALTER TABLE ${TABLE}_away RENAME TO ${TABLE}`);
		}
		await office.campaigns.resume(caller, { id });
		expect((await office.campaigns.runDue(caller)).worked).toMatchObject([{ state: 'COMPLETED', successful: 4_000 }]);
	});
});
