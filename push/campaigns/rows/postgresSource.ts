import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import { PushError } from '../../model';
import { BATCH_ROWS } from './records';
import { type RecipientSource, rowSource } from './sources';

/** Where the database is. */
export interface PostgresPlace {
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly password?: string;
	/** `verify`: encrypted, certificate checked; `encrypt`: encrypted, not checked. */
	readonly tls: 'off' | 'verify' | 'encrypt';
}

export interface PostgresSourceOptions extends PostgresPlace {
	/** One SELECT; its parameters are written `$1`, `$2` ... */
	readonly query: string;
	readonly parameters: readonly unknown[];
}

/** Sent as they are, never as part of the query's text. */
type Parameter = string | number | boolean | null;

/**
 * The rows of a query, read by a cursor in a transaction that can only read: memory holds a thousand of them.
 * @throws {PushError} `InvalidRequest` for parameters that are no plain values; from the rows `InvalidRequest` with
 * PostgreSQL's own sentence about the query, `Unreachable`
 */
export function postgresSource(options: PostgresSourceOptions): RecipientSource {
	const query = options.query.trim().replace(/;\s*$/, '');
	if (query === '') throw new PushError('InvalidRequest', 'The query is empty.', { hint: 'Write a SELECT.' });
	const parameters = options.parameters.map(plain);
	return rowSource(rowsOf(options, query, parameters), {
		kind: 'postgres',
		whole: false,
		reopening: JSON.stringify({ ...options, query, parameters } satisfies PostgresSourceOptions),
		name: `query on ${options.host}/${options.database}`,
		fingerprint: createHash('sha256')
			.update(JSON.stringify([options.host, options.port, options.database, query, parameters]))
			.digest('base64url')
			.slice(0, 22),
	});
}

const reopeningSchema = z.strictObject({
	host: z.string(),
	port: z.number(),
	database: z.string(),
	user: z.string(),
	password: z.string().optional(),
	tls: z.enum(['off', 'verify', 'encrypt']),
	query: z.string(),
	parameters: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** @param reopening what the source of the same name said when the campaign was started */
export function reopenPostgresSource(reopening: string): RecipientSource {
	const { password, ...options } = reopeningSchema.parse(JSON.parse(reopening));
	return postgresSource({ ...options, ...(password === undefined ? {} : { password }) });
}

/** Connects and asks for nothing. @throws {PushError} `Unreachable` */
export async function checkPostgresSource(place: PostgresPlace): Promise<void> {
	const client = await connect(place);
	await client.end();
}

/** @throws {PushError} `Unreachable` */
async function connect({ host, port, database, user, password, tls }: PostgresPlace) {
	const { Client } = await import('pg');
	const client = new Client({
		host,
		port,
		database,
		user,
		...(password === undefined ? {} : { password }),
		ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verify' },
		connectionTimeoutMillis: 10_000,
	});
	// A connection that breaks shows in the query that waits for it.
	client.on('error', () => undefined);
	try {
		await client.connect();
		return client;
	} catch (error) {
		throw new PushError(
			'Unreachable',
			`The database ${user}@${host}:${port}/${database} cannot be reached: ${sentence(error)}`,
			{ hint: 'Check host, port, user, password and SSL of the credential.', cause: error },
		);
	}
}

async function* rowsOf(place: PostgresPlace, query: string, parameters: readonly Parameter[]): AsyncGenerator<object> {
	const client = await connect(place);
	try {
		await client.query('BEGIN READ ONLY');
		await client.query(`DECLARE recipients NO SCROLL CURSOR FOR ${query}`, [...parameters]);
		for (;;) {
			const { rows } = await client.query<Record<string, unknown>>(`FETCH ${BATCH_ROWS} FROM recipients`);
			yield* rows;
			if (rows.length < BATCH_ROWS) return;
		}
	} catch (error) {
		if (error instanceof PushError) throw error;
		throw new PushError('InvalidRequest', `The query of recipients failed: ${sentence(error)}`, {
			hint: 'Try it in a database tool. Values belong into Query Parameters, as $1, $2 ...',
			cause: error,
		});
	} finally {
		await client.end().catch(() => undefined);
	}
}

function plain(value: unknown, index: number): Parameter {
	if (value === null || value === undefined) return null;
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
	throw new PushError('InvalidRequest', `Query parameter $${index + 1} is neither text, number nor true or false.`, {
		hint: 'Give a JSON array of plain values, for example ["de", 30].',
	});
}

/** PostgreSQL's message names the mistake and no secret. */
function sentence(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
