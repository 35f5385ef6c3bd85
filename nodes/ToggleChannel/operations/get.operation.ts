import type { IDataObject } from 'n8n-workflow';
import type { Operation } from '../../shared/operation';
import { channelJson } from '../../shared/views';
import { chosenApplication, chosenChannels } from './channels';

/** What is known of channels; never a secret. */
export const get: Operation = {
	option: { name: 'Get', value: 'get', description: 'Read channels', action: 'Get channels' },
	fields: [],
	async run(context, itemIndex) {
		const { registry, caller } = context;
		const locator = chosenApplication(context, itemIndex);
		const results: IDataObject[] = [];
		for (const channelType of chosenChannels(context, itemIndex)) {
			results.push(channelJson(await registry.channels.get(caller, locator, channelType), Date.now()));
		}
		return results;
	},
};
