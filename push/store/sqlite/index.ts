import { Worker } from 'node:worker_threads';
import { PushError } from '../../model';
import { constraintError, type Database, type Statement, type StatementResult } from '../database';
import type { WorkerFailure, WorkerReply, WorkerRequest, WorkerSetup } from './protocol';

export interface SqliteOptions {
	/** Made with its folder at first use, mode 0600. */
	readonly file: string;
	/** The built `worker.ts`; the composer knows where it lies. */
	readonly workerPath: string;
	/** ms a file locked by another process is waited for. @default 30_000 */
	readonly busyTimeoutMs?: number;
}

/** The thread passes texts on, none of which it keeps: without a limit its young objects take tens of megabytes. */
const YOUNG_MB = 8;

interface Waiting {
	/** Of each statement; the statements themselves need not be kept until the answer comes. */
	readonly orElse: ReadonlyArray<Statement['orElse']>;
	resolve(results: readonly StatementResult[]): void;
	reject(error: PushError): void;
}

/**
 * Opens the file in a thread of its own and migrates it.
 * @throws {PushError} `StoreUnavailable`, `StoreTooNew`
 */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
	const database = new SqliteDatabase(options);
	await database.opened;
	return database;
}

class SqliteDatabase implements Database {
	readonly kind = 'sqlite';

	readonly location: string;

	readonly inOrder = [];

	readonly opened: Promise<unknown>;

	readonly #worker: Worker;

	/**
	 * In the order in which the thread answers. No map: with one whose entries come and go, nearly twice as much was seen
	 * to survive the collections of young objects (V8 links each former table of a map to the next).
	 */
	readonly #waiting: Waiting[] = [];

	#dead: PushError | undefined;

	constructor({ file, workerPath, busyTimeoutMs = 30_000 }: SqliteOptions) {
		this.location = file;
		const setup: WorkerSetup = { file, busyTimeoutMs };
		this.#worker = new Worker(workerPath, {
			workerData: setup,
			resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
		});
		this.#worker.on('message', (reply: WorkerReply) => this.#settle(reply));
		this.#worker.on('error', (error) => this.#fail(unavailable(file, error.message)));
		this.#worker.on('exit', () => this.#fail(unavailable(file, 'its thread has ended.')));
		this.opened = new Promise<readonly StatementResult[]>((resolve, reject) => {
			this.#waiting.push({ orElse: [], resolve, reject });
		});
	}

	table(name: string): string {
		return `"${name}"`;
	}

	async write(statements: readonly Statement[]): Promise<readonly StatementResult[]> {
		return await this.#ask('write', statements);
	}

	async read(sql: string, parameters: Statement['parameters'] = []): Promise<StatementResult['rows']> {
		const [result] = await this.#ask('read', [{ sql, parameters }]);
		return result?.rows ?? [];
	}

	async listen(): Promise<() => Promise<void>> {
		return async () => {};
	}

	async close(): Promise<void> {
		if (this.#dead) return;
		await this.#ask('close', []);
		this.#dead = unavailable(this.location, 'it has been closed.');
		await this.#worker.terminate();
	}

	#ask(kind: WorkerRequest['kind'], statements: readonly Statement[]): Promise<readonly StatementResult[]> {
		if (this.#dead) return Promise.reject(this.#dead);
		return new Promise((resolve, reject) => {
			// Before the place in the queue is taken: what cannot be handed over has no answer, and must not shift the others'.
			this.#worker.postMessage(toRequest(kind, statements));
			this.#waiting.push({ orElse: statements.map(({ orElse }) => orElse), resolve, reject });
			// A process may end while the store idles, never while somebody waits for it.
			this.#worker.ref();
		});
	}

	#settle(reply: WorkerReply): void {
		const waiting = this.#waiting.shift();
		if (this.#waiting.length === 0) this.#worker.unref();
		if (!waiting) return;
		if ('results' in reply) waiting.resolve(reply.results);
		else waiting.reject(toPushError(reply.failure, waiting.orElse, this.location));
	}

	#fail(error: PushError): void {
		this.#dead ??= error;
		for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
	}
}

function toRequest(kind: WorkerRequest['kind'], statements: readonly Statement[]): WorkerRequest {
	if (kind === 'close') return { kind };
	return {
		kind,
		statements: statements.map(({ sql, parameters = [], orElse }) => ({
			sql,
			parameters,
			mustTouch: orElse !== undefined,
		})),
	};
}

function toPushError(failure: WorkerFailure, orElse: Waiting['orElse'], file: string): PushError {
	switch (failure.kind) {
		case 'untouched':
			return orElse[failure.index] ?? unavailable(file, 'a write did nothing.');
		case 'unique':
		case 'foreignKey':
			return constraintError(failure.kind, new Error(failure.detail));
		case 'tooNew':
			return new PushError(
				'StoreTooNew',
				`The store ${file} has schema ${failure.found}; this version of the package knows schemas up to ${failure.known}.`,
				{ hint: 'Update n8n-nodes-push-notifications on this n8n, or restore the backup made before the update.' },
			);
		case 'unavailable':
			return unavailable(file, failure.detail);
	}
}

function unavailable(file: string, detail: string): PushError {
	return new PushError('StoreUnavailable', `The store ${file} cannot be used: ${detail}`, {
		hint: 'Check that the folder exists, is on a local disk with free space, and belongs to the user n8n runs as.',
	});
}
