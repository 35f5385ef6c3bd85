import { WorkflowMistake } from '../../shared/errors';
import type { Operation, OperationContext } from '../../shared/operation';
import { jsonOf } from '../../shared/parameters';
import { textParameter } from './application';

const show = { resource: ['application'], operation: ['import'] };

/** Adds the applications of an exported file; what exists already stays as it is. */
export const importApplications: Operation = {
	peopleOnly: true,
	option: {
		name: 'Import',
		value: 'import',
		description: 'Add the applications and templates of an exported file',
		action: 'Import applications',
	},
	fields: [
		{
			displayName: 'Import From',
			name: 'importFrom',
			type: 'options',
			options: [
				{ name: 'File', value: 'file', description: 'A binary field of the item' },
				{ name: 'JSON', value: 'json', description: 'The text, or the item Export put out' },
			],
			default: 'file',
			description: 'Where the export is',
			displayOptions: { show },
		},
		{
			displayName: 'Input Binary Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the input binary field containing the file to be imported',
			displayOptions: { show: { ...show, importFrom: ['file'] } },
		},
		{
			displayName: 'JSON',
			name: 'exported',
			type: 'json',
			typeOptions: { rows: 8 },
			required: true,
			default: '={{ $json }}',
			description: 'What Export put out',
			displayOptions: { show: { ...show, importFrom: ['json'] } },
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'The one the file was exported with. Needed when it holds credentials.',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const passphrase = textParameter(context, 'passphrase', itemIndex);
		const file = await readFile(context, itemIndex);
		const { registry, caller } = context;
		const report = await registry.importApplications(caller, file, passphrase === '' ? undefined : passphrase);
		const { created, templatesCreated, skipped, channelsWithoutSecrets } = report;
		return [{ created, templatesCreated, skipped: skipped.map((entry) => ({ ...entry })), channelsWithoutSecrets }];
	},
};

async function readFile({ functions }: OperationContext, itemIndex: number): Promise<unknown> {
	if (functions.getNodeParameter('importFrom', itemIndex, 'file') === 'json') {
		return jsonOf({ exported: functions.getNodeParameter('exported', itemIndex, '') }, 'exported', 'JSON');
	}
	const name = String(functions.getNodeParameter('binaryPropertyName', itemIndex, 'data'));
	if (!functions.getInputData()[itemIndex]?.binary?.[name]) {
		throw new WorkflowMistake(
			`The item has no binary field "${name}".`,
			'Read the exported file with a node before this one, or set Import From to JSON.',
		);
	}
	const text = (await functions.helpers.getBinaryDataBuffer(itemIndex, name)).toString('utf8');
	return jsonOf({ text }, 'text', 'The file');
}
