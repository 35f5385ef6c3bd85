import type { Operation } from '../../shared/operation';
import { textParameter } from './application';
import { grantJson } from './grant';

const show = { resource: ['store'], operation: ['revoke'] };

/** One access secret becomes void. */
export const revokeAccess: Operation = {
	peopleOnly: true,
	option: {
		name: 'Revoke Access',
		value: 'revoke',
		description: 'Make an access secret void',
		action: 'Revoke access to the store',
	},
	fields: [
		{
			displayName: 'Access ID',
			name: 'grantId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 3f9c2d7a1b0e4c58',
			description: 'The field "ID" of an entry of Get Access',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const id = textParameter(context, 'grantId', itemIndex).trim();
		return [{ revoked: true, ...grantJson(await context.registry.revokeAccess(context.caller, id)) }];
	},
};
