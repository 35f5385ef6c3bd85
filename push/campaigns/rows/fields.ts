/** Where a field lies in rows that are JSON objects; taken apart once per campaign, not per row. */
export interface FieldPath {
	readonly whole: string;
	readonly steps: readonly Step[];
}

interface Step {
	readonly name: string;
	/** Where the step leads in a list; -1 when it leads nowhere. */
	readonly place: number;
}

/** AWS writes `[1]`. */
const PLACE = /^\[?(\d{1,9})\]?$/;

/** @param path a name; dots lead into nested fields, `[1]` or `1` to an entry of a list */
export function fieldPath(path: string): FieldPath {
	const steps = path.split('.').map((name) => ({ name, place: Number(PLACE.exec(name)?.[1] ?? -1) }));
	return { whole: path, steps };
}

/** The field with that very name, else the nested one; undefined when the row has neither. */
export function fieldAt(row: object, { whole, steps }: FieldPath): unknown {
	if (Object.hasOwn(row, whole)) return Reflect.get(row, whole);
	if (steps.length === 1) return undefined;
	let value: unknown = row;
	for (const step of steps) value = within(value, step);
	return value;
}

function within(value: unknown, { name, place }: Step): unknown {
	if (Array.isArray(value)) return value[place];
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
	return Reflect.get(value, name);
}

/** A value as text: null is no value, lists and objects are their JSON. */
export function textOf(value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value as `{{name}}` takes it: a list of plain values stays one. Other lists are text, which `{{#each}}` reads. */
export function valuesOf(value: unknown): string | readonly string[] | undefined {
	if (!Array.isArray(value) || !value.every(isPlain)) return textOf(value);
	return value.every((entry) => typeof entry === 'string') ? value : value.map((entry) => textOf(entry) ?? '');
}

function isPlain(value: unknown): boolean {
	return typeof value !== 'object' || value === null;
}

/** The row that a line of NDJSON is; undefined for what is no JSON object. */
export function rowIn(line: string): object | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
