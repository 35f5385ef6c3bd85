import { chmodSync, closeSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlValue, StatementResult } from '../database';
import { type MigrationNames, migrationsAfter, SCHEMA_VERSION } from '../migrations';
import type { WorkerFailure, WorkerSetup, WorkerStatement } from './protocol';

/** Statements kept prepared; the repositories use fewer. */
const PREPARED = 200;

/** Linux' numbers of network file systems (statfs(2)): their locks do not hold what SQLite's WAL needs. */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
	0x6969: 'NFS',
	0x517b: 'SMB',
	0xff534d42: 'CIFS',
	0xfe534d42: 'SMB2',
};

const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

const names: MigrationNames = {
	kind: 'sqlite',
	text: 'TEXT',
	sequence: 'INTEGER PRIMARY KEY AUTOINCREMENT',
	table: (name) => `"${name}"`,
};

/** Thrown inside the worker thread only; becomes a reply. */
export class ConnectionFailure extends Error {
	constructor(readonly failure: WorkerFailure) {
		super(failure.kind);
	}
}

/** One open file. Synchronous: lives in the worker thread alone. */
export class Connection {
	readonly #database: DatabaseSync;

	readonly #prepared = new Map<string, StatementSync>();

	/** @throws {ConnectionFailure} `unavailable`, `tooNew` */
	constructor({ file, busyTimeoutMs }: WorkerSetup) {
		prepareFile(file);
		this.#database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
		// WAL lets processes read while one writes. NORMAL survives every crash of a process; a power cut may cost the
		// last transactions, never the file.
		this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
		this.#migrate();
	}

	/** @throws {ConnectionFailure} */
	read(statements: readonly WorkerStatement[]): StatementResult[] {
		return statements.map((statement) => this.#run(statement));
	}

	/** One immediate transaction. @throws {ConnectionFailure} */
	write(statements: readonly WorkerStatement[]): StatementResult[] {
		return this.#transaction(() =>
			statements.map((statement, index) => {
				const result = this.#run(statement);
				if (statement.mustTouch && result.changes === 0) throw new ConnectionFailure({ kind: 'untouched', index });
				return result;
			}),
		);
	}

	close(): void {
		this.#prepared.clear();
		this.#database.close();
	}

	/** The write lock is taken first, so that two processes starting together migrate once. */
	#migrate(): void {
		this.#transaction(() => {
			this.#database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
			const row = this.#database.prepare('SELECT max(version) AS version FROM schema_version').get();
			const found = typeof row?.version === 'number' ? row.version : 0;
			if (found > SCHEMA_VERSION) throw new ConnectionFailure({ kind: 'tooNew', found, known: SCHEMA_VERSION });
			for (const migration of migrationsAfter(found)) {
				for (const sql of migration.statements(names)) this.#database.exec(sql);
				this.#database.prepare('INSERT INTO schema_version VALUES (?)').run(migration.version);
			}
		});
	}

	#transaction<T>(work: () => T): T {
		this.#database.exec('BEGIN IMMEDIATE');
		try {
			const result = work();
			this.#database.exec('COMMIT');
			return result;
		} catch (error) {
			if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	#run({ sql, parameters }: WorkerStatement): StatementResult {
		const statement = this.#prepare(sql);
		if (statement.columns().length === 0) {
			return { rows: [], changes: Number(statement.run(...parameters).changes) };
		}
		const rows = statement.all(...parameters).map(plainRow);
		return { rows, changes: rows.length };
	}

	#prepare(sql: string): StatementSync {
		const known = this.#prepared.get(sql);
		if (known) return known;
		const statement = this.#database.prepare(sql.replaceAll(/\$(\d+)/g, '?$1'));
		const oldest = this.#prepared.keys().next();
		if (this.#prepared.size >= PREPARED && !oldest.done) this.#prepared.delete(oldest.value);
		this.#prepared.set(sql, statement);
		return statement;
	}
}

/** The folder is ours alone (0700), and so is the file from its first byte on (0600). */
function prepareFile(file: string): void {
	const folder = dirname(file);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const network = NETWORK_FILE_SYSTEMS[statfsSync(folder).type];
	if (network) {
		throw new ConnectionFailure({
			kind: 'unavailable',
			detail: `${folder} lies on a network file system (${network}), where SQLite's locks do not hold. Use the PostgreSQL store.`,
		});
	}
	closeSync(openSync(file, 'a', 0o600));
	chmodSync(file, 0o600);
}

/** Our schema has no other types; a BLOB or a huge integer is damage and shows as null. */
function plainRow(row: Readonly<Record<string, unknown>>): Record<string, SqlValue> {
	const plain: Record<string, SqlValue> = {};
	for (const [column, value] of Object.entries(row)) {
		plain[column] = typeof value === 'string' || typeof value === 'number' ? value : null;
	}
	return plain;
}

/** Whatever was thrown in the thread, as a reply. */
export function describeFailure(error: unknown): WorkerFailure {
	if (error instanceof ConnectionFailure) return error.failure;
	const detail = error instanceof Error ? error.message : String(error);
	const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
	if (code === SQLITE_CONSTRAINT_PRIMARYKEY || code === SQLITE_CONSTRAINT_UNIQUE) return { kind: 'unique', detail };
	if (code === SQLITE_CONSTRAINT_FOREIGNKEY) return { kind: 'foreignKey', detail };
	return { kind: 'unavailable', detail };
}
