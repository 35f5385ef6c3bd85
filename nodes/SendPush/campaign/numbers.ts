import { WorkflowMistake } from '../../shared/errors';
import { numberOf, type Values } from '../../shared/parameters';
import { campaignSettings } from '../description/campaignSettings';
import { fieldsOnWay } from '../description/formField';

/**
 * A number of the campaign settings. Name and range are the form's own: it cannot hold expressions to its range.
 * @param path of the field within the settings
 * @throws {WorkflowMistake} for what is no number, or outside of the range
 */
export function settingNumber(values: Values, ...path: readonly string[]): number | undefined {
	const field = fieldsOnWay([campaignSettings], [campaignSettings.name, ...path]).at(-1);
	const { displayName: label = '', typeOptions: { minValue, maxValue, numberPrecision } = {} } = field ?? {};
	const value = numberOf(values, path.at(-1) ?? '', label);
	if (value === undefined) return undefined;
	const whole = numberPrecision === 0;
	const fits = value >= (minValue ?? -Infinity) && value <= (maxValue ?? Infinity);
	if (fits && (!whole || Number.isInteger(value))) return value;
	const range = maxValue === undefined ? `of at least ${minValue}` : `from ${minValue} to ${maxValue}`;
	throw new WorkflowMistake(
		`${label} cannot be ${value}.`,
		`Enter a ${whole ? 'whole ' : ''}number ${range}, or remove ${label}.`,
	);
}
