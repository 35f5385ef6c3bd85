import { numberOf } from '../../shared/parameters';
import type { Operation } from '../../shared/operation';

const show = { resource: ['store'], operation: ['setRetention'] };

/** How long results are kept. */
export const setRetention: Operation = {
	peopleOnly: true,
	option: {
		name: 'Set Retention',
		value: 'setRetention',
		description: 'Set how long the delivery log keeps results',
		action: 'Set how long results are kept',
	},
	fields: [
		{
			displayName: 'Days',
			name: 'days',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 30,
			description: 'Results older than this are removed in the background',
			displayOptions: { show },
		},
		{
			displayName: 'Results',
			name: 'results',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 10_000_000,
			description: 'When there are more, the oldest ones are removed in the background',
			displayOptions: { show },
		},
	],
	async run({ functions, registry, caller }, itemIndex) {
		const values = {
			days: functions.getNodeParameter('days', itemIndex, 30),
			results: functions.getNodeParameter('results', itemIndex, 10_000_000),
		};
		const retention = await registry.results.setRetention(caller, {
			days: numberOf(values, 'days', 'Days') ?? 30,
			results: numberOf(values, 'results', 'Results') ?? 10_000_000,
		});
		return [{ ...retention }];
	},
};
