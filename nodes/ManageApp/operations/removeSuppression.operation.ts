import type { Operation } from '../../shared/operation';
import { chooseApplication, chosenApplication, textParameter } from './application';

const show = { resource: ['suppression'], operation: ['remove'] };

/** One address that may be sent to again. */
export const removeSuppression: Operation = {
	option: {
		name: 'Remove',
		value: 'remove',
		description: 'Send to an address again',
		action: 'Remove an address from the suppression list',
	},
	fields: [
		chooseApplication(show),
		{
			displayName: 'Address',
			name: 'address',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. {{ $json.device }}',
			description: 'The device address (device token, registration ID or channel ID)',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const address = textParameter(context, 'address', itemIndex).trim();
		const { registry, caller } = context;
		const removed = await registry.suppressions.remove(caller, chosenApplication(context, itemIndex), [address]);
		return [{ address, removed: removed > 0 }];
	},
};
