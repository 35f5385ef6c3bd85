import type { IDataObject } from 'n8n-workflow';
import type { Operation } from '../../shared/operation';
import { channelJson } from '../../shared/views';
import { chosenApplication, chosenChannels } from './channels';

/** Switches channels off and destroys their credentials. */
export const deleteChannels: Operation = {
	peopleOnly: true,
	option: {
		name: 'Delete',
		value: 'delete',
		description: 'Switch channels off and destroy their stored credentials',
		action: 'Delete channels',
	},
	fields: [],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const locator = chosenApplication(context, itemIndex);
		const results: IDataObject[] = [];
		for (const channelType of chosenChannels(context, itemIndex)) {
			const channel = await registry.channels.delete(caller, locator, channelType);
			results.push({ deleted: true, ...channelJson(channel, Date.now()) });
		}
		return results;
	},
};
