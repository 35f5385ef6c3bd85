import type { Recipient, Substitutions } from '../model';

/** What to do with `{{name}}` when nobody gave a value for it. */
export type OnMissing = 'fail' | 'empty' | 'keep';

/** One place to fill in. */
export interface Placeholder {
	readonly name: string;
	/** As it stands in the text, for `keep`. */
	readonly written: string;
}

/** A text taken apart once: `literals[0] placeholders[0] literals[1] ...`; one literal more than placeholders. */
export interface Template {
	readonly literals: readonly string[];
	readonly placeholders: readonly Placeholder[];
}

/** Quotes, backslashes and braces cannot be part of a name: so a placeholder inside raw JSON never spans two strings. */
const PLACEHOLDER = /\{\{\s*([^\s{}"\\](?:[^{}"\\]*[^\s{}"\\])?)\s*\}\}/g;

/** Whether the text could hold placeholders at all; most texts do not. */
export function mayHavePlaceholders(text: string): boolean {
	return text.includes('{{');
}

/** Takes a text apart. What only looks like a placeholder (`{{ }}`, a lone `{{`) stays text. */
export function compileText(text: string): Template {
	if (!mayHavePlaceholders(text)) return { literals: [text], placeholders: [] };
	const literals: string[] = [];
	const placeholders: Placeholder[] = [];
	let from = 0;
	for (const match of text.matchAll(PLACEHOLDER)) {
		const written = match[0];
		literals.push(text.slice(from, match.index));
		placeholders.push({ name: match[1] ?? '', written });
		from = match.index + written.length;
	}
	literals.push(text.slice(from));
	return { literals, placeholders };
}

/** The values for one recipient, and what turned out to be missing while they were used. */
export class Filling {
	private missingNames: string[] | undefined;

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
	) {}

	/** Names without a value, each once; empty unless `onMissing` is `fail`. */
	get missing(): readonly string[] {
		return this.missingNames ?? [];
	}

	value(placeholder: Placeholder): string {
		const own = firstValue(this.recipient?.substitutions, placeholder.name);
		const found = own ?? firstValue(this.common, placeholder.name);
		if (found !== undefined) return found;
		if (this.onMissing === 'keep') return placeholder.written;
		if (this.onMissing === 'fail') this.noteMissing(placeholder.name);
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

	private noteMissing(name: string): void {
		this.missingNames ??= [];
		if (!this.missingNames.includes(name)) this.missingNames.push(name);
	}
}

/** Own properties only: a placeholder called `constructor` must not find Object's. */
function firstValue(substitutions: Substitutions | undefined, name: string): string | undefined {
	if (substitutions === undefined || !Object.hasOwn(substitutions, name)) return undefined;
	return substitutions[name]?.[0];
}
