import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { postgresSource, type RecipientSource, rowSource } from '../../push/campaigns';
import { describePostgres } from '../store/stores';
import { caller, type Office, openOffice, people, PLAN, sqlitePlace } from './fixture';

const PLACE = {
	host: '127.0.0.1',
	port: 5432,
	database: 'test',
	user: process.env.PGUSER ?? 'postgres',
	tls: 'off',
} as const;
const TABLE = `campaign_people_${process.pid}`;
const PASSWORD = 'the password of the people';

describePostgres('a query whose reading broke off', () => {
	let place: ReturnType<typeof sqlitePlace>;
	let office: Office;

	const inPostgres = async (sql: string) => {
		const client = new Client(PLACE);
		await client.connect();
		await client.query(sql);
		await client.end();
	};

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

	const startBroken = async (more: Partial<typeof PLACE | { readonly port: number }> = {}) => {
		const query = `SELECT device, name FROM ${TABLE} WHERE n < $1 ORDER BY n`;
		const source = postgresSource({ ...PLACE, ...more, password: PASSWORD, query, parameters: [4_000] });
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
