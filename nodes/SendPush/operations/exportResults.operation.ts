import { Readable } from 'node:stream';
import type { IDataObject } from 'n8n-workflow';
import type { FoundResult } from '../../../push';
import { choiceOf } from '../../shared/parameters';
import { filterFields, formatField, optionalApplication, resultInFormat } from '../../shared/resultQuery';
import { storeOperation } from './operation';
import { addressesInOutput, readResultParameters, showResult } from './result';

const show = showResult('export');

const FILES = {
	csv: { name: 'push-results.csv', type: 'text/csv' },
	ndjson: { name: 'push-results.ndjson', type: 'application/x-ndjson' },
} as const;

/** Columns of the CSV file, in this order. */
const COLUMNS = [
	'recordedAt',
	'address',
	'channelType',
	'deliveryStatus',
	'statusCode',
	'statusMessage',
	'providerStatus',
	'providerReason',
	'tokenAction',
	'updatedToken',
	'messageId',
	'attempts',
	'latencyMs',
	'sentAt',
	'possibleDuplicate',
	'applicationId',
	'campaignId',
	'traceId',
	'tag',
	'workflowId',
	'executionId',
] as const;

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
				{ name: 'CSV', value: 'csv' },
				{ name: 'NDJSON', value: 'ndjson', description: 'One JSON object per line' },
			],
			default: 'csv',
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
		const line =
			fileType === 'csv'
				? (result: FoundResult) => csvLine(resultInFormat(engine, result, 'result', form))
				: (result: FoundResult) => `${JSON.stringify(resultInFormat(engine, result, format, form))}\n`;
		const found = await registry.results.stream(caller, scope, query);
		let results = 0;
		async function* text() {
			if (fileType === 'csv') yield `${COLUMNS.join(',')}\n`;
			for await (const part of found) {
				results += part.length;
				yield part.map(line).join('');
			}
		}
		const { name, type } = FILES[fileType];
		const data = await functions.helpers.prepareBinaryData(Readable.from(text(), { objectMode: false }), name, type);
		return [{ json: { results }, binary: { data } }];
	},
});

/** RFC 4180. */
function csvLine(json: IDataObject): string {
	return `${COLUMNS.map((column) => csvField(json[column])).join(',')}\n`;
}

function csvField(value: unknown): string {
	if (value === undefined || value === null) return '';
	const text = String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
