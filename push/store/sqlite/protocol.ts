import type { SqlValue, StatementResult } from '../database';

/** What the calling thread asks of the thread that owns the file. */
export type WorkerRequest =
	| { readonly kind: 'read' | 'write'; readonly statements: readonly WorkerStatement[] }
	| { readonly kind: 'close' };

export interface WorkerStatement {
	readonly sql: string;
	readonly parameters: readonly SqlValue[];
	readonly mustTouch: boolean;
}

export type WorkerFailure =
	| { readonly kind: 'unique' | 'foreignKey'; readonly detail: string }
	/** Statement number `index` touched no row although it had to. */
	| { readonly kind: 'untouched'; readonly index: number }
	| { readonly kind: 'tooNew'; readonly found: number; readonly known: number }
	| { readonly kind: 'unavailable'; readonly detail: string };

/** One for each request, in their order. Before them, the thread's first word: the file is open and migrated, or why not. */
export type WorkerReply = { readonly results: readonly StatementResult[] } | { readonly failure: WorkerFailure };

export interface WorkerSetup {
	readonly file: string;
	/** ms a locked file is waited for. */
	readonly busyTimeoutMs: number;
}
