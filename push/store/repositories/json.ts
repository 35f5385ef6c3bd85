import { PushError } from '../../model';
import { type Row, text } from '../database';

/** JSON columns are written by us alone; the guard says whether the row still is what was written. */
export function json<T>(row: Row, column: string, is: (value: unknown) => value is T): T {
	const value: unknown = JSON.parse(text(row, column));
	if (is(value)) return value;
	throw new PushError('StoreUnavailable', `The store holds something unreadable in column "${column}".`, {
		hint: 'Restore the store from a backup, or point n8n at a new one.',
	});
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isStringRecord(value: unknown): value is Readonly<Record<string, string>> {
	return isRecord(value) && Object.values(value).every((item) => typeof item === 'string');
}
