import { PushError } from '../../model';
import type { NewBatch } from '../../store';
import type { CampaignDefinition, RowMapping } from '../definition';
import { fieldAt, fieldPath, rowIn } from './fields';

/** Where columns are looked for. */
export interface ColumnSource {
	readonly name: string;
	/** Names to show in place of those in the rows, where the rows hold only what the campaign reads. */
	readonly fields?: (() => readonly string[]) | undefined;
}

/** A column that the campaign's author named, and the setting that names it. */
interface NamedColumn {
	readonly setting: string;
	readonly column: string;
}

/**
 * Refuses columns that are not there: a name that is written wrong would mean no value for anybody, without a word. In
 * a CSV the first line decides; where rows may lack a field, one of the first rows must have it.
 * @throws {PushError} `InvalidRequest` naming the setting, the column, and the columns that are there
 */
export function checkColumns(rows: CampaignDefinition['rows'], first: readonly NewBatch[], source: ColumnSource): void {
	const named = namedColumns(rows.mapping);
	if (rows.format === 'csv') checkHeader(rows.columns ?? [], named);
	else checkFields(first, named, source);
}

function checkHeader(columns: readonly string[], named: readonly NamedColumn[]): void {
	const unknown = named.find(({ column }) => placeOf(columns, column) === -1);
	if (!unknown) return;
	const { setting, column } = unknown;
	throw refusal(`The file has no column "${cut(column)}", which ${setting} names.`, columns);
}

function checkFields(first: readonly NewBatch[], named: readonly NamedColumn[], { name, fields }: ColumnSource): void {
	const rows = first.flatMap(({ content }) => content.split('\n')).flatMap((line) => rowIn(line) ?? []);
	// Nothing can be read: whoever reads the rows says why.
	if (rows.length === 0) return;
	const unknown = named.find(({ column }) => {
		const path = fieldPath(column);
		return rows.every((row) => fieldAt(row, path) === undefined);
	});
	if (!unknown) return;
	const { setting, column } = unknown;
	const where = rows.length === 1 ? 'not in the first row' : `in none of the first ${rows.length} rows`;
	throw refusal(
		`${setting} names the column "${cut(column)}", which is ${where} of ${name}.`,
		fields?.() ?? new Set(rows.flatMap((row) => Object.keys(row))),
	);
}

/** In the order of the form. */
function namedColumns({ address, channel, userId, timeZone, substitutions = {} }: RowMapping): NamedColumn[] {
	return [
		...('column' in channel ? [{ setting: 'Channel Field', column: channel.column }] : []),
		{ setting: 'Address Column', column: address },
		...Object.entries(substitutions).map(([name, column]) => ({ setting: `Substitutions ({{${name}}})`, column })),
		...(timeZone === undefined ? [] : [{ setting: 'Time Zone', column: timeZone }]),
		...(userId === undefined ? [] : [{ setting: 'User ID', column: userId }]),
	];
}

/** Columns of a CSV are found by their names, in any case, with or without spaces around. @returns -1 for none */
export function placeOf(columns: readonly string[], column: string): number {
	const exact = columns.indexOf(column);
	if (exact !== -1) return exact;
	const plain = column.trim().toLowerCase();
	return columns.findIndex((name) => name.trim().toLowerCase() === plain);
}

/** Characters shown of one name, and of all of them. */
const NAME_SHOWN = 60;
const NAMES_SHOWN = 500;

function refusal(message: string, columns: Iterable<string>): PushError {
	const there = [...columns].map(cut).join(', ').slice(0, NAMES_SHOWN);
	return new PushError('InvalidRequest', message, {
		hint: `Enter the name of a column, not a value from it. The columns are: ${there}.`,
	});
}

function cut(name: string): string {
	return name.slice(0, NAME_SHOWN);
}
