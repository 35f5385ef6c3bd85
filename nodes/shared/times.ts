import { WorkflowMistake } from './errors';
import { textOf, type Values } from './parameters';

/**
 * A date field as epoch ms; undefined when it is empty.
 * @throws {WorkflowMistake} for a text that is no date
 */
export function timeOf(values: Values, name: string, label: string): number | undefined {
	const text = textOf(values, name);
	if (text === undefined) return undefined;
	const at = Date.parse(text);
	if (!Number.isNaN(at)) return at;
	throw new WorkflowMistake(`${label} is not a date.`, 'Use a date such as 2026-11-24T08:00:00Z.');
}
