import type { Operation } from '../../shared/operation';
import { textParameter } from './application';
import { grantJson } from './grant';

const show = { resource: ['store'], operation: ['lock'] };

/** From now on only nodes with a known access secret may do anything; the first one is an administrator's. */
export const lockStore: Operation = {
	peopleOnly: true,
	option: {
		name: 'Lock Store',
		value: 'lock',
		description: 'Allow only nodes with an access secret; gives out the first one, for an administrator',
		action: 'Lock the store',
	},
	fields: [
		{
			displayName:
				'From then on, nodes without an access secret may do nothing with this store. Copy the secret from the output into a Push Store credential at once: it is shown this one time. Then delete this execution, because n8n keeps its output.',
			name: 'lockNotice',
			type: 'notice',
			default: '',
			displayOptions: { show },
		},
		{
			displayName: 'Access Name',
			name: 'grantName',
			type: 'string',
			required: true,
			default: 'Administrator',
			description: 'What refusals and lists will call the holder of the secret',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const grant = await context.registry.lockStore(context.caller, textParameter(context, 'grantName', itemIndex));
		return [{ locked: true, ...grantJson(grant), accessSecret: grant.accessSecret }];
	},
};
