import { Client } from 'pg';
import type { Store } from '../../push/store';
import { describePostgres, postgresPlace } from './stores';

const WORKERS = 10;

describePostgres('ten workers on one PostgreSQL schema', () => {
	// Fifty connections: PostgreSQL takes a hundred by default, and other tests are at it, too.
	const where = postgresPlace({ poolSize: 5 });
	let stores: Store[];

	beforeAll(async () => {
		// All at once, on an empty schema: one of them makes it, the others wait for it.
		stores = await Promise.all(Array.from({ length: WORKERS }, async () => await where.open()));
	});

	afterAll(async () => {
		await Promise.all(stores.map(async (store) => await store.close()));
		await where.remove();
	});

	const application = (id: string) => ({
		id,
		name: id,
		tags: {},
		settings: {},
		createdAt: 1,
		updatedAt: 1,
		version: 1,
	});

	test('make the schema once', async () => {
		const { host, port, database, user, schema } = where.options;
		const client = new Client({ host, port, database, user });
		await client.connect();
		const { rows } = await client.query(`SELECT version FROM "${schema}".schema_version ORDER BY version`);
		await client.end();
		const versions = rows.map(({ version }: { version: string }) => Number(version));
		expect(new Set(versions).size).toBe(versions.length);
		expect(versions[0]).toBe(1);
	});

	test('write side by side and lose nothing', async () => {
		await Promise.all(
			stores.map(async (store, worker) => {
				for (let n = 0; n < 20; n++) await store.applications.insert(application(`w${worker}n${n}`));
			}),
		);
		const page = await stores[0]?.applications.list({ limit: 1_000 });
		expect(page?.items).toHaveLength(WORKERS * 20);
	});

	test('count up one row without losing a step', async () => {
		await stores[0]?.documents.put('counter', '0', 0);
		const increments = stores.map(async (store) => {
			for (let n = 0; n < 10; ) {
				const found = await store.documents.get('counter');
				if (!found) throw new Error('the counter is gone');
				try {
					await store.documents.put('counter', String(Number(found.value) + 1), found.version);
					n += 1;
				} catch (error) {
					expect(error).toMatchObject({ code: 'StaleWrite' });
				}
			}
		});
		await Promise.all(increments);
		expect(await stores[0]?.documents.get('counter')).toMatchObject({ value: String(WORKERS * 10) });
	});

	test('share out idempotency keys: each is new for one of them', async () => {
		const claims = await Promise.all(
			Array.from({ length: 50 }, (_, key) => key).flatMap((key) =>
				stores.map(async (store) => ({ key, ...(await store.idempotency.claim('a', `k${key}`, 'h', 1, 1_000)) })),
			),
		);
		const winners = claims.filter(({ state }) => state === 'new').map(({ key }) => key);
		expect([...winners].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, key) => key));
	});
});

test('a PostgreSQL that is not there is said in words, without the password', async () => {
	const { openStore } = await import('../../push/store');
	const options = {
		host: '127.0.0.1',
		port: 1,
		database: 'd',
		user: 'u',
		password: 'SECRET-PG',
		schema: 'push',
		tls: 'off',
	} as const;
	const error: unknown = await openStore({ kind: 'postgres', ...options }).catch((reason: unknown) => reason);
	expect(error).toMatchObject({ code: 'StoreUnavailable', hint: expect.stringContaining('host') });
	expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('SECRET-PG');
});

test.each(['', 'push"; DROP SCHEMA public; --', '1push', 'x'.repeat(64)])('"%s" is no schema name', async (schema) => {
	const { openStore } = await import('../../push/store');
	const options = { host: '127.0.0.1', port: 1, database: 'd', user: 'u', schema, tls: 'off' } as const;
	await expect(openStore({ kind: 'postgres', ...options })).rejects.toMatchObject({ code: 'InvalidRequest' });
});
