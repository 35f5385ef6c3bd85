import type { IExecuteFunctions } from 'n8n-workflow';
import type { Items, PostgresPlace, RecipientSource } from '../../../push';
import type { EngineModule } from '../../shared/engine';
import { WorkflowMistake } from '../../shared/errors';
import { itemField } from '../../shared/itemField';
import { choiceOf, jsonOf, numberOf, textOf, type Values } from '../../shared/parameters';

export const POSTGRES_SOURCE = 'postgresSourceApi';

/** The recipients as the node's parameters name them. @throws {WorkflowMistake}, {PushError} `InvalidRequest` */
export async function recipientsOf(
	context: IExecuteFunctions,
	engine: EngineModule,
	values: Values,
	settings: Values,
	columns: readonly string[],
): Promise<RecipientSource> {
	switch (choiceOf(values, 'recipientsFrom', 'Recipients From', ['file', 'items', 'postgres'])) {
		case 'items':
			return engine.itemSource(rowsOfItems(context, columns));
		case 'postgres':
			return engine.postgresSource({
				...(await connection(context)),
				query: textOf(values, 'query') ?? '',
				parameters: parametersOf(values),
			});
		default:
			return await fileOf(context, engine, values, settings);
	}
}

/** Only what the campaign needs of each item goes into the store. */
function rowsOfItems(context: IExecuteFunctions, columns: readonly string[]): Items {
	const items = context.getInputData();
	return {
		length: items.length,
		fields: () => [...new Set(items.slice(0, 1_000).flatMap(({ json }) => Object.keys(json)))],
		*[Symbol.iterator]() {
			for (const { json } of items) {
				const row: Record<string, unknown> = {};
				for (const column of columns) {
					const value = itemField(json, column);
					if (value !== undefined) row[column] = value;
				}
				yield row;
			}
		},
	};
}

async function fileOf(
	context: IExecuteFunctions,
	engine: EngineModule,
	values: Values,
	settings: Values,
): Promise<RecipientSource> {
	const field = textOf(values, 'binaryPropertyName') ?? 'data';
	const binary = context.helpers.assertBinaryData(0, field);
	const stream = binary.id ? await context.helpers.getBinaryStream(binary.id, 65_536) : decoded(binary.data);
	const format = choiceOf(settings, 'fileType', 'File Type', ['csv', 'ndjson']);
	const delimiter = delimiterOf(settings);
	return await engine.openFile(chunks(stream), {
		name: binary.fileName ?? field,
		...(format === undefined ? {} : { format }),
		...(delimiter === undefined ? {} : { delimiter }),
		...(binary.id ? { binaryId: binary.id } : { inMemory: true }),
	});
}

/** Characters of base64, a multiple of four. */
const ENCODED_CHUNK = 87_380;

/** Bit by bit: n8n holds all of it already. */
function* decoded(base64: string): Generator<Buffer> {
	for (let at = 0; at < base64.length; at += ENCODED_CHUNK) {
		yield Buffer.from(base64.slice(at, at + ENCODED_CHUNK), 'base64');
	}
}

async function* chunks(stream: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<unknown> {
	yield* stream;
}

function delimiterOf(settings: Values): string | undefined {
	const text = textOf(settings, 'delimiter');
	if (text === undefined) return undefined;
	const delimiter = text === '\\t' ? '\t' : text;
	if (delimiter.length === 1 && delimiter !== '"' && delimiter.charCodeAt(0) < 128) return delimiter;
	throw new WorkflowMistake('Delimiter is not one plain character.', 'Enter , or ; or | or \\t.');
}

function parametersOf(values: Values): readonly unknown[] {
	const parameters = jsonOf(values, 'queryParameters', 'Query Parameters') ?? [];
	if (Array.isArray(parameters)) return parameters;
	throw new WorkflowMistake('Query Parameters is not a JSON array.', 'Write it like ["de", 30].');
}

/** n8n's own fields of a Postgres credential. */
async function connection(context: IExecuteFunctions): Promise<PostgresPlace> {
	return postgresPlace(await context.getCredentials(POSTGRES_SOURCE));
}

/** As n8n's own Postgres node reads these fields: "Allow" is TLS too. */
function tlsOf({ allowUnauthorizedCerts, ssl = 'disable' }: Values): PostgresPlace['tls'] {
	if (allowUnauthorizedCerts === true) return 'encrypt';
	return ssl === 'disable' ? 'off' : 'verify';
}

/** @throws {WorkflowMistake} for an SSH tunnel */
export function postgresPlace(fields: Values): PostgresPlace {
	if (fields.sshTunnel === true) {
		throw new WorkflowMistake(
			'The credential of the recipient source has an SSH tunnel, which campaigns cannot use.',
			'Connect to the database directly, or read the rows with the Postgres node and choose Input Items.',
		);
	}
	const password = textOf(fields, 'password');
	return {
		host: textOf(fields, 'host') ?? 'localhost',
		port: numberOf(fields, 'port', 'Port of the credential') ?? 5432,
		database: textOf(fields, 'database') ?? 'postgres',
		user: textOf(fields, 'user') ?? 'postgres',
		...(password === undefined ? {} : { password }),
		tls: tlsOf(fields),
	};
}
