import type { SqlValue, StatementResult } from '../database';

/** What the calling thread asks of the thread that owns the file. */
export type WorkerRequest =
	| { readonly id: number; readonly kind: 'read' | 'write'; readonly statements: readonly WorkerStatement[] }
	| { readonly id: number; readonly kind: 'close' };

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

/** Id 0 is the thread's first word: the file is open and migrated, or why not. */
export type WorkerReply =
	| { readonly id: number; readonly results: readonly StatementResult[] }
	| { readonly id: number; readonly failure: WorkerFailure };

export interface WorkerSetup {
	readonly file: string;
	/** ms a locked file is waited for. */
	readonly busyTimeoutMs: number;
}
