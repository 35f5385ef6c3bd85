import type { Operation } from '../../shared/operation';
import { channelJson } from '../../shared/views';
import { chosenApplication } from './channels';

/** All seven channel types, configured or not. */
export const getMany: Operation = {
	option: {
		name: 'Get Many',
		value: 'getMany',
		description: 'List all seven channels of an application, configured or not',
		action: 'Get all channels',
	},
	fields: [],
	async run(context, itemIndex) {
		const channels = await context.registry.channels.list(context.caller, chosenApplication(context, itemIndex));
		const now = Date.now();
		return channels.map((channel) => channelJson(channel, now));
	},
};
