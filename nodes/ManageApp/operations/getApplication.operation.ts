import type { Operation } from '../../shared/operation';
import { applicationJson } from '../../shared/views';
import { chooseApplication, chosenApplication } from './application';

/** One application with its settings. */
export const getApplication: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Read one application',
		action: 'Get an application',
	},
	fields: [chooseApplication({ resource: ['application'], operation: ['get'] })],
	async run(context, itemIndex) {
		const locator = chosenApplication(context, itemIndex);
		return [applicationJson(await context.registry.applications.get(context.caller, locator))];
	},
};
