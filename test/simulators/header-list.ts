/** One copy of what comes over and over (provider tokens, lists of names): arrivals by the 100,000 must fit in memory. */
class Shared<T> {
	readonly #known = new Map<string, T>();

	get(key: string, make: () => T): T {
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		if (this.#known.size >= 1000) this.#known.clear();
		const made = make();
		this.#known.set(key, made);
		return made;
	}
}

const sharedValues = new Shared<string>();
const sharedNames = new Shared<string[]>();
const LONG_VALUE = 100;

/** Names in their order, and the first value of each, of a raw header list. */
export function readHeaderList(raw: readonly string[]): { values: Record<string, string>; names: string[] } {
	const values: Record<string, string> = {};
	let list = '';
	for (let index = 0; index + 1 < raw.length; index += 2) {
		const name = raw[index] ?? '';
		const value = raw[index + 1] ?? '';
		list = list === '' ? name : `${list}\n${name}`;
		values[name] ??= value.length >= LONG_VALUE && name !== ':path' ? sharedValues.get(value, () => value) : value;
	}
	return { values, names: sharedNames.get(list, () => list.split('\n')) };
}
