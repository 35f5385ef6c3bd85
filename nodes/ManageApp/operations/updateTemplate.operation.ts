import { WorkflowMistake } from '../../shared/errors';
import type { Operation } from '../../shared/operation';
import { templateJson } from '../../shared/views';
import { collection, readTags, tagsField, textParameter } from './application';
import {
	chooseTemplate,
	chosenTemplate,
	contentFields,
	descriptionField,
	descriptionOf,
	readContent,
} from './template';

const show = { resource: ['template'], operation: ['update'] };

/** A new version, or another content for the latest one. */
export const updateTemplate: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		description: 'Make a new version of a template, or overwrite the latest one',
		action: 'Update a template',
	},
	fields: [
		chooseTemplate(show),
		{
			displayName: 'Write As',
			name: 'writeAs',
			type: 'options',
			options: [
				{ name: 'New Version', value: 'newVersion', description: 'Messages use it once it is set active' },
				{
					name: 'Latest Version',
					value: 'latestVersion',
					description: 'Takes the place of what the latest version says',
				},
			],
			default: 'newVersion',
			description: 'Where the new content goes',
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
			options: [
				descriptionField,
				{
					displayName: 'Set Active',
					name: 'setActive',
					type: 'boolean',
					default: true,
					description: 'Whether messages use what was written from now on',
				},
				{ ...tagsField, description: 'All tags: those not listed here are removed' },
			],
		},
	],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const name = chosenTemplate(context, itemIndex);
		const values = collection(context, 'additionalFields', itemIndex);
		const tags = readTags(values);
		const writeAs = textParameter(context, 'writeAs', itemIndex);
		if (writeAs !== 'newVersion' && writeAs !== 'latestVersion') {
			throw new WorkflowMistake('Write As is neither newVersion nor latestVersion.', 'Choose one from the list.');
		}
		const updated = await registry.templates.update(caller, name, {
			content: readContent(context, itemIndex),
			createNewVersion: writeAs === 'newVersion',
			...descriptionOf(values),
			...(tags ? { tags } : {}),
		});
		if (values.setActive !== true) return [templateJson(updated)];
		return [templateJson(await registry.templates.setActiveVersion(caller, name, updated.version.version))];
	},
};
