import { pagingFields, readPages } from '../../shared/paging';
import { filterFields, formatField, optionalApplication, resultInFormat } from '../../shared/resultQuery';
import { storeOperation } from './operation';
import { addressesInOutput, readResultParameters, showResult } from './result';

const show = showResult('getMany');

/** What became of messages, newest first. */
export const getManyResults = storeOperation({
	option: {
		name: 'Get Many',
		value: 'getMany',
		description: 'Find what became of messages, by address, message ID, campaign, status and more',
		action: 'Get many results',
	},
	fields: [
		optionalApplication(show),
		...pagingFields(show),
		filterFields(show, [
			'address',
			'campaignId',
			'channels',
			'messageId',
			'reason',
			'since',
			'statuses',
			'tag',
			'traceId',
			'until',
		]),
		formatField(show),
		addressesInOutput(show),
	],
	async run(context, itemIndex) {
		const { scope, query, format, form } = readResultParameters(context, itemIndex);
		return await readPages(
			context.functions,
			itemIndex,
			async (page) => await context.registry.results.list(context.caller, scope, query, page),
			(result) => resultInFormat(context.engine, result, format, form),
		);
	},
});
