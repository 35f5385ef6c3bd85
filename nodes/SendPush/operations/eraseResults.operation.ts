import { WorkflowMistake } from '../../shared/errors';
import { textOf } from '../../shared/parameters';
import { optionalApplication, toScope } from '../../shared/resultQuery';
import { storeOperation } from './operation';
import { showResult } from './result';

const show = showResult('erase');

/** All results of one address, for good. */
export const eraseResults = storeOperation({
	peopleOnly: true,
	option: {
		name: 'Erase',
		value: 'erase',
		description: 'Remove everything the delivery log knows of an address, as data protection asks for',
		action: 'Erase the results of an address',
	},
	fields: [
		optionalApplication(show),
		{
			displayName: 'Address',
			name: 'address',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. {{ $json.device }}',
			description: 'The device token or registration ID, exactly as it was sent to',
			displayOptions: { show },
		},
	],
	async run({ functions, registry, caller }, itemIndex) {
		const address = textOf({ value: functions.getNodeParameter('address', itemIndex, '') }, 'value')?.trim();
		if (!address) throw new WorkflowMistake('Address is empty.', 'Enter the address whose results are to be removed.');
		const scope = toScope(functions.getNodeParameter('application', itemIndex, null));
		return [{ erased: await registry.results.erase(caller, scope, address) }];
	},
});
