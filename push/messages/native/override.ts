import { isTreeObject, NotJson, toTree } from '../json';
import type { Tree, TreeObject } from '../json';
import { refuse } from '../refusal';
import { stringValues } from './data';

/** Google takes only strings in these. */
const STRINGS: ReadonlySet<string> = new Set(['headers', 'data']);

/**
 * What the author wrote over what was made: objects are merged, everything else takes its place; null takes it away.
 * @param what for the refusal of what is no object
 */
export function withOverride(made: TreeObject, override: unknown, what: string): TreeObject {
	if (override === undefined) return made;
	const merged = merge(made, treeOf(override, what));
	return Object.fromEntries(
		Object.entries(merged).map(([key, value]) => [
			key,
			STRINGS.has(key) && isTreeObject(value) ? stringValues(value) : value,
		]),
	);
}

function treeOf(override: unknown, what: string): TreeObject {
	try {
		const tree = toTree(override);
		if (isTreeObject(tree)) return tree;
	} catch (error) {
		if (!(error instanceof NotJson)) throw error;
	}
	return refuse('InvalidField', `The ${what} for Google is not a JSON object.`);
}

function merge(made: TreeObject, override: TreeObject): TreeObject {
	const merged = new Map<string, Tree | undefined>(Object.entries(made));
	for (const [key, value] of Object.entries(override)) {
		const before = merged.get(key);
		const both = isTreeObject(before) && isTreeObject(value);
		merged.set(key, value === null ? undefined : both ? merge(before, value) : value);
	}
	return Object.fromEntries(merged);
}
