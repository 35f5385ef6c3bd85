import { createHash } from 'node:crypto';
import type { Client } from 'pg';
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
	return rowSource((signal) => rowsOf(options, query, parameters, signal), {
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

/**
 * @param reopening what the source of the same name said when the campaign was started
 * @throws {PushError} `StoreUnavailable`
 */
export function reopenPostgresSource(reopening: string): RecipientSource {
	const read = reopeningSchema.safeParse(JSON.parse(reopening));
	if (!read.success) {
		throw new PushError('StoreUnavailable', 'The stored query of recipients has a form this version does not know.', {
			hint: 'Start the campaign again with the same key and recipients.',
		});
	}
	const { password, ...options } = read.data;
	return postgresSource({ ...options, ...(password === undefined ? {} : { password }) });
}

/** Connects and asks for nothing. @throws {PushError} `Unreachable`, `CredentialRefused` */
export async function checkPostgresSource(place: PostgresPlace): Promise<void> {
	const client = await connect(place);
	await client.end();
}

/** @throws {PushError} `Unreachable`, `CredentialRefused` */
async function connect({ host, port, database, user, password, tls }: PostgresPlace) {
	const pg = await import('pg');
	const client = new pg.Client({
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
		const place = `${user}@${host}:${port}/${database}`;
		if (REFUSED.test(codeOf(error))) {
			throw new PushError('CredentialRefused', `The database ${place} refused the connection: ${sentence(error)}`, {
				hint: 'Check user, password and database of the credential.',
				cause: error,
			});
		}
		throw new PushError('Unreachable', `The database ${place} cannot be reached: ${sentence(error)}`, {
			hint: 'Check host, port and SSL of the credential.',
			cause: error,
		});
	}
}

/** Classes of PostgreSQL's errors: the authorization is not valid, there is no such database, the user may not connect. */
const REFUSED = /^(28...|3D000|42501)$/;

/** The connection is lost, or the server has no room or goes down: another time it may go well. */
const PASSING = /^(08...|53...|57P0.|E[A-Z_]+)$/;

async function* rowsOf(
	place: PostgresPlace,
	query: string,
	parameters: readonly Parameter[],
	signal: AbortSignal | undefined,
): AsyncGenerator<object> {
	const client = await connect(place);
	// Ends the connection even while a row is waited for, which may be long.
	const breakOff = () => void client.end().catch(() => undefined);
	signal?.addEventListener('abort', breakOff);
	try {
		await client.query('BEGIN READ ONLY');
		await endWithUs(client);
		await client.query(declaring(query, parameters));
		while (!signal?.aborted) {
			const { rows } = await client.query<Record<string, unknown>>(`FETCH ${BATCH_ROWS} FROM recipients`);
			yield* rows;
			if (rows.length < BATCH_ROWS) return;
		}
	} catch (error) {
		if (error instanceof PushError) throw error;
		const what = withoutValues(sentence(error), parameters);
		if (isPassing(error)) {
			throw new PushError('Unreachable', `The database broke off the query of recipients: ${what}`, {
				hint: 'Look into the log of the database.',
			});
		}
		throw new PushError('InvalidRequest', `The query of recipients failed: ${what}`, {
			hint: 'Try it in a database tool: it must be one SELECT. Values belong into Query Parameters, as $1, $2 ...',
		});
	} finally {
		signal?.removeEventListener('abort', breakOff);
		await client.end().catch(() => undefined);
	}
}

/**
 * Without parameters pg would send the text by the protocol that takes several statements, and what follows a COMMIT is
 * in no transaction that can only read. By the other one PostgreSQL refuses more than one. `queryMode` is missing from
 * pg's types.
 */
function declaring(query: string, parameters: readonly Parameter[]) {
	const text = `DECLARE recipients NO SCROLL CURSOR FOR ${query}`;
	return { text, values: [...parameters], queryMode: 'extended' };
}

/**
 * A query whose reader is gone, stopped or killed, ends within a second instead of working on for nobody. PostgreSQL
 * before 14, and others that speak its language, do not know the setting.
 */
async function endWithUs(client: Client): Promise<void> {
	await client.query('SAVEPOINT settings');
	await client
		.query('SET LOCAL client_connection_check_interval = 1000')
		.catch(async () => await client.query('ROLLBACK TO SAVEPOINT settings'));
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** pg says only in words that the connection is gone. */
function isPassing(error: unknown): boolean {
	const code = codeOf(error);
	return code === '' ? /connection/i.test(sentence(error)) : PASSING.test(code);
}

/**
 * PostgreSQL quotes the value that it cannot read, and the sentence may end in a log or in the campaign's state. For the
 * same reason the error is no `cause` of ours.
 */
function withoutValues(text: string, parameters: readonly Parameter[]): string {
	return parameters.reduce<string>((rest, value) => rest.replaceAll(`"${String(value)}"`, '"***"'), text);
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
