import type { CompiledTemplate, Program } from '../messages';
import { compileText, mayHavePlaceholders, readDefaults, TEMPLATE_PARTS } from '../messages';
import { PushError, type PushTemplateVersion, type TemplateContent } from '../model';
import { programOf } from './program';

type Parser = typeof import('handlebars/dist/cjs/handlebars/compiler/base');

/** In a name, so that nobody's own placeholder is ever taken for one of ours. */
const PRIVATE = '\ue000';

/** Names that need nothing but to be looked up. */
const PLAIN_NAME = /^(?!(?:this|else|now|\.)(?:$|[.]))[\p{L}_$][\p{L}\p{N}_$-]*(?:\.(?:[\p{L}\p{N}_$-]+|\[\d+\]))*$/u;

/**
 * Makes a version ready for sending. Texts with nothing but `{{name}}` stay as they are; those with helpers are taken
 * apart by the library `handlebars`, which is loaded only then.
 * @throws {PushError} `InvalidRequest` naming the part and field that cannot be understood
 */
export async function compileTemplate({
	name,
	version,
	content,
}: Pick<PushTemplateVersion, 'name' | 'version' | 'content'>): Promise<CompiledTemplate> {
	const compiler = new ContentCompiler(
		usesHelpers(content) ? await import('handlebars/dist/cjs/handlebars/compiler/base') : undefined,
	);
	const compiled: TemplateContent = { ...content };
	for (const part of TEMPLATE_PARTS) {
		const fields = content[part];
		if (fields) Object.assign(compiled, { [part]: compiler.part(part, fields) });
	}
	return {
		name,
		version,
		content: compiled,
		programs: compiler.programs,
		defaults: readDefaults(content.DefaultSubstitutions),
		placeholders: [...compiler.names],
	};
}

function usesHelpers(content: TemplateContent): boolean {
	return TEMPLATE_PARTS.some((part) =>
		Object.entries(content[part] ?? {}).some(([field, text]) =>
			field === 'RawContent' ? stringsIn(text).some((string) => !isPlain(string)) : !isPlain(text),
		),
	);
}

/** Every `{{` opens a placeholder that is a name, with or without a fallback. */
function isPlain(text: string): boolean {
	const { placeholders } = compileText(text);
	return (
		text.split('{{').length - 1 === placeholders.length &&
		!text.includes('{{{') &&
		!text.includes('\\{{') &&
		placeholders.every(({ name }) => PLAIN_NAME.test(name))
	);
}

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

function stringsIn(json: string): string[] {
	return [...json.matchAll(JSON_STRING)].flatMap(([literal]) => {
		const text = mayHavePlaceholders(literal) ? parsed(literal) : undefined;
		return typeof text === 'string' ? [text] : [];
	});
}

function parsed(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

class ContentCompiler {
	readonly programs = new Map<string, Program>();

	readonly names = new Set<string>();

	constructor(private readonly parser: Parser | undefined) {}

	part<Part extends object>(part: string, fields: Part): Part {
		const compiled = { ...fields };
		const entries: Array<[string, unknown]> = Object.entries(fields);
		for (const [field, text] of entries) {
			if (typeof text !== 'string' || field === 'Action') continue;
			const where = `${part}.${field}`;
			Reflect.set(compiled, field, field === 'RawContent' ? this.raw(text, where) : this.text(text, where));
		}
		return compiled;
	}

	/** Helpers stand inside the strings of a raw payload, so that it is JSON before and after. */
	private raw(json: string, where: string): string {
		const compiled = json.replaceAll(JSON_STRING, (literal) => {
			const text = mayHavePlaceholders(literal) ? parsed(literal) : undefined;
			if (typeof text !== 'string') return literal;
			const made = this.text(text, where);
			return made === text ? literal : JSON.stringify(made);
		});
		if (typeof parsed(compiled) !== 'object') {
			throw new PushError('InvalidRequest', `${where} of the template is not the JSON text of an object.`, {
				hint: 'Correct the JSON. Placeholders and helpers have to stand inside quotes.',
			});
		}
		return compiled;
	}

	private text(text: string, where: string): string {
		if (!mayHavePlaceholders(text)) return text;
		if (isPlain(text)) {
			for (const { name } of compileText(text).placeholders) this.names.add(name);
			return text;
		}
		const program = this.program(withFallbacks(text), where);
		for (const name of program.names) this.names.add(name);
		const id = `${PRIVATE}${this.programs.size}`;
		this.programs.set(id, program);
		return `{{${id}}}`;
	}

	private program(text: string, where: string): Program {
		try {
			if (!this.parser) throw new Error('parser');
			return programOf(this.parser.parse(text));
		} catch (error) {
			if (error instanceof PushError) {
				throw new PushError('InvalidRequest', `${where} of the template: ${error.message}`, { hint: error.hint ?? '' });
			}
			// The parser's own sentence repeats the text.
			const line = error instanceof Error ? /line (\d+)/.exec(error.message)?.[1] : undefined;
			throw new PushError(
				'InvalidRequest',
				`${where} of the template cannot be understood${line ? ` (line ${line})` : ''}.`,
				{
					hint: 'Check that every {{#if}} and {{#each}} has its end, and that braces and quotes come in pairs.',
				},
			);
		}
	}
}

/** Beside helpers, `{{name | "friend"}}` is another way to write `{{default name "friend"}}`. */
function withFallbacks(text: string): string {
	const { literals, placeholders } = compileText(text);
	return literals.reduce((whole, literal, index) => {
		const { name = '', written = '', fallback } = placeholders[index - 1] ?? {};
		return `${whole}${fallback === undefined || !PLAIN_NAME.test(name) ? written : `{{default ${name} "${fallback}"}}`}${literal}`;
	});
}
