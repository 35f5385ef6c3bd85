import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';
import { toNodeError, WorkflowMistake } from './errors';
import { isRecord } from './parameters';
import { openRegistryForEditor } from './registry';

const PAGE = 50;

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
				typeOptions: { searchListMethod: 'searchTemplates', searchable: true },
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
export async function searchTemplates(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const found = await search(this, filter?.trim() ?? '', paginationToken);
	if ('mistake' in found) throw toNodeError(this.getNode(), found.mistake);
	if (found.results.length > 0 || filter || paginationToken) return found;
	// An entry that says so is all a list can say; choosing it leaves the template empty.
	return { results: [{ name: NO_TEMPLATE, value: '' }] };
}

async function search(
	context: ILoadOptionsFunctions,
	prefix: string,
	after: string | undefined,
): Promise<INodeListSearchResult | { readonly mistake: unknown }> {
	try {
		const { registry, caller } = await openRegistryForEditor(context);
		const page = await registry.templates.list(caller, {
			limit: PAGE,
			...(prefix === '' ? {} : { prefix }),
			...(after ? { after } : {}),
		});
		return {
			results: page.items.map(({ name }) => ({ name, value: name })),
			...(page.next ? { paginationToken: page.next } : {}),
		};
	} catch (mistake) {
		return { mistake };
	}
}
