import type { Operation, OperationContext } from '../../shared/operation';
import { jsonOf } from '../../shared/parameters';
import { textParameter } from './application';
import { grantJson } from './grant';

const show = { resource: ['store'], operation: ['grant'] };

const SAMPLE = {
	Statement: [
		{
			Effect: 'Allow',
			Action: ['mobiletargeting:SendMessages'],
			Resource: ['apps/*'],
			Condition: { StringEquals: { 'aws:ResourceTag/team': 'mobile' } },
		},
	],
};

/** A new access secret with a policy of its own. */
export const grantAccess: Operation = {
	peopleOnly: true,
	option: {
		name: 'Grant Access',
		value: 'grant',
		description: 'Give out an access secret for a locked store',
		action: 'Grant access to the store',
	},
	fields: [
		{
			displayName: 'Access Name',
			name: 'grantName',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. Marketing workflows',
			description: 'What refusals and lists will call the holder of the secret',
			displayOptions: { show },
		},
		{
			displayName: 'Policy',
			name: 'policy',
			type: 'options',
			options: [
				{ name: 'Admin', value: 'Admin', description: 'Everything' },
				{ name: 'Custom', value: 'custom', description: 'A policy as JSON, in the form AWS has' },
				{ name: 'Read Only', value: 'ReadOnly', description: 'Look at everything, change and send nothing' },
				{ name: 'Sender', value: 'Sender', description: 'Send, also campaigns, and choose applications from the list' },
			],
			default: 'Sender',
			description: 'What a node with this access may do',
			displayOptions: { show },
		},
		{
			displayName: 'Policy JSON',
			name: 'policyJson',
			type: 'json',
			typeOptions: { rows: 10 },
			required: true,
			default: JSON.stringify(SAMPLE, null, 2),
			description: 'Allow and Deny statements; Deny wins. Wildcards * and ? are possible in actions and resources.',
			displayOptions: { show: { ...show, policy: ['custom'] } },
		},
		{
			displayName:
				'Copy the secret from the output into a Push Store credential at once: it is shown this one time. Then delete this execution, because n8n keeps its output.',
			name: 'grantNotice',
			type: 'notice',
			default: '',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const name = textParameter(context, 'grantName', itemIndex);
		const grant = await context.registry.grantAccess(context.caller, name, readPolicy(context, itemIndex));
		return [{ ...grantJson(grant), accessSecret: grant.accessSecret }];
	},
};

function readPolicy({ functions }: OperationContext, itemIndex: number): unknown {
	const chosen = functions.getNodeParameter('policy', itemIndex, 'Sender');
	if (chosen !== 'custom') return chosen;
	return jsonOf({ policy: functions.getNodeParameter('policyJson', itemIndex, '') }, 'policy', 'Policy JSON');
}
