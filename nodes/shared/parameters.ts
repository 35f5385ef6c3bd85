import { isDate } from 'node:util/types';
import type { IExecuteFunctions } from 'n8n-workflow';
import { WorkflowMistake } from './errors';

export type Values = Readonly<Record<string, unknown>>;

/**
 * Some parameters of a node, read as rarely as possible: evaluating one expression takes n8n about 0.2 ms per item,
 * reading a constant one thousandth of that. Only parameters in which the user wrote an expression are read per item.
 */
export class ItemParameters {
	private readonly constants: Record<string, unknown> = {};

	private readonly expressions: string[] = [];

	constructor(
		private readonly context: IExecuteFunctions,
		names: readonly string[],
	) {
		for (const name of names) {
			const raw: unknown = context.getNodeParameter(name, 0, null, { rawExpressions: true });
			// n8n drops parameters that are not shown.
			if (raw === null || raw === undefined) continue;
			if (hasExpression(raw)) this.expressions.push(name);
			else this.constants[name] = raw;
		}
	}

	/** Every item gives the same values. */
	get constant(): boolean {
		return this.expressions.length === 0;
	}

	/** @throws n8n's own error when an expression fails for the item. */
	at(itemIndex: number): Values {
		if (this.constant) return this.constants;
		const values = { ...this.constants };
		for (const name of this.expressions) values[name] = this.context.getNodeParameter(name, itemIndex, null);
		return values;
	}
}

/** n8n marks expressions by a leading `=`, at any depth of collections and assignments. */
function hasExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (Array.isArray(value)) return value.some(hasExpression);
	return isRecord(value) && Object.values(value).some(hasExpression);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A collection's fields; empty when the collection is not shown. */
export function section(values: Values, name: string): Values {
	const value = values[name];
	return isRecord(value) ? value : {};
}

/** Text as typed, and what an expression gives as text: a date in ISO 8601, other objects as JSON. Undefined when empty. */
export function textOf(values: Values, name: string): string | undefined {
	const value = values[name];
	if (value === undefined || value === null || value === '') return undefined;
	if (isDate(value)) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
	// n8n's $now: Luxon writes ISO 8601 itself.
	if (isRecord(value) && value.isLuxonDateTime === true) return String(value);
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** @throws {WorkflowMistake} when what is there is no number. */
export function numberOf(values: Values, name: string, label: string): number | undefined {
	const value = values[name];
	if (value === undefined || value === null || value === '') return undefined;
	const parsed = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
	if (Number.isFinite(parsed)) return parsed;
	throw new WorkflowMistake(`${label} is not a number.`, `Enter a number, or remove ${label}.`);
}

/** Undefined when the field is not shown or not chosen. */
export function flagOf(values: Values, name: string): boolean | undefined {
	const value = values[name];
	if (value === undefined || value === null || value === '') return undefined;
	return value === true || value === 'true' || value === 1;
}

/**
 * One of a closed set of words.
 * @throws {WorkflowMistake} naming the words when it is none of them.
 */
export function choiceOf<const Word extends string | number>(
	values: Values,
	name: string,
	label: string,
	words: readonly Word[],
): Word | undefined {
	const value = values[name];
	if (value === undefined || value === null || value === '') return undefined;
	const known = words.find((word) => String(word) === String(value));
	if (known !== undefined) return known;
	throw new WorkflowMistake(
		`"${String(value).slice(0, 40)}" is not a value ${label} can have.`,
		`Use one of ${words.join(', ')}.`,
	);
}

/** Several texts: a list field, a JSON array, or one text with commas. Undefined when empty. */
export function textsOf(values: Values, name: string): string[] | undefined {
	const value = values[name];
	const list = Array.isArray(value) ? value.map(String) : (textOf(values, name)?.split(',') ?? []);
	const texts = list.map((entry) => entry.trim()).filter((entry) => entry !== '');
	return texts.length === 0 ? undefined : texts;
}

/**
 * A JSON field: text as typed, or what an expression made of it.
 * @throws {WorkflowMistake} when the text is not JSON; names the field, never the text.
 */
export function jsonOf(values: Values, name: string, label: string): unknown {
	const value = values[name];
	if (typeof value !== 'string') return value ?? undefined;
	if (value.trim() === '') return undefined;
	const parsed = parse(value);
	if ('value' in parsed) return parsed.value;
	throw new WorkflowMistake(`${label} is not valid JSON${parsed.place}.`, 'Check quotes, commas and brackets.');
}

/** The parser's own sentence is not passed on: it repeats the text. Only where it stumbled. */
function parse(text: string): { value: unknown } | { place: string } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		const place = error instanceof Error ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined;
		return { place: place === undefined ? '' : ` (${place})` };
	}
}
