import type { Recipient, Substitutions } from '../model';

/** What to do with `{{name}}` when nobody gave a value for it. */
export type OnMissing = 'fail' | 'empty' | 'keep';

/** One place to fill in. */
export interface Placeholder {
	readonly name: string;
	/** As it stands in the text, for `keep`. */
	readonly written: string;
	/** Takes the place of a value that is missing or empty: `{{name | "friend"}}`. */
	readonly fallback?: string;
}

/** A piece of a template with helpers in it, compiled by the room of templates. */
export interface Program {
	/** Everything it reads, for telling what a recipient has to bring along. */
	readonly names: readonly string[];
	run(filling: Filling): string;
}

/** By the private placeholder names that stand for them in texts. */
export type Programs = ReadonlyMap<string, Program>;

/** A text taken apart once: `literals[0] placeholders[0] literals[1] ...`; one literal more than placeholders. */
export interface Template {
	readonly literals: readonly string[];
	readonly placeholders: readonly Placeholder[];
}

/**
 * Quotes, backslashes and braces cannot be part of a name or fallback: so a placeholder inside raw JSON never spans two
 * strings. There the quotes of a fallback are escaped, as JSON wants them; single quotes need nothing.
 */
const NAME = String.raw`([^\s{}"\\|](?:[^{}"\\|]*[^\s{}"\\|])?)`;
const BARE = String.raw`([^\s{}'"\\](?:[^{}'"\\]*[^\s{}'"\\])?)`;
const FALLBACK = (quote: string) => String.raw`(?:\|\s*(?:${quote}([^{}"\\]*)${quote}|'([^{}'"\\]*)'|${BARE})\s*)?`;
const PLACEHOLDER = new RegExp(String.raw`\{\{\s*${NAME}\s*${FALLBACK('"')}\}\}`, 'g');
const PLACEHOLDER_IN_JSON = new RegExp(String.raw`\{\{\s*${NAME}\s*${FALLBACK(String.raw`\\"`)}\}\}`, 'g');

/** Whether the text could hold placeholders at all; most texts do not. */
export function mayHavePlaceholders(text: string): boolean {
	return text.includes('{{');
}

/**
 * Takes a text apart. What only looks like a placeholder (`{{ }}`, a lone `{{`) stays text.
 * @param form `json`: the text is JSON, its placeholders stand inside strings
 */
export function compileText(text: string, form: 'plain' | 'json' = 'plain'): Template {
	if (!mayHavePlaceholders(text)) return { literals: [text], placeholders: [] };
	const literals: string[] = [];
	const placeholders: Placeholder[] = [];
	let from = 0;
	for (const match of text.matchAll(form === 'json' ? PLACEHOLDER_IN_JSON : PLACEHOLDER)) {
		const [written, name = '', quoted, singleQuoted, bare] = match;
		const fallback = quoted ?? singleQuoted ?? bare;
		literals.push(text.slice(from, match.index));
		placeholders.push({ name, written, ...(fallback === undefined ? {} : { fallback }) });
		from = match.index + written.length;
	}
	literals.push(text.slice(from));
	return { literals, placeholders };
}

/** Names of the placeholders in every string of a value, raw JSON payloads included. */
export function placeholderNames(value: unknown): string[] {
	const names = new Set<string>();
	collectNames(value, names);
	return [...names];
}

function collectNames(value: unknown, names: Set<string>): void {
	if (typeof value === 'string') {
		for (const form of ['plain', 'json'] as const) {
			for (const { name } of compileText(value, form).placeholders) names.add(name);
		}
	} else if (typeof value === 'object' && value !== null) {
		for (const [key, member] of Object.entries(value)) {
			collectNames(key, names);
			collectNames(member, names);
		}
	}
}

/** The values for one recipient, and what turned out to be missing while they were used. */
export class Filling {
	private missingNames: string[] | undefined;

	private failure: string | undefined;

	/**
	 * @param recipient whose own values come first; absent where nothing depends on the recipient
	 * @param common the message's own values
	 * @param now epoch ms
	 */
	constructor(
		readonly recipient: Recipient | undefined,
		private readonly common: Substitutions | undefined,
		private readonly onMissing: OnMissing,
		readonly now: number,
		private readonly programs?: Programs,
	) {}

	/** Names without a value, each once; empty unless `onMissing` is `fail`. */
	get missing(): readonly string[] {
		return this.missingNames ?? [];
	}

	/** Why a template could not be filled in for this recipient; undefined when it could. */
	get failed(): string | undefined {
		return this.failure;
	}

	/** Said by a program that has to give up. */
	fail(sentence: string): void {
		this.failure ??= sentence;
	}

	value(placeholder: Placeholder): string {
		const found = this.find(placeholder.name);
		if (found !== undefined && (found !== '' || placeholder.fallback === undefined)) return found;
		if (placeholder.fallback !== undefined) return placeholder.fallback;
		const program = this.programs?.get(placeholder.name);
		return program ? program.run(this) : this.missingValue(placeholder.name, placeholder.written);
	}

	/** All values of a name, the recipient's before the message's; `name.[1]` is the second one of `name`. */
	values(name: string): readonly string[] | undefined {
		const own = ownValues(this.recipient?.substitutions, name) ?? ownValues(this.common, name);
		return typeof own === 'string' ? [own] : own;
	}

	/** What a missing value becomes: the choice made for the whole message. */
	missingValue(name: string, written: string): string {
		if (this.onMissing === 'keep') return written;
		if (this.onMissing === 'fail') this.noteMissing(name);
		return '';
	}

	text(template: Template): string {
		let filled = template.literals[0] ?? '';
		for (let index = 0; index < template.placeholders.length; index++) {
			const placeholder = template.placeholders[index];
			if (placeholder) filled += this.value(placeholder);
			filled += template.literals[index + 1] ?? '';
		}
		return filled;
	}

	private find(name: string): string | undefined {
		return firstValue(this.recipient?.substitutions, name) ?? firstValue(this.common, name);
	}

	private noteMissing(name: string): void {
		this.missingNames ??= [];
		if (!this.missingNames.includes(name)) this.missingNames.push(name);
	}
}

function firstValue(substitutions: Substitutions | undefined, name: string): string | undefined {
	const own = ownValues(substitutions, name);
	return typeof own === 'string' ? own : own?.[0];
}

/** AWS: `{{Attributes.Interests.[0]}}`. */
const INDEXED = /^(.+)\.\[?(\d{1,4})\]?$/;

/** Own properties only: a placeholder called `constructor` must not find Object's. */
function ownValues(substitutions: Substitutions | undefined, name: string): string | readonly string[] | undefined {
	if (substitutions === undefined) return undefined;
	if (Object.hasOwn(substitutions, name)) return substitutions[name];
	const last = name.charCodeAt(name.length - 1);
	// A digit or a closing bracket: nothing else can be an index, and this runs for every missing name.
	if (last !== 93 && (last < 48 || last > 57)) return undefined;
	const [, base = '', index = ''] = INDEXED.exec(name) ?? [];
	if (base === '' || !Object.hasOwn(substitutions, base)) return undefined;
	const values = substitutions[base];
	const place = Number(index);
	if (typeof values === 'string') return place === 0 ? values : undefined;
	return values?.[place];
}
