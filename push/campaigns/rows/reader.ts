import { CHANNEL_TYPES, type ChannelType, PushError, type Substitutions } from '../../model';
import type { CampaignDefinition } from '../definition';
import { readCsv } from './records';

/**
 * One row of the source that can be sent to. A class and no literal, as all that there is one of per recipient: see
 * docs/decisions/0008-what-dies-young.md.
 */
export class CampaignRow {
	constructor(
		readonly address: string,
		readonly channelType: ChannelType,
		readonly userId: string | undefined,
		readonly timeZone: string | undefined,
		readonly substitutions: Substitutions | undefined,
	) {}
}

/** A row as it was read: a recipient, a sentence about what is wrong with it, or nothing at all (an empty line). */
export type ReadRow = CampaignRow | string | undefined;

/** No provider has longer addresses; longer ones are a sign of a wrong column. */
const ADDRESS_LIMIT = 4_096;

const CHANNEL_WORDS: ReadonlyMap<string, ChannelType> = new Map([
	...CHANNEL_TYPES.map((type) => [type, type] as const),
	['FCM', 'GCM'],
]);

/** Takes a value out of a row. */
type Getter<Row> = (row: Row) => string | undefined;

interface Getters<Row> {
	readonly address: Getter<Row>;
	readonly channel: Getter<Row> | ChannelType;
	readonly userId: Getter<Row> | undefined;
	readonly timeZone: Getter<Row> | undefined;
	readonly substitutions: ReadonlyArray<{ readonly name: string; readonly get: Getter<Row> }>;
}

/** Reads the rows of one campaign's batches. The places of the columns are looked up once. */
export class RowReader {
	readonly #rows: CampaignDefinition['rows'];

	readonly #csv: Getters<readonly string[]> | undefined;

	readonly #json: Getters<unknown> | undefined;

	/**
	 * @param placeholders names of the `{{name}}` in the messages
	 * @throws {PushError} `InvalidRequest` for a column that is not there
	 */
	constructor(rows: CampaignDefinition['rows'], placeholders: readonly string[]) {
		this.#rows = rows;
		if (rows.format === 'csv') this.#csv = getters(rows, placeholders, csvGetter(rows.columns ?? []));
		else this.#json = getters(rows, placeholders, jsonGetter);
	}

	/** @returns one entry per place of the batch */
	read({ content, rows }: { readonly content: string; readonly rows: number }): ReadRow[] {
		const read = this.#csv ? this.#readCsv(this.#csv, content) : this.#readJson(content);
		// Never fewer entries than places: each place has to come to an end.
		while (read.length < rows) read.push('The row could not be read.');
		return read.slice(0, rows);
	}

	#readCsv(columns: Getters<readonly string[]>, content: string): ReadRow[] {
		try {
			return readCsv(content, this.#rows.delimiter).map((fields) =>
				fields.length === 1 && fields[0]?.trim() === '' ? undefined : toRow(columns, fields),
			);
		} catch (error) {
			if (error instanceof PushError) return [`${error.message} ${error.hint ?? ''}`.trim()];
			throw error;
		}
	}

	#readJson(content: string): ReadRow[] {
		const lines = content.split('\n');
		if (lines.at(-1) === '') lines.pop();
		return lines.map((line) => {
			if (line.trim() === '') return undefined;
			const row = parsed(line);
			return row === undefined || !this.#json ? 'The line is not a JSON object.' : toRow(this.#json, row);
		});
	}
}

/** Lines of the file at which the places of a batch begin, counted from its first one. */
export function linesOf(content: string, firstLine: number, format: 'csv' | 'ndjson', delimiter: string): number[] {
	let line = firstLine;
	if (format === 'ndjson' || !content.includes('"')) return content.split('\n').map(() => line++);
	try {
		return readCsv(content, delimiter).map((fields) => {
			const own = line;
			line += 1 + fields.reduce((breaks, field) => breaks + field.split('\n').length - 1, 0);
			return own;
		});
	} catch {
		return [firstLine];
	}
}

function toRow<Row>(columns: Getters<Row>, row: Row): CampaignRow | string {
	const address = columns.address(row)?.trim() ?? '';
	if (address === '') return 'The address is empty.';
	if (address.length > ADDRESS_LIMIT) return `The address has ${address.length} characters: this is no device address.`;
	let channelType: ChannelType;
	if (typeof columns.channel === 'string') channelType = columns.channel;
	else {
		const word = columns.channel(row)?.trim() ?? '';
		const known = CHANNEL_WORDS.get(word.toUpperCase());
		if (!known) return word === '' ? 'The channel is empty.' : `"${word.slice(0, 40)}" is not a push channel.`;
		channelType = known;
	}
	return new CampaignRow(
		address,
		channelType,
		columns.userId?.(row)?.trim() || undefined,
		columns.timeZone?.(row)?.trim() || undefined,
		columns.substitutions.length === 0 ? undefined : filled(columns.substitutions, row),
	);
}

function filled<Row>(columns: Getters<Row>['substitutions'], row: Row): Substitutions {
	const values: Record<string, string> = {};
	for (const { name, get } of columns) {
		const value = get(row);
		if (value !== undefined) values[name] = value;
	}
	return values;
}

function getters<Row>(
	{ mapping }: CampaignDefinition['rows'],
	placeholders: readonly string[],
	getter: (column: string, must: boolean) => Getter<Row>,
): Getters<Row> {
	const names = [...new Set([...placeholders, ...Object.keys(mapping.substitutions ?? {})])];
	return {
		address: getter(mapping.address, true),
		channel: 'type' in mapping.channel ? mapping.channel.type : getter(mapping.channel.column, true),
		userId: mapping.userId === undefined ? undefined : getter(mapping.userId, true),
		timeZone: mapping.timeZone === undefined ? undefined : getter(mapping.timeZone, true),
		substitutions: names.map((name) => {
			const column = mapping.substitutions?.[name];
			return { name, get: getter(column ?? name, column !== undefined) };
		}),
	};
}

/** Columns are found by their names, in any case, with or without spaces around. */
function csvGetter(columns: readonly string[]) {
	const plain = columns.map((name) => name.trim().toLowerCase());
	return (column: string, must: boolean): Getter<readonly string[]> => {
		const exact = columns.indexOf(column);
		const place = exact === -1 ? plain.indexOf(column.trim().toLowerCase()) : exact;
		if (place >= 0) return (fields) => fields[place];
		if (!must) return () => undefined;
		throw new PushError('InvalidRequest', `The file has no column "${column.slice(0, 60)}".`, {
			hint: `Its columns are: ${columns
				.map((name) => name.slice(0, 60))
				.join(', ')
				.slice(0, 500)}.`,
		});
	};
}

/** A field with that very name, else the nested field that dots lead to. */
function jsonGetter(path: string): Getter<unknown> {
	const keys = path.split('.');
	return (row) => {
		const direct = member(row, path);
		const value = direct === undefined && keys.length > 1 ? keys.reduce(member, row) : direct;
		if (value === undefined || value === null) return undefined;
		return typeof value === 'object' ? JSON.stringify(value) : String(value);
	};
}

function member(value: unknown, key: string): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
	return Reflect.get(value, key);
}

function parsed(line: string): object | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
