import { PushError } from '../../model';
import type { Page, PageRequest } from '../types';

const MAX_PAGE = 1_000;

/** A cursor is the sort key of the last row seen; opaque to callers. */
export function encodeCursor(key: readonly (string | number)[]): string {
	return Buffer.from(JSON.stringify(key)).toString('base64url');
}

type PartKind = 'string' | 'integer';

type KeyOf<Kinds extends readonly PartKind[]> = {
	readonly [Part in keyof Kinds]: Kinds[Part] extends 'integer' ? number : string;
};

/**
 * @param kinds of its parts, in their order
 * @throws {PushError} `InvalidRequest` when it is not a cursor of ours with these parts
 */
export function decodeCursor<const Kinds extends readonly PartKind[]>(cursor: string, ...kinds: Kinds): KeyOf<Kinds> {
	try {
		const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
		if (isKey(key, kinds)) return key;
	} catch {
		// Not JSON: the same answer as for a wrong shape.
	}
	throw new PushError('InvalidRequest', 'This page token is not one this store gave out.', {
		hint: 'Start again from the first page.',
	});
}

function isKey<Kinds extends readonly PartKind[]>(key: unknown, kinds: Kinds): key is KeyOf<Kinds> {
	return (
		Array.isArray(key) &&
		key.length === kinds.length &&
		kinds.every((kind, part) => (kind === 'integer' ? Number.isSafeInteger(key[part]) : typeof key[part] === 'string'))
	);
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
