import type { Operation } from '../../shared/operation';
import { pagingFields, readPages } from '../../shared/paging';
import { templateHeadJson } from '../../shared/views';
import { textParameter } from './application';

const show = { resource: ['template'], operation: ['getMany'] };

/** One item per template, by name. */
export const getManyTemplates: Operation = {
	option: { name: 'Get Many', value: 'getMany', description: 'List templates', action: 'Get many templates' },
	fields: [
		...pagingFields(show),
		{
			displayName: 'Name Begins With',
			name: 'prefix',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-',
			description: 'Only templates whose name begins like this',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const prefix = textParameter(context, 'prefix', itemIndex).trim();
		const { registry, caller, functions } = context;
		return await readPages(
			functions,
			itemIndex,
			async (page) => await registry.templates.list(caller, { ...page, ...(prefix === '' ? {} : { prefix }) }),
			templateHeadJson,
		);
	},
};
