import type { Pool } from 'pg';
import { PushError } from '../../model';
import type { Database } from '../database';
import { migrationsAfter, SCHEMA_VERSION } from '../migrations';

/** Our place among the advisory locks of the database: any fixed number serves ("push" in ASCII). */
const MIGRATION_LOCK = 0x70757368;

/**
 * Brings the schema up to date. The advisory lock lives as long as its transaction, so a killed process leaves neither
 * a lock nor half a step behind.
 * @throws {PushError} `StoreTooNew`
 */
export async function migrate(database: Database, pool: Pool, schema: string): Promise<void> {
	const client = await pool.connect();
	try {
		await client.query('BEGIN');
		await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
		await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
		await client.query(`CREATE TABLE IF NOT EXISTS ${database.table('schema_version')} (version BIGINT NOT NULL)`);
		const found = await client.query<{ version: number | null }>(
			`SELECT max(version) AS version FROM ${database.table('schema_version')}`,
		);
		const version = found.rows[0]?.version ?? 0;
		if (version > SCHEMA_VERSION) {
			throw new PushError(
				'StoreTooNew',
				`The store ${database.location} has schema ${version}; this version of the package knows schemas up to ${SCHEMA_VERSION}.`,
				{ hint: 'Update n8n-nodes-push-notifications on this n8n.' },
			);
		}
		for (const migration of migrationsAfter(version)) {
			const names = {
				kind: 'postgres' as const,
				text: 'TEXT COLLATE "C"',
				sequence: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
				table: (name: string) => database.table(name),
			};
			for (const sql of migration.statements(names)) await client.query(sql);
			await client.query(`INSERT INTO ${database.table('schema_version')} VALUES ($1)`, [migration.version]);
		}
		await client.query('COMMIT');
	} catch (error) {
		await client.query('ROLLBACK').catch(() => undefined);
		throw error;
	} finally {
		client.release();
	}
}
