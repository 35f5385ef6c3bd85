import JSON5 from 'json5';

/** Strings and comments, which are left alone, or one of Python's three words. */
const PYTHON = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|\/\/[^\n]*|\/\*[^]*?\*\/|\b(?:True|False|None)\b(?!\s*:)/g;

const WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/**
 * What people paste for JSON: JSON5 (single quotes, names without quotes, commas too many, comments) with Python's
 * `True`, `False` and `None`, as in the samples of AWS's user guide. For editors only: the engine itself is strict.
 * @returns undefined when it cannot be understood either way
 */
export function readLenientJson(text: string): { readonly value: unknown } | undefined {
	try {
		return { value: JSON5.parse<unknown>(text.replaceAll(PYTHON, (found) => WORDS[found] ?? found)) };
	} catch {
		return undefined;
	}
}
