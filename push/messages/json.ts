import { compileText, mayHavePlaceholders } from './substitution';
import type { Filling } from './substitution';

/** A text that is known only when a recipient's copy is made: a title override, a checksum, a moment. */
export class Slot {
	/**
	 * @param changes with each recipient, or only with the clock's second
	 * @param form `bare`: what is read is a number and stands without quotes
	 */
	constructor(
		readonly read: (filling: Filling) => string,
		readonly changes: 'recipient' | 'second' = 'recipient',
		readonly form: 'quoted' | 'bare' = 'quoted',
	) {}
}

/** JSON inside a JSON string, as FCM's and ADM's string-only `data` wants objects. */
export class Embedded {
	constructor(readonly tree: Tree) {}
}

/** A text of the author's, or one that each recipient brings. */
export type Text = string | Slot;

/** JSON to be, with places to fill; members that are undefined are left out. */
export type Tree = null | boolean | number | string | Slot | Embedded | readonly Tree[] | TreeObject;

export interface TreeObject {
	readonly [key: string]: Tree | undefined;
}

export interface FilledJson {
	readonly text: string;
	/** UTF-8 bytes of the counted parts. */
	readonly bytes: number;
}

interface Hole {
	/** How many JSON strings the hole stands in: its value is escaped as often. */
	readonly depth: number;
	readonly counted: boolean;
	readonly changes: Slot['changes'];
	read(filling: Filling): string;
}

/** A JSON text taken apart at its holes; one literal more than holes. */
export class JsonTemplate {
	constructor(
		private readonly literals: readonly string[],
		private readonly holes: readonly Hole[],
		/** UTF-8 bytes of the counted literals. */
		private readonly literalBytes: number,
	) {}

	/** No hole depends on the recipient. */
	get isCommon(): boolean {
		return this.holes.every((hole) => hole.changes !== 'recipient');
	}

	/** Some hole depends on the time, in seconds. */
	get isTimed(): boolean {
		return this.holes.some((hole) => hole.changes === 'second');
	}

	fill(filling: Filling): FilledJson {
		let text = this.literals[0] ?? '';
		let bytes = this.literalBytes;
		for (let index = 0; index < this.holes.length; index++) {
			const hole = this.holes[index];
			if (hole) {
				const value = hole.read(filling);
				if (isPlain(value)) {
					if (hole.counted) bytes += value.length;
					text += value;
				} else {
					const escaped = escapeTimes(value, hole.depth);
					if (hole.counted) bytes += Buffer.byteLength(escaped);
					text += escaped;
				}
			}
			text += this.literals[index + 1] ?? '';
		}
		return { text, bytes };
	}
}

/**
 * Serialises a tree once, leaving holes for `{{name}}` and slots.
 * @param countedKeys top-level members whose values count against the size limit; absent: the whole text counts
 */
export function compileJson(tree: TreeObject, countedKeys?: ReadonlySet<string>): JsonTemplate {
	const writer = new Writer(countedKeys === undefined);
	if (countedKeys) writer.object(tree, 0, countedKeys);
	else writer.value(tree, 0);
	return writer.finish();
}

/** A JSON text that is sent as written, with holes inside its strings. */
export function compileJsonText(json: string): JsonTemplate {
	const writer = new Writer(true);
	writer.text(json, 0, 1);
	return writer.finish();
}

class Writer {
	private readonly literals: string[] = [];

	private readonly holes: Hole[] = [];

	private current = '';

	private bytes = 0;

	constructor(private counting: boolean) {}

	finish(): JsonTemplate {
		return new JsonTemplate([...this.literals, this.current], this.holes, this.bytes);
	}

	value(tree: Tree, depth: number): void {
		if (typeof tree === 'string') this.string(tree, depth);
		else if (tree === null || typeof tree !== 'object') this.literal(JSON.stringify(tree), depth);
		else if (tree instanceof Slot) this.slot(tree, depth);
		else if (tree instanceof Embedded) this.quoted(depth, () => this.value(tree.tree, depth + 1));
		else if (isList(tree)) this.list(tree, depth);
		else this.object(tree, depth);
	}

	private slot({ read, changes, form }: Slot, depth: number): void {
		if (form === 'bare') this.hole(read, depth, changes);
		else this.quoted(depth, () => this.hole(read, depth + 1, changes));
	}

	object(tree: TreeObject, depth: number, countedKeys?: ReadonlySet<string>): void {
		let separator = '{';
		for (const [key, member] of Object.entries(tree)) {
			if (member === undefined) continue;
			this.literal(`${separator}${JSON.stringify(key)}:`, depth);
			separator = ',';
			if (countedKeys) this.counting = countedKeys.has(key);
			this.value(member, depth);
			if (countedKeys) this.counting = false;
		}
		this.literal(separator === '{' ? '{}' : '}', depth);
	}

