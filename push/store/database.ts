import { PushError } from '../model';

export type SqlValue = string | number | null;

export type Row = Readonly<Record<string, SqlValue>>;

export interface Statement {
	/** Portable SQL with `$1 … $n`; table names come from {@link Database.table}. */
	readonly sql: string;
	readonly parameters?: readonly SqlValue[];
	/** The whole batch is undone, with this error, unless the statement touches at least one row. */
	readonly orElse?: PushError;
}

export interface StatementResult {
	/** Of SELECT and RETURNING. */
	readonly rows: readonly Row[];
	/** Rows inserted, changed or removed. */
	readonly changes: number;
}

/**
 * The seam between the repositories, written once, and the two databases. No interactive transactions: a batch is
 * decided by SQL alone, so that SQLite holds its write lock for one message to its thread, and PostgreSQL for a few
 * round trips without the caller in between.
 */
export interface Database {
	readonly kind: 'sqlite' | 'postgres';
	/** Where it is, for people; no password. */
	readonly location: string;
	/** The name to write in SQL: quoted, with its schema where there is one. */
	table(name: string): string;
	/** All or nothing. @throws {PushError} `orElse` of a statement, `Conflict`, `NotFound`, `StoreUnavailable` */
	write(statements: readonly Statement[]): Promise<readonly StatementResult[]>;
	/** @throws {PushError} `StoreUnavailable` */
	read(sql: string, parameters?: readonly SqlValue[]): Promise<readonly Row[]>;
	/**
	 * Goes right before the INSERT of rows that are read in the order of their numbers: no number becomes visible after
	 * a higher one, and whoever listens hears of them once they are there. Nothing on SQLite, where writes come one by
	 * one.
	 */
	readonly inOrder: readonly Statement[];
	/**
	 * Calls `onWritten` when any process has written rows {@link inOrder}, and whenever it cannot be sure that none
	 * has. On SQLite, which has no such signal, never.
	 * @returns how to stop listening
	 */
	listen(onWritten: () => void): Promise<() => Promise<void>>;
	close(): Promise<void>;
}

/** What both databases say when rows collide, in our words. */
export type ConstraintKind = 'unique' | 'foreignKey';

export function constraintError(kind: ConstraintKind, cause: unknown): PushError {
	return kind === 'unique'
		? new PushError('Conflict', 'A row with this key exists already.', { cause })
		: new PushError('NotFound', 'The row this one belongs to does not exist any more.', { cause });
}

/** Columns come back as they were declared; anything else is a damaged file. */
export function text(row: Row, column: string): string {
	const value = row[column];
	if (typeof value === 'string') return value;
	throw damaged(column);
}

export function textOrNull(row: Row, column: string): string | null {
	return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
	const value = row[column];
	if (typeof value === 'number') return value;
	throw damaged(column);
}

export function integerOrNull(row: Row, column: string): number | null {
	return row[column] === null ? null : integer(row, column);
}

function damaged(column: string): PushError {
	return new PushError('StoreUnavailable', `The store holds something unreadable in column "${column}".`, {
		hint: 'Restore the store from a backup, or point n8n at a new one.',
	});
}
