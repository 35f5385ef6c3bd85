import { CHANNEL_TYPES, type ChannelType, PushError, type Substitutions } from '../../model';
import type { CampaignDefinition } from '../definition';
import { placeOf } from './columns';
import { fieldAt, fieldPath, rowIn, textOf, valuesOf } from './fields';
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
type Getter<Row, Value = string> = (row: Row) => Value | undefined;

type Filler<Row> = Getter<Row, string | readonly string[]>;

/** How one kind of rows is read, by the name of a column. */
interface Columns<Row> {
	text(column: string): Getter<Row>;
	/** As a message takes it: lists stay lists. */
	values(column: string): Filler<Row>;
}

interface Getters<Row> {
	readonly address: Getter<Row>;
	readonly channel: Getter<Row> | ChannelType;
	readonly userId: Getter<Row> | undefined;
	readonly timeZone: Getter<Row> | undefined;
	readonly substitutions: ReadonlyArray<{ readonly name: string; readonly get: Filler<Row> }>;
}

/** Reads the rows of one campaign's batches. The places of the columns are looked up once. */
export class RowReader {
	readonly #rows: CampaignDefinition['rows'];

	readonly #csv: Getters<readonly string[]> | undefined;

	readonly #json: Getters<object> | undefined;

	/** @param placeholders names of the `{{name}}` in the messages */
	constructor(rows: CampaignDefinition['rows'], placeholders: readonly string[]) {
		this.#rows = rows;
		if (rows.format === 'csv') this.#csv = getters(rows, placeholders, csvColumns(rows.columns ?? []));
		else this.#json = getters(rows, placeholders, JSON_COLUMNS);
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
			const row = rowIn(line);
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
	const values: Record<string, string | readonly string[]> = {};
	for (const { name, get } of columns) {
		const value = get(row);
		if (value !== undefined) values[name] = value;
	}
	return values;
}

function getters<Row>(
	{ mapping }: CampaignDefinition['rows'],
	placeholders: readonly string[],
	columns: Columns<Row>,
): Getters<Row> {
	const named = new Map(Object.entries(mapping.substitutions ?? {}));
	const names = [...new Set([...placeholders, ...named.keys()])];
	return {
		address: columns.text(mapping.address),
		channel: 'type' in mapping.channel ? mapping.channel.type : columns.text(mapping.channel.column),
		userId: mapping.userId === undefined ? undefined : columns.text(mapping.userId),
		timeZone: mapping.timeZone === undefined ? undefined : columns.text(mapping.timeZone),
		substitutions: names.map((name) => ({ name, get: columns.values(named.get(name) ?? name) })),
	};
}

/** Pre-flight has refused columns that were named and are not there; a `{{name}}` may have none. */
function csvColumns(columns: readonly string[]): Columns<readonly string[]> {
	const getter = (column: string): Getter<readonly string[]> => {
		const place = placeOf(columns, column);
		return place === -1 ? () => undefined : (fields) => fields[place];
	};
	return { text: getter, values: getter };
}

const JSON_COLUMNS: Columns<object> = {
	text(column) {
		const path = fieldPath(column);
		return (row) => textOf(fieldAt(row, path));
	},
	values(column) {
		const path = fieldPath(column);
		return (row) => valuesOf(fieldAt(row, path));
	},
};
