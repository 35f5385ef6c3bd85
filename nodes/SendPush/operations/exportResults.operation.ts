import { choiceOf } from '../../shared/parameters';
import { filterFields, formatField, optionalApplication } from '../../shared/resultQuery';
import { storeOperation } from './operation';
import { resultFile } from './resultFile';
import { addressesInOutput, readResultParameters, showResult } from './result';

const show = showResult('export');

/** Everything that is found, as one file that is written while it is read: a million results need no memory. */
export const exportResults = storeOperation({
	option: {
		name: 'Export',
		value: 'export',
		description: 'Write what became of messages into a CSV or NDJSON file',
		action: 'Export results',
	},
	fields: [
		optionalApplication(show),
		{
			displayName: 'File Type',
			name: 'fileType',
			type: 'options',
			options: [
				{ name: 'CSV', value: 'csv', description: 'For spreadsheets' },
				{ name: 'NDJSON', value: 'ndjson', description: 'One JSON object per line' },
			],
			default: 'csv',
			description: 'What kind of file to write',
			displayOptions: { show },
		},
		filterFields(show, ['campaignId', 'channels', 'reason', 'since', 'statuses', 'tag', 'until']),
		formatField({ ...show, fileType: ['ndjson'] }),
		addressesInOutput(show),
	],
	async run(context, itemIndex) {
		const { functions, engine, registry, caller } = context;
		const { scope, query, format, form } = readResultParameters(context, itemIndex);
		const values = { fileType: functions.getNodeParameter('fileType', itemIndex, 'csv') };
		const fileType = choiceOf(values, 'fileType', 'File Type', ['csv', 'ndjson']) ?? 'csv';
		const found = await registry.results.stream(caller, scope, query);
		const { data, results } = await resultFile(functions, engine, found, { fileType, format, form });
		return [{ json: { results }, binary: { data } }];
	},
});
