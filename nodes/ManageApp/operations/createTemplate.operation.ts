import type { Operation } from '../../shared/operation';
import { templateJson } from '../../shared/views';
import { collection, readTags, tagsField, textParameter } from './application';
import { contentFields, descriptionField, descriptionOf, readContent } from './template';

const show = { resource: ['template'], operation: ['create'] };

/** A new template; its first version is the active one. */
export const createTemplate: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		description: 'Make a template that messages are sent from',
		action: 'Create a template',
	},
	fields: [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. order-shipped',
			description: 'Up to 128 letters, digits, _ and -. It cannot be changed later.',
			displayOptions: { show },
		},
		...contentFields(show),
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			displayOptions: { show },
			options: [descriptionField, tagsField],
		},
	],
	async run(context, itemIndex) {
		const values = collection(context, 'additionalFields', itemIndex);
		const made = await context.registry.templates.create(context.caller, {
			name: textParameter(context, 'name', itemIndex),
			content: readContent(context, itemIndex),
			tags: readTags(values) ?? {},
			...descriptionOf(values),
		});
		return [templateJson(made)];
	},
};
