import type { SuppressionInput } from '../../../push';
import type { Operation, OperationContext } from '../../shared/operation';
import { chooseApplication, chosenApplication, textParameter } from './application';
import { readReason, reasonField } from './suppression';
import { itemField } from '../../shared/itemField';

const show = { resource: ['suppression'], operation: ['import'] };

/** The addresses of all items at once; one item comes out. */
export const importSuppressions: Operation = {
	once: true,
	option: {
		name: 'Import',
		value: 'import',
		description: 'Stop sending to the addresses of all items',
		action: 'Import suppressed addresses from the items',
	},
	fields: [
		chooseApplication(show),
		{
			displayName: 'Address Field',
			name: 'addressField',
			type: 'string',
			noDataExpression: true,
			required: true,
			default: 'address',
			description: 'Name of the item field that holds the device address. Use dots for nested fields.',
			displayOptions: { show },
		},
		reasonField(show),
		{
			displayName: 'Reason Field',
			name: 'reasonField',
			type: 'string',
			noDataExpression: true,
			default: '',
			placeholder: 'e.g. reason',
			description: 'Name of an item field that holds OPT_OUT or DEAD. Items without it get the reason chosen above.',
			displayOptions: { show },
		},
		{
			displayName: 'Note Field',
			name: 'noteField',
			type: 'string',
			noDataExpression: true,
			default: '',
			placeholder: 'e.g. note',
			description: 'Name of an item field that holds a note to keep with the address',
			displayOptions: { show },
		},
	],
	async run(context, itemIndex) {
		const { rows, without } = readRows(context, itemIndex);
		const locator = chosenApplication(context, itemIndex);
		const added = await context.registry.suppressions.add(context.caller, locator, rows);
		return [{ imported: rows.length, added, alreadyThere: rows.length - added, itemsWithoutAddress: without }];
	},
};

function readRows(context: OperationContext, itemIndex: number) {
	const { functions } = context;
	const [addressPath, reasonPath, notePath] = ['addressField', 'reasonField', 'noteField'].map((name) =>
		textParameter(context, name, itemIndex).trim(),
	);
	const standard = readReason(functions.getNodeParameter('reason', itemIndex, 'OPT_OUT'));
	const rows: SuppressionInput[] = [];
	let without = 0;
	for (const { json } of functions.getInputData()) {
		const field = (path: string | undefined) => {
			const value = path ? itemField(json, path) : undefined;
			return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
		};
		const address = field(addressPath || 'address');
		const reason = field(reasonPath);
		const note = field(notePath);
		if (address === '') without += 1;
		else
			rows.push({ address, reason: reason === '' ? standard : readReason(reason), ...(note === '' ? {} : { note }) });
	}
	return { rows, without };
}
