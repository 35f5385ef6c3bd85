import type * as Ast from 'handlebars/dist/cjs/handlebars/compiler/base';
import type { Filling, Program } from '../messages';
import { PushError } from '../model';
import { CONDITIONS, FORGIVING, HELPERS } from './helpers';
import { entriesOf, isList, isTrue, MAX_OUTPUT, textOf, type Value } from './values';

/** AWS: an `each` goes through its list up to 15 times. */
const MAX_ITERATIONS = 15;

/** Statements and expressions one text may run through; nested `each`es reach it, honest texts never do. */
const MAX_STEPS = 10_000;

/** What a text is being filled with. */
interface Scope {
	readonly filling: Filling;
	readonly budget: { steps: number; characters: number };
	/** Inside `each`. */
	readonly entry?: { readonly value: Value; readonly index: number; readonly count: number };
	readonly outer?: Scope;
}

type Write = (scope: Scope) => string;
type Read = (scope: Scope) => Value;

/** Ends a text that would never end. */
class TooMuch extends Error {}

/**
 * Turns the library's syntax tree into closures, once. Only what is named here can happen: values are looked up among
 * the recipient's own, helpers in a fixed table; there is no way to a prototype, a function or a file.
 * @throws {PushError} `InvalidRequest` for what templates cannot do here
 */
export function programOf(tree: Ast.Program): Program {
	const compiler = new Compiler();
	const write = compiler.program(tree);
	return {
		names: [...compiler.names],
		run(filling) {
			try {
				return write({ filling, budget: { steps: MAX_STEPS, characters: MAX_OUTPUT } });
			} catch (error) {
				if (!(error instanceof TooMuch)) throw error;
				filling.fail('The template becomes far too long for this recipient. Shorten its lists, or the template.');
				return '';
			}
		},
	};
}

class Compiler {
	readonly names = new Set<string>();

	program({ body, blockParams }: Ast.Program): Write {
		if (blockParams && blockParams.length > 0) throw unsupported('"as |name|"');
		const writers = body.map((statement) => this.statement(statement));
		return (scope) => {
			let text = '';
			for (const write of writers) {
				if (--scope.budget.steps < 0) throw new TooMuch();
				text += write(scope);
			}
			return text;
		};
	}

	private statement(statement: Ast.Statement): Write {
		switch (statement.type) {
			case 'ContentStatement':
				return (scope) => spend(scope, statement.value);
			case 'CommentStatement':
				return () => '';
			case 'MustacheStatement':
				return this.mustache(statement);
			case 'BlockStatement':
				return this.block(statement);
			default:
				throw unsupported('parts of other templates ({{> }}) and decorators');
		}
	}

	private mustache({ path, params, hash }: Ast.Mustache): Write {
		const isCall = path.type === 'PathExpression' && (params.length > 0 || isHelper(path));
		const read = isCall ? this.call(path, params, hash) : this.needed(path);
		return (scope) => spend(scope, shown(read(scope)));
	}

	private block({ path, params, hash, program, inverse }: Ast.Block): Write {
		const then = program ? this.program(program) : () => '';
		const otherwise = inverse ? this.program(inverse) : () => '';
		const name = path.original;
		const [first] = params;
		if (name === 'each' && first) return this.each(this.read(first), then, otherwise);
		const decide = this.condition(name, path, params, hash);
		return (scope) => (decide(scope) ? then(scope) : otherwise(scope));
	}

	private condition(
		name: string,
		path: Ast.PathExpression,
		params: Ast.Expression[],
		hash?: Ast.Hash,
	): (scope: Scope) => boolean {
		const [first] = params;
		if ((name === 'if' || name === 'unless') && first) {
			const read = this.read(first);
			return name === 'if' ? (scope) => isTrue(read(scope)) : (scope) => !isTrue(read(scope));
		}
		if (!CONDITIONS.has(name)) throw unknownHelper(name);
		const read = this.call(path, params, hash);
		return (scope) => isTrue(read(scope));
	}

	private each(read: Read, then: Write, otherwise: Write): Write {
		return (scope) => {
			const entries = entriesOf(read(scope)).slice(0, MAX_ITERATIONS);
			if (entries.length === 0) return otherwise(scope);
			return entries
				.map((value, index) => then({ ...scope, entry: { value, index, count: entries.length }, outer: scope }))
				.join('');
		};
	}

