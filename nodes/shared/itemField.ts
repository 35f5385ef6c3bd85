import type { IDataObject } from 'n8n-workflow';
import type { Substitutions } from '../../push/model';
import { isRecord } from './parameters';

/** AWS writes the place of an entry in brackets: `Likes.[1]`. */
const PLACE = /^\[?(\d{1,9})\]?$/;

/**
 * A field of an item by its name; dots lead into nested fields unless a field has that very name, `[1]` or `1` to an
 * entry of a list.
 */
export function itemField(json: IDataObject, path: string): unknown {
	if (Object.hasOwn(json, path)) return json[path];
	let value: unknown = json;
	for (const key of path.split('.')) {
		if (Array.isArray(value)) value = value[Number(PLACE.exec(key)?.[1] ?? -1)];
		else if (isRecord(value) && Object.hasOwn(value, key)) value = value[key];
		else return undefined;
	}
	return value;
}

/** The item's values for the `{{name}}` of a message; names the item has no value for are left out. */
export function substitutionsOf(json: IDataObject, names: readonly string[]): Substitutions | undefined {
	if (names.length === 0) return undefined;
	const found: Record<string, readonly string[]> = {};
	for (const name of names) {
		const value = itemField(json, name);
		if (value === undefined || value === null) continue;
		found[name] = textsIn(value);
	}
	return found;
}

/** A list of plain values stays one. Other lists and objects are JSON text, which a template's `{{#each}}` reads. */
function textsIn(value: unknown): readonly string[] {
	if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object' || entry === null)) {
		return value.map((entry) => (entry === null || entry === undefined ? '' : String(entry)));
	}
	// A database node gives a time as a Date.
	if (value instanceof Date) return [value.toJSON() ?? ''];
	return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

/** One address or several, from whatever an item or an expression holds. Empty when there is none. */
export function addressesIn(value: unknown): string[] {
	const values: readonly unknown[] = Array.isArray(value) ? value : [value];
	const addresses: string[] = [];
	for (const entry of values) {
		if (typeof entry === 'string' && entry.trim() !== '') addresses.push(entry.trim());
		if (typeof entry === 'number' || typeof entry === 'bigint') addresses.push(String(entry));
	}
	return addresses;
}

/** A list as people type it: one per line, with commas, or a JSON array. Blank entries do not count. */
export function addressesInList(value: unknown): string[] {
	if (typeof value !== 'string') return addressesIn(value);
	const text = value.trim();
	if (text.startsWith('[')) {
		const parsed = arrayIn(text);
		if (parsed) return addressesIn(parsed);
	}
	return addressesIn(text.split(/[\n\r,;]+/));
}

function arrayIn(text: string): unknown[] | undefined {
	try {
		const parsed: unknown = JSON.parse(text);
		return Array.isArray(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}
