import { PushError } from '../../model';
import type { Page, PageRequest } from '../types';

const MAX_PAGE = 1_000;

/** A cursor is the sort key of the last row seen; opaque to callers. */
export function encodeCursor(key: readonly (string | number)[]): string {
	return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws {PushError} `InvalidRequest` when it is not a cursor of ours with that many parts. */
export function decodeCursor(cursor: string, parts: number): readonly (string | number)[] {
	try {
		const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
		if (Array.isArray(key) && key.length === parts && key.every(isKeyPart)) return key;
	} catch {
		// Not JSON: the same answer as for a wrong shape.
	}
	throw new PushError('InvalidRequest', 'This page token is not one this store gave out.', {
		hint: 'Start again from the first page.',
	});
}

function isKeyPart(part: unknown): part is string | number {
	return typeof part === 'string' || typeof part === 'number';
}

/** One row more than asked for is read: it tells whether there is a next page. */
export function rowsToRead({ limit }: PageRequest): number {
	if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit + 1;
	throw new PushError('InvalidRequest', `A page holds 1 to ${MAX_PAGE} rows, not ${limit}.`);
}

export function toPage<T>(
	found: readonly T[],
	{ limit }: PageRequest,
	key: (item: T) => readonly (string | number)[],
): Page<T> {
	const items = found.slice(0, limit);
	const last = items.at(-1);
	return found.length > limit && last !== undefined ? { items, next: encodeCursor(key(last)) } : { items };
}
