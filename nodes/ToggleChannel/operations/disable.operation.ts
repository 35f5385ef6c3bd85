import type { IDataObject } from 'n8n-workflow';
import type { Operation } from '../../shared/operation';
import { channelJson } from '../../shared/views';
import { chosenApplication, chosenChannels } from './channels';

/** Switches channels off; their credentials stay stored. */
export const disable: Operation = {
	option: {
		name: 'Disable',
		value: 'disable',
		description: 'Switch channels off; their credentials stay stored',
		action: 'Disable channels',
	},
	fields: [],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const locator = chosenApplication(context, itemIndex);
		const results: IDataObject[] = [];
		for (const channelType of chosenChannels(context, itemIndex)) {
			results.push(channelJson(await registry.channels.disable(caller, locator, channelType), Date.now()));
		}
		return results;
	},
};
