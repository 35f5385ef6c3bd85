import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

type Entry = INodeProperties | INodePropertyOptions | INodePropertyCollection;

/**
 * The field of a form that a path of parameter names leads to, from the outermost collection inwards. Groups and the
 * numbers of rows are on the path too; what lies deeper than the form knows belongs to the last field.
 * @returns the fields passed on the way, none for a path that leads nowhere
 */
export function fieldsOnWay(form: readonly INodeProperties[], path: readonly string[]): INodeProperties[] {
	const passed: INodeProperties[] = [];
	let entries: readonly Entry[] = form;
	for (const name of path) {
		const entry = entries.find((candidate) => candidate.name === name);
		if (!entry) continue;
		if ('values' in entry) entries = entry.values;
		else if ('displayName' in entry) {
			passed.push(entry);
			entries = entry.options ?? [];
		}
	}
	return passed;
}

/** As people see it: `Campaign Settings → Treatments (A/B) → Title`. */
export function labelOf(fields: readonly INodeProperties[]): string {
	return fields.map(({ displayName }) => displayName).join(' → ');
}
