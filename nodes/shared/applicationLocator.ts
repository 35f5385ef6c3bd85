import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { ApplicationLocator } from '../../push';
import { WorkflowMistake } from './errors';
import { isRecord } from './parameters';
import { PAGE, storedList } from './storedList';

/** The parameter by which an application is chosen, the same in every node. `unset` is what it shows until then. */
export function applicationLocator(
	displayOptions: INodeProperties['displayOptions'],
	unset = 'Select an application...',
): INodeProperties {
	return {
		displayName: 'Application',
		name: 'application',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description:
			'The application whose channels and settings are used. Applications are kept in a file of this n8n or, when that credential is attached, in a Push Store.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: unset,
				// The Push Store is optional: the list must open without that credential too.
				typeOptions: { searchListMethod: 'searchApplications', searchable: true, skipCredentialsCheckInRLC: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 0123456789abcdef0123456789abcdef',
				validation: [
					{
						type: 'regex',
						properties: { regex: '^\\s*[0-9a-fA-F]{32}\\s*$', errorMessage: 'An ID has 32 hexadecimal digits' },
					},
				],
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. Shop' },
		],
		...(displayOptions ? { displayOptions } : {}),
	};
}

/** @throws {WorkflowMistake} with `advice` when none is chosen */
export function readApplication(context: IExecuteFunctions, itemIndex: number, advice: string): ApplicationLocator {
	return toLocator(context.getNodeParameter('application', itemIndex, null), advice);
}

/** What the parameter holds, or what an expression made of it, as a locator. */
export function toLocator(parameter: unknown, advice: string): ApplicationLocator {
	const { mode, value } = isRecord(parameter) ? parameter : { mode: 'id', value: parameter };
	const word = typeof value === 'string' ? value.trim() : '';
	if (word === '') throw new WorkflowMistake('No application is chosen.', advice);
	return mode === 'name' ? { by: 'name', name: word } : { by: 'id', id: word };
}

/** What the locator shows where none means all of them. */
export const ALL_APPLICATIONS = 'All applications';

/** The list of the editor. `advice` is what it says while there is no application at all. */
export function searchApplications(advice: string) {
	return storedList(advice, async ({ registry, caller }, { filter, after }) => {
		const page = await registry.applications.list(caller, {
			limit: PAGE,
			...(filter === '' ? {} : { search: filter }),
			...(after ? { after } : {}),
		});
		return {
			results: page.items.map(({ id, name }) => ({ name, value: id })),
			...(page.next ? { paginationToken: page.next } : {}),
		};
	});
}

/** What the list says while it is empty, by who can do what about it. */
export const NO_APPLICATION = {
	manage: 'No application yet: create one with the operation Create',
	channels: 'No application yet: create one with Manage App',
	send: 'No application yet: create one with Manage App, or choose Direct',
} as const;
