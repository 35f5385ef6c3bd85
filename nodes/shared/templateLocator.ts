import type { INodeProperties } from 'n8n-workflow';
import { WorkflowMistake } from './errors';
import { isRecord } from './parameters';
import { PAGE, storedList } from './storedList';

const NO_TEMPLATE = 'No template yet: create one with Manage App';

/** The parameter by which a template is chosen, the same in every node. */
export function templateLocator(displayOptions: INodeProperties['displayOptions']): INodeProperties {
	return {
		displayName: 'Template',
		name: 'template',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'The template to use. Create templates with Manage App.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a template...',
				// The Push Store is optional: the list must open without that credential too.
				typeOptions: { searchListMethod: 'searchTemplates', searchable: true, skipCredentialsCheckInRLC: true },
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. order-shipped' },
		],
		...(displayOptions ? { displayOptions } : {}),
	};
}

/** @throws {WorkflowMistake} when none is chosen */
export function templateName(parameter: unknown): string {
	const value = isRecord(parameter) ? parameter.value : parameter;
	const name = typeof value === 'string' ? value.trim() : '';
	if (name !== '') return name;
	throw new WorkflowMistake('No template is chosen.', 'Choose one from the list, or create one with Manage App.');
}

/**
 * 0 and an empty field mean the active version.
 * @throws {WorkflowMistake} for what is no version
 */
export function versionOf(parameter: unknown): number | undefined {
	if (parameter === undefined || parameter === null || parameter === '') return undefined;
	const version = Number(parameter);
	if (version === 0) return undefined;
	if (Number.isInteger(version) && version > 0) return version;
	throw new WorkflowMistake('Version is not a version number.', 'Enter a whole number, or 0 for the active version.');
}

/** The list of the editor. What is typed is the beginning of a name. */
export const searchTemplates = storedList(NO_TEMPLATE, async ({ registry, caller }, { filter, after }) => {
	const page = await registry.templates.list(caller, {
		limit: PAGE,
		...(filter === '' ? {} : { prefix: filter }),
		...(after ? { after } : {}),
	});
	return {
		results: page.items.map(({ name }) => ({ name, value: name })),
		...(page.next ? { paginationToken: page.next } : {}),
	};
});
