import type { Operation } from '../../shared/operation';
import { pagingFields, readPages } from '../../shared/paging';
import { applicationJson } from '../../shared/views';
import { textParameter } from './application';

const show = { resource: ['application'], operation: ['getMany'] };

/** One item per application, by name. */
export const getManyApplications: Operation = {
	option: {
		name: 'Get Many',
		value: 'getMany',
		description: 'List applications',
		action: 'Get many applications',
	},
	fields: [
		...pagingFields(show),
		{
			displayName: 'Search',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. shop',
			description: 'Only applications with this text in their name',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const search = textParameter(context, 'search', itemIndex).trim();
		return await readPages(
			context.functions,
			itemIndex,
			async (page) =>
				await context.registry.applications.list(context.caller, { ...page, ...(search === '' ? {} : { search }) }),
			applicationJson,
		);
	},
};
