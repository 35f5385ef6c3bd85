import type { Operation } from '../../shared/operation';
import { templateJson } from '../../shared/views';
import { chooseTemplate, chosenTemplate, chosenVersion, versionField } from './template';

const show = { resource: ['template'], operation: ['get'] };

/** One version with what it says. */
export const getTemplate: Operation = {
	option: { name: 'Get', value: 'get', description: 'Read a template', action: 'Get a template' },
	fields: [chooseTemplate(show), versionField(show, 'Which version to read. 0 means the active one.')],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const name = chosenTemplate(context, itemIndex);
		return [templateJson(await registry.templates.get(caller, name, chosenVersion(context, itemIndex)))];
	},
};
