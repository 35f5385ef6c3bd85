import { WorkflowMistake } from '../../shared/errors';
import type { Operation } from '../../shared/operation';
import { templateJson } from '../../shared/views';
import { chooseTemplate, chosenTemplate, chosenVersion, versionField } from './template';

const show = { resource: ['template'], operation: ['setActiveVersion'] };

/** From now on messages that name no version use this one. */
export const setActiveTemplateVersion: Operation = {
	option: {
		name: 'Set Active Version',
		value: 'setActiveVersion',
		description: 'Choose the version that messages use',
		action: 'Set the active version of a template',
	},
	fields: [chooseTemplate(show), { ...versionField(show, 'The version to use from now on'), default: 1 }],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const version = chosenVersion(context, itemIndex);
		if (version === undefined) throw new WorkflowMistake('No version is given.', 'Enter the number of a version.');
		return [
			templateJson(await registry.templates.setActiveVersion(caller, chosenTemplate(context, itemIndex), version)),
		];
	},
};