	/** A helper's value. Its arguments have to be there, unless it is one that asks whether they are. */
	private call(path: Ast.PathExpression, params: Ast.Expression[], hash?: Ast.Hash): Read {
		const name = path.original;
		const helper = HELPERS.get(name);
		if (!helper) throw unknownHelper(name);
		const forgiving = FORGIVING.has(name);
		const readers = params.map((param) => (forgiving ? this.read(param) : this.needed(param)));
		const named = (hash?.pairs ?? []).map(({ key, value }) => [key, this.read(value)] as const);
		return (scope) => {
			if (--scope.budget.steps < 0) throw new TooMuch();
			return helper({
				params: readers.map((read) => read(scope)),
				hash: Object.fromEntries(named.map(([key, read]) => [key, read(scope)])),
				now: scope.filling.now,
			});
		};
	}

	/** A value that may be missing. */
	private read(expression: Ast.Expression): Read {
		switch (expression.type) {
			case 'StringLiteral':
			case 'NumberLiteral':
			case 'BooleanLiteral': {
				const { value } = expression;
				return () => value;
			}
			case 'UndefinedLiteral':
			case 'NullLiteral':
				return () => undefined;
			case 'SubExpression':
				return this.call(expression.path, expression.params, expression.hash);
			case 'PathExpression':
				return isHelper(expression) ? this.call(expression, []) : this.path(expression);
		}
	}

	/** A value that has to be there: without it, what was chosen for missing values happens. */
	private needed(expression: Ast.Expression): Read {
		const read = this.read(expression);
		if (expression.type !== 'PathExpression') return read;
		const name = nameOf(expression);
		const written = `{{${expression.original}}}`;
		return (scope) => read(scope) ?? (scope.filling.missingValue(name, written) || undefined);
	}

	private path(path: Ast.PathExpression): Read {
		if (path.data) return dataOf(path);
		if (path.parts.length === 0) return (scope) => scopeAt(scope, path.depth).entry?.value;
		const name = nameOf(path);
		this.names.add(name);
		const { parts } = path;
		return (scope) => memberOf(scope, parts) ?? found(scope.filling.values(name));
	}
}

/** Helpers that make sense without an argument. */
const NO_ARGUMENTS: ReadonlySet<string> = new Set(['now']);

function isHelper({ data, depth, original }: Ast.PathExpression): boolean {
	return !data && depth === 0 && NO_ARGUMENTS.has(original);
}

/** As a recipient's values are named: `Attributes.Likes.[0]` is `Attributes.Likes.0`. */
function nameOf({ parts }: Ast.PathExpression): string {
	return parts.join('.');
}

/** `this.name` and `name` inside an `each` over objects. */
function memberOf(scope: Scope, parts: readonly string[]): Value {
	let value: Value = scope.entry?.value;
	for (const part of parts) {
		if (typeof value !== 'object') return undefined;
		value = isList(value) ? value[Number(part)] : Object.hasOwn(value, part) ? value[part] : undefined;
	}
	return value;
}

/** One value is a scalar, several are a list. */
function found(values: readonly string[] | undefined): Value {
	return values === undefined || values.length !== 1 ? values : values[0];
}

function scopeAt(scope: Scope, depth: number): Scope {
	let at = scope;
	for (let up = 0; up < depth && at.outer; up++) at = at.outer;
	return at;
}

function dataOf({ parts, depth, original }: Ast.PathExpression): Read {
	const [word, ...rest] = parts;
	if (word === 'root' && rest.length > 0) {
		const name = rest.join('.');
		return ({ filling }) => found(filling.values(name));
	}
	return (scope) => {
		const entry = scopeAt(scope, depth).entry;
		if (!entry) return undefined;
		switch (word) {
			case 'index':
			case 'key':
				return entry.index;
			case 'first':
				return entry.index === 0;
			case 'last':
				return entry.index === entry.count - 1;
			default:
				throw unsupported(`@${original}`);
		}
	};
}

/** AWS: the first value of a list is what a text shows. */
function shown(value: Value): string {
	return textOf(value !== undefined && isList(value) ? value[0] : value);
}

function spend(scope: Scope, text: string): string {
	scope.budget.characters -= text.length;
	if (scope.budget.characters < 0) throw new TooMuch();
	return text;
}

function unknownHelper(name: string): PushError {
	return new PushError('InvalidRequest', `Templates have no helper "${name.slice(0, 40)}".`, {
		hint: `Use if, unless, each, ${[...HELPERS.keys()].join(', ')}.`,
	});
}

function unsupported(what: string): PushError {
	return new PushError('InvalidRequest', `Templates cannot use ${what} here.`, { hint: 'Write it without.' });
}
