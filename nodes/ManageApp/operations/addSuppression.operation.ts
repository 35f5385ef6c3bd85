import type { Operation } from '../../shared/operation';
import { chooseApplication, chosenApplication, textParameter } from './application';
import { readReason, reasonField } from './suppression';

const show = { resource: ['suppression'], operation: ['add'] };

/** One address that is not sent to any more. */
export const addSuppression: Operation = {
	option: {
		name: 'Add',
		value: 'add',
		description: 'Stop sending to an address',
		action: 'Add an address to the suppression list',
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
		reasonField(show),
		{
			displayName: 'Note',
			name: 'note',
			type: 'string',
			default: '',
			placeholder: 'e.g. Unsubscribed in the app',
			description: 'Kept with the address',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const { functions, registry, caller } = context;
		const address = textParameter(context, 'address', itemIndex).trim();
		const reason = readReason(functions.getNodeParameter('reason', itemIndex, 'OPT_OUT'));
		const note = textParameter(context, 'note', itemIndex).trim();
		const row = { address, reason, ...(note === '' ? {} : { note }) };
		const added = await registry.suppressions.add(caller, chosenApplication(context, itemIndex), [row]);
		return [{ ...row, added: added > 0 }];
	},
};
