import type { Operation } from '../../shared/operation';
import { pagingFields, readPages } from '../../shared/paging';
import { suppressionJson } from '../../shared/views';
import { chooseApplication, chosenApplication } from './application';

const show = { resource: ['suppression'], operation: ['getMany'] };

/** One item per suppressed address. */
export const getManySuppressions: Operation = {
	option: {
		name: 'Get Many',
		value: 'getMany',
		description: 'List the addresses that are not sent to',
		action: 'Get many suppressed addresses',
	},
	fields: [chooseApplication(show), ...pagingFields(show)],
	async run(context, itemIndex) {
		const locator = chosenApplication(context, itemIndex);
		return await readPages(
			context.functions,
			itemIndex,
			async (page) => await context.registry.suppressions.list(context.caller, locator, page),
			suppressionJson,
		);
	},
};