	/** Text with placeholders: its own characters are escaped `depth` times, values `valueDepth` times. */
	text(text: string, depth: number, valueDepth: number): void {
		// Placeholders of raw JSON stand in strings that are escaped already.
		const template = compileText(text, valueDepth > depth ? 'json' : 'plain');
		this.literal(template.literals[0] ?? '', depth);
		template.placeholders.forEach((placeholder, index) => {
			this.hole((filling) => filling.value(placeholder), valueDepth);
			this.literal(template.literals[index + 1] ?? '', depth);
		});
	}

	private string(text: string, depth: number): void {
		this.quoted(depth, () => {
			if (mayHavePlaceholders(text)) this.text(text, depth + 1, depth + 1);
			else this.literal(text, depth + 1);
		});
	}

	private list(trees: readonly Tree[], depth: number): void {
		this.literal('[', depth);
		trees.forEach((tree, index) => {
			if (index > 0) this.literal(',', depth);
			this.value(tree, depth);
		});
		this.literal(']', depth);
	}

	private quoted(depth: number, inside: () => void): void {
		this.literal('"', depth);
		inside();
		this.literal('"', depth);
	}

	private literal(text: string, depth: number): void {
		const escaped = escapeTimes(text, depth);
		this.current += escaped;
		if (this.counting) this.bytes += Buffer.byteLength(escaped);
	}

	private hole(read: Hole['read'], depth: number, changes: Slot['changes'] = 'recipient'): void {
		this.literals.push(this.current);
		this.current = '';
		this.holes.push({ depth, counted: this.counting, changes, read });
	}
}

function isList(tree: Tree): tree is readonly Tree[] {
	return Array.isArray(tree);
}

/** What JSON.stringify would change: quotes, backslashes, control characters, halves of surrogate pairs. */
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** What is longer is looked at by other means. */
const LONGEST_PLAIN = 40;

/** Short, and of ASCII with nothing to escape in it: a byte for each character. Most values are. */
function isPlain(text: string): boolean {
	if (text.length > LONGEST_PLAIN) return false;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
	}
	return true;
}

function escapeTimes(text: string, times: number): string {
	let escaped = text;
	for (let time = 0; time < times; time++) {
		if (!NEEDS_ESCAPE.test(escaped)) return escaped;
		escaped = JSON.stringify(escaped).slice(1, -1);
	}
	return escaped;
}

/** Deeper than any payload of a few kilobytes makes sense, far from the stack's end. */
const MAX_DEPTH = 100;

/** Why a value cannot become JSON; the callers make their sentences of it. */
export class NotJson extends Error {}

/**
 * Any plain value as a tree.
 * @throws {NotJson} when JSON has no place for it: a function, a big integer, a circle, deeper than 100 levels.
 */
export function toTree(value: unknown, depth = 0): Tree {
	if (depth > MAX_DEPTH) throw new NotJson(`it is nested deeper than ${MAX_DEPTH} levels or contains itself`);
	if (value === null || value === undefined) return null;
	if (typeof value === 'string' || typeof value === 'boolean') return value;
	if (typeof value === 'number') return Number.isFinite(value) ? value : null;
	if (typeof value !== 'object') throw new NotJson(`a ${typeof value} has no place in JSON`);
	if (Array.isArray(value)) return value.map((item: unknown) => toTree(item, depth + 1));
	if ('toJSON' in value && typeof value.toJSON === 'function') return toTree(value.toJSON(), depth + 1);
	const members = Object.entries(value).filter(([, member]) => member !== undefined);
	return Object.fromEntries(members.map(([key, member]: [string, unknown]) => [key, toTree(member, depth + 1)]));
}

export function isTreeObject(tree: Tree | undefined): tree is TreeObject {
	return (
		typeof tree === 'object' &&
		tree !== null &&
		!Array.isArray(tree) &&
		!(tree instanceof Slot) &&
		!(tree instanceof Embedded)
	);
}

/** JSON text as a tree; `toJSON` keys of the text stay data. @throws {NotJson} with what is wrong, without the text. */
export function parseTree(json: string): Tree {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (error) {
		throw new NotJson(error instanceof SyntaxError ? whereIn(json, error) : 'it is not JSON');
	}
	return toTree(value);
}

/** V8 quotes the text in its message; only what is wrong, with one character of it at most, and the place are kept. */
function whereIn(json: string, { message }: SyntaxError): string {
	const what = /^(?:Unexpected token '.'|Unexpected end|[^"]+?(?= in JSON at position))/u.exec(message)?.[0];
	const why = what === undefined ? 'it is not valid JSON' : `it is not valid JSON (${what})`;
	const position = /position (\d+)/.exec(message)?.[1];
	if (position === undefined) return why;
	const before = json.slice(0, Number(position));
	return `${why} at line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}`;
}
