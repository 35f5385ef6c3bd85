import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { openStore, type PostgresOptions, type SqliteOptions, type Store } from '../../push/store';

export const SQLITE_WORKER = join(__dirname, '../../.cache/sqlite-worker.cjs');

const POSTGRES = { host: '127.0.0.1', port: 5432, database: 'test', user: process.env.PGUSER ?? 'postgres' };

/** A place a store can be opened at, several times over, and removed afterwards. */
export interface StorePlace {
	open(): Promise<Store>;
	remove(): Promise<void>;
}

export function sqlitePlace(options: Partial<SqliteOptions> = {}): StorePlace & { readonly file: string } {
	const folder = mkdtempSync(join(tmpdir(), 'push-store-'));
	const file = join(folder, 'storage', 'push.sqlite');
	return {
		file,
		open: async () => await openStore({ kind: 'sqlite', file, workerPath: SQLITE_WORKER, ...options }),
		remove: async () => await rm(folder, { recursive: true, force: true }),
	};
}

export function postgresPlace(more: Partial<PostgresOptions> = {}): StorePlace & { readonly options: PostgresOptions } {
	const schema = `push_test_${randomBytes(6).toString('hex')}`;
	const options: PostgresOptions = { ...POSTGRES, schema, tls: 'off', ...more };
	return {
		options,
		open: async () => await openStore({ kind: 'postgres', ...options }),
		async remove() {
			const client = new Client(POSTGRES);
			await client.connect();
			await client.query(`DROP SCHEMA IF EXISTS "${options.schema}" CASCADE`);
			await client.end();
		},
	};
}

/** The same place as the fields of a Push Store credential. */
export function pushStoreFields({ host, port, database, user, schema }: PostgresOptions) {
	return {
		kind: 'postgres',
		connectBy: 'fields',
		host,
		port: String(port),
		database,
		user,
		schema,
		tls: 'off',
	} as const;
}

/** See test/setup/bundles.js. */
export const describePostgres = process.env.PUSH_TEST_POSTGRES === 'yes' ? describe : describe.skip;

/** An empty store for each test, at a place of its own. */
export function storeForEachTest(place: () => StorePlace, use: (store: Store, where: StorePlace) => void): void {
	let where: StorePlace;
	let store: Store;

	beforeEach(async () => {
		where = place();
		store = await where.open();
		use(store, where);
	});

	afterEach(async () => {
		await store.close();
		await where.remove();
	});
}
