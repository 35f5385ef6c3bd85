import type { Operation } from '../../shared/operation';
import { chooseTemplate, chosenTemplate, chosenVersion, versionField } from './template';

const show = { resource: ['template'], operation: ['delete'] };

/** One version, or the template with all of them. */
export const deleteTemplate: Operation = {
	peopleOnly: true,
	option: {
		name: 'Delete',
		value: 'delete',
		description: 'Delete a template or one of its versions',
		action: 'Delete a template',
	},
	fields: [
		chooseTemplate(show),
		versionField(show, 'Which version to delete. 0 means the whole template. The active version cannot go alone.'),
	],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const version = chosenVersion(context, itemIndex);
		const gone = await registry.templates.delete(caller, chosenTemplate(context, itemIndex), version);
		return [{ deleted: true, ...gone }];
	},
};
