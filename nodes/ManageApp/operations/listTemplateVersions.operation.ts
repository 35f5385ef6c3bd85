import type { Operation } from '../../shared/operation';
import { pagingFields, readPages } from '../../shared/paging';
import { templateVersionJson } from '../../shared/views';
import { chooseTemplate, chosenTemplate } from './template';

const show = { resource: ['template'], operation: ['listVersions'] };

/** One item per version, the newest first. */
export const listTemplateVersions: Operation = {
	option: {
		name: 'List Versions',
		value: 'listVersions',
		description: 'List the versions of a template',
		action: 'List the versions of a template',
	},
	fields: [chooseTemplate(show), ...pagingFields(show)],
	async run(context, itemIndex) {
		const { registry, caller, functions } = context;
		const name = chosenTemplate(context, itemIndex);
		let active = 0;
		return await readPages(
			functions,
			itemIndex,
			async (page) => {
				const found = await registry.templates.listVersions(caller, name, page);
				active = found.activeVersion;
				return found;
			},
			(version) => templateVersionJson(version, active),
		);
	},
};
