/** What texts of a template can hold: values of recipients, literals, and entries of lists. */
export type Value = string | number | boolean | undefined | readonly Value[] | { readonly [key: string]: Value };

/** Characters one text of a template can become; far more than any payload holds. */
export const MAX_OUTPUT = 20_000;

/** As it stands in a text. A list shows its entries with commas between them. */
export function textOf(value: Value): string {
	if (value === undefined) return '';
	if (typeof value === 'object') return isList(value) ? value.map(textOf).join(', ') : JSON.stringify(value);
	return String(value);
}

/** Values of recipients are texts: what was false, 0 or nothing before it became one still counts as false. */
export function isTrue(value: Value): boolean {
	if (typeof value === 'object') return isList(value) ? value.length > 0 : Object.keys(value).length > 0;
	return value !== undefined && value !== false && value !== 0 && value !== '' && value !== 'false' && value !== '0';
}

/** NaN when it is none. */
export function numberOf(value: Value): number {
	if (typeof value === 'number') return value;
	return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** Numbers by their size, everything else by its text. */
export function compare(one: Value, other: Value): number {
	const [a, b] = [numberOf(one), numberOf(other)];
	if (!Number.isNaN(a) && !Number.isNaN(b)) return Math.sign(a - b);
	const [left, right] = [textOf(one), textOf(other)];
	return left === right ? 0 : left < right ? -1 : 1;
}

/** The entries of a list; a text that is the JSON of a list counts as one, anything else as its only entry. */
export function entriesOf(value: Value): readonly Value[] {
	if (value === undefined || value === '') return [];
	if (typeof value === 'object') return isList(value) ? value : [value];
	return typeof value === 'string' && value.trimStart().startsWith('[') ? (listIn(value) ?? [value]) : [value];
}

export function isList(value: Value): value is readonly Value[] {
	return Array.isArray(value);
}

function listIn(text: string): readonly Value[] | undefined {
	try {
		const parsed: unknown = JSON.parse(text);
		return Array.isArray(parsed) ? parsed.map((entry) => plain(entry, 0)) : undefined;
	} catch {
		return undefined;
	}
}

/** JSON as values without a prototype to reach for. */
function plain(value: unknown, depth: number): Value {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
	if (typeof value !== 'object' || value === null || depth > 10) return undefined;
	if (Array.isArray(value)) return value.map((entry) => plain(entry, depth + 1));
	const made: Record<string, Value> = {};
	Object.setPrototypeOf(made, null);
	for (const [key, member] of Object.entries(value)) made[key] = plain(member, depth + 1);
	return made;
}
