import { Readable } from 'node:stream';
import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { FoundResult } from '../../../push';
import type { AddressForm } from '../../shared/addresses';
import type { EngineModule } from '../../shared/engine';
import { type ResultFormat, resultInFormat } from '../../shared/resultQuery';

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

/**
 * What a spreadsheet runs as a formula when it opens the file; addresses, tags and providers' words come from outside.
 * A "-" or "+" before letters, digits, "_", ":" and "." alone stays: device tokens begin like that, and it runs nothing.
 */
const FORMULA = /^(?![-+][\w:.-]*$)[=+\-@\t\r]/;

/** Results as one file that is written while they are read: a million of them need no memory. */
export async function resultFile(
	context: IExecuteFunctions,
	engine: EngineModule,
	found: AsyncIterable<readonly FoundResult[]>,
	how: { readonly fileType: keyof typeof FILES; readonly format: ResultFormat; readonly form: AddressForm },
): Promise<{ readonly data: IBinaryData; readonly results: number }> {
	const { fileType, format, form } = how;
	const line =
		fileType === 'csv'
			? (result: FoundResult) => csvLine(resultInFormat(engine, result, 'result', form))
			: (result: FoundResult) => `${JSON.stringify(resultInFormat(engine, result, format, form))}\n`;
	let results = 0;
	async function* text() {
		if (fileType === 'csv') yield `${COLUMNS.join(',')}\n`;
		for await (const part of found) {
			results += part.length;
			yield part.map(line).join('');
		}
	}
	const { name, type } = FILES[fileType];
	const data = await context.helpers.prepareBinaryData(Readable.from(text(), { objectMode: false }), name, type);
	return { data, results };
}

/** RFC 4180. */
function csvLine(json: IDataObject): string {
	return `${COLUMNS.map((column) => csvField(json[column])).join(',')}\n`;
}

function csvField(value: unknown): string {
	if (value === undefined || value === null) return '';
	const plain = String(value);
	const text = FORMULA.test(plain) ? `'${plain}` : plain;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
