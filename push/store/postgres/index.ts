import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { PushError } from '../../model';
import {
	constraintError,
	type Database,
	type Row,
	type SqlValue,
	type Statement,
	type StatementResult,
} from '../database';
import { Listener } from './listener';
import { migrate } from './migrate';

export interface PostgresOptions {
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly password?: string;
	/** Made when it is missing. Letters, digits and `_`. @default 'push' */
	readonly schema: string;
	/** `off`: plain; `require`: encrypted and verified against the public CAs or `ca`. */
	readonly tls: 'off' | 'require';
	/** PEM of a CA trusted besides the public ones. */
	readonly ca?: string;
	/** Connections of this process at most. @default 10 */
	readonly poolSize?: number;
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
/** The transaction lost a race and may simply be run again (serialization failure, deadlock). */
const RETRYABLE = new Set(['40001', '40P01']);
const RETRIES = 5;

/** Our place among the advisory locks for rows that are numbered in order; the second number is the schema's. */
const ORDER_LOCK = 0x6c6f67;

/** int8: our numbers are times and counts, far below 2^53. */
const INT8 = 20;

/** The name stands in SQL, where no parameter can stand. */
const SCHEMA_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/**
 * Connects and migrates.
 * @throws {PushError} `InvalidRequest` for a schema name, `StoreUnavailable`, `StoreTooNew`
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
	if (!SCHEMA_NAME.test(options.schema)) {
		throw new PushError('InvalidRequest', `"${options.schema.slice(0, 63)}" cannot be the name of a schema.`, {
			hint: 'Use up to 63 letters, digits and _, beginning with a letter.',
		});
	}
	const { Pool: PgPool, types } = await import('pg');
	const location = `${options.user}@${options.host}:${options.port}/${options.database}, schema ${options.schema}`;
	const pool = new PgPool({
		host: options.host,
		port: options.port,
		database: options.database,
		user: options.user,
		password: options.password,
		max: options.poolSize ?? 10,
		ssl: options.tls === 'off' ? false : { rejectUnauthorized: true, ...(options.ca ? { ca: options.ca } : {}) },
		connectionTimeoutMillis: 10_000,
		// Idle connections must not keep a process alive.
		allowExitOnIdle: true,
		types: {
			getTypeParser: (oid: number, format?: 'text' | 'binary') =>
				oid === INT8 ? Number : types.getTypeParser(oid, format),
		},
	});
	// A connection lost while idle is replaced by the pool; without a listener it would end the process.
	pool.on('error', () => undefined);
	const database = new PostgresDatabase(pool, location, options.schema);
	try {
		await migrate(database, pool, options.schema);
	} catch (error) {
		await pool.end();
		throw error instanceof PushError ? error : unavailable(location, error);
	}
	return database;
}

class PostgresDatabase implements Database {
	readonly kind = 'postgres';

	readonly inOrder: readonly Statement[];

	readonly #listener: Listener;

	constructor(
		readonly pool: Pool,
		readonly location: string,
		readonly schema: string,
	) {
		const digest = createHash('sha256').update(schema).digest();
		const channel = `push_${digest.toString('hex').slice(0, 24)}`;
		this.#listener = new Listener(pool, channel);
		// The lock is let go after the rows are visible, the note is heard after that.
		this.inOrder = [
			{
				sql: 'SELECT pg_advisory_xact_lock($1::int, $2::int), pg_notify($3, $4)',
				parameters: [ORDER_LOCK, digest.readInt32BE(), channel, ''],
			},
		];
	}

	table(name: string): string {
		return `"${this.schema}"."${name}"`;
	}

	async write(statements: readonly Statement[]): Promise<readonly StatementResult[]> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await this.#transaction(statements);
			} catch (error) {
				if (error instanceof PushError) throw error;
				const code = errorCode(error);
				if (code === UNIQUE_VIOLATION) throw constraintError('unique', error);
				if (code === FOREIGN_KEY_VIOLATION) throw constraintError('foreignKey', error);
				if (!code || !RETRYABLE.has(code) || attempt === RETRIES) throw unavailable(this.location, error);
			}
		}
	}

	async read(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly Row[]> {
		try {
			return (await this.pool.query<Row>(sql, [...parameters])).rows;
		} catch (error) {
			throw unavailable(this.location, error);
		}
	}

	async listen(onWritten: () => void): Promise<() => Promise<void>> {
		try {
			return await this.#listener.add(onWritten);
		} catch (error) {
			throw unavailable(this.location, error);
		}
	}

	async close(): Promise<void> {
		await this.#listener.close();
		await this.pool.end();
	}

	async #transaction(statements: readonly Statement[]): Promise<readonly StatementResult[]> {
		const client = await this.pool.connect();
		let broken: Error | undefined;
		try {
			// One statement is a transaction by itself.
			if (statements.length === 1) return await runAll(client, statements);
			await client.query('BEGIN');
			const results = await runAll(client, statements);
			await client.query('COMMIT');
			return results;
		} catch (error) {
			await client.query('ROLLBACK').catch((failure: unknown) => {
				broken = failure instanceof Error ? failure : new Error('rollback failed');
			});
			throw error;
		} finally {
			client.release(broken);
		}
	}
}

async function runAll(client: PoolClient, statements: readonly Statement[]): Promise<StatementResult[]> {
	const results: StatementResult[] = [];
	for (const { sql, parameters = [], orElse } of statements) {
		const { rows, rowCount } = await client.query<Row>(sql, [...parameters]);
		if (orElse && !rowCount) throw orElse;
		results.push({ rows, changes: rowCount ?? 0 });
	}
	return results;
}

function errorCode(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function unavailable(location: string, cause: unknown): PushError {
	const detail = cause instanceof Error ? cause.message : String(cause);
	return new PushError('StoreUnavailable', `The PostgreSQL store ${location} cannot be used: ${detail}`, {
		hint: 'Check host, user, password, TLS and that the user may create and use the schema.',
		cause,
	});
}
