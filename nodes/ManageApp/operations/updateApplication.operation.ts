import type { Operation } from '../../shared/operation';
import { textOf } from '../../shared/parameters';
import { applicationJson } from '../../shared/views';
import {
	chooseApplication,
	chosenApplication,
	collection,
	readSettings,
	readTags,
	settingsFields,
	tagsField,
} from './application';

const show = { resource: ['application'], operation: ['update'] };

/** Changes what is given and leaves the rest as it is. */
export const updateApplication: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		description: 'Rename an application, change its tags or settings',
		action: 'Update an application',
	},
	fields: [
		chooseApplication(show),
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			displayOptions: { show },
			options: [
				settingsFields.rate,
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Shop',
					description: 'The new name. Workflows that use the old one by name no longer find the application.',
				},
				settingsFields.quietEnd,
				settingsFields.quietStart,
				settingsFields.suppress,
				{ ...tagsField, description: 'All tags: those not listed here are removed' },
			],
		},
	],
	async run(context, itemIndex) {
		const values = collection(context, 'updateFields', itemIndex);
		const tags = readTags(values);
		const updated = await context.registry.applications.update(context.caller, chosenApplication(context, itemIndex), {
			...('name' in values ? { name: textOf(values, 'name') ?? '' } : {}),
			...(tags ? { tags } : {}),
			settings: readSettings(values),
		});
		return [applicationJson(updated)];
	},
};
