import type { IExecuteFunctions } from 'n8n-workflow';
import type { Zone, Zones } from '../../push/model';
import type { EngineModule } from './engine';
import { WorkflowMistake } from './errors';
import { textOf, type Values } from './parameters';

/**
 * Date fields. n8n's date picker stores what the clock of the workflow shows, without an offset
 * (`2027-01-10T09:00:00`); expressions give a DateTime, a Date, epoch milliseconds or any text.
 */
export class WorkflowTimes {
	private readonly zones: Zones;

	constructor(
		private readonly engine: EngineModule,
		private readonly context: Pick<IExecuteFunctions, 'getTimezone'>,
	) {
		this.zones = new engine.Zones();
	}

	/**
	 * A date field as epoch ms; undefined when it is empty. A number too small for milliseconds counts seconds.
	 * @throws {WorkflowMistake} for what is no date
	 */
	at(values: Values, name: string, label: string): number | undefined {
		const value = values[name];
		const given = typeof value === 'number' ? value : textOf(values, name);
		if (given === undefined) return undefined;
		const timeZone = this.context.getTimezone();
		const at = this.engine.readMoment(given, this.zone(timeZone));
		if (at !== undefined) return at;
		throw new WorkflowMistake(
			`${label} is not a date in ISO 8601: "${String(given).slice(0, 40)}".`,
			`Write it like 2027-01-10T09:00:00, in the time zone of the workflow (${timeZone}), or like 2027-01-10T09:00:00Z, in UTC.`,
		);
	}

	/**
	 * The same as a text in UTC, `2027-01-10T08:00:00.000Z`. One with a `{{name}}` stays as it is: each recipient has its own.
	 * @throws {WorkflowMistake} for what is no date
	 */
	iso(values: Values, name: string, label: string): string | undefined {
		const text = textOf(values, name);
		if (this.engine.placeholderNames(text).length > 0) return text;
		const at = this.at(values, name, label);
		return at === undefined ? undefined : new Date(at).toISOString();
	}

	/**
	 * The fields Since and Until as epoch ms, those that are filled in.
	 * @throws {WorkflowMistake} for what is no date
	 */
	span(values: Values): { readonly since?: number; readonly until?: number } {
		const since = this.at(values, 'since', 'Since');
		const until = this.at(values, 'until', 'Until');
		return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
	}

	private zone(timeZone: string): Zone {
		const zone = this.zones.find(timeZone);
		if (zone) return zone;
		throw new WorkflowMistake(
			`The time zone of the workflow, "${timeZone}", is none that this n8n knows.`,
			"Choose another in the workflow's settings.",
		);
	}
}
