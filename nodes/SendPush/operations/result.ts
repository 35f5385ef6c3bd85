import type { INodeProperties } from 'n8n-workflow';
import { ADDRESS_FORMS, type AddressForm } from '../../shared/addresses';
import type { OperationContext } from '../../shared/operation';
import { choiceOf, isRecord, type Values } from '../../shared/parameters';
import { FORMATS, readFilters, type ResultFormat, toScope } from '../../shared/resultQuery';
import { WorkflowTimes } from '../../shared/times';

type Show = NonNullable<NonNullable<INodeProperties['displayOptions']>['show']>;

export const showResult = (operation: string): Show => ({ resource: ['result'], operation: [operation] });

export const addressesInOutput = (show: Show): INodeProperties => ({
	displayName: 'Addresses in Output',
	name: 'addressesInOutput',
	type: 'options',
	options: [
		{ name: 'Full', value: 'full' },
		{ name: 'Last 6 Characters', value: 'last6' },
		{ name: 'Hash', value: 'hash', description: 'The first 16 hexadecimal digits of the SHA-256 hash' },
	],
	default: 'full',
	description: 'How much of a device address the items show',
	displayOptions: { show },
});

/** The parameters that most operations on results have, for one item. */
export function readResultParameters({ functions, engine }: OperationContext, itemIndex: number) {
	const given: unknown = functions.getNodeParameter('filters', itemIndex, {});
	const filters: Values = isRecord(given) ? given : {};
	const values: Values = {
		format: functions.getNodeParameter('format', itemIndex, 'result'),
		addressesInOutput: functions.getNodeParameter('addressesInOutput', itemIndex, 'full'),
	};
	const format: ResultFormat = choiceOf(values, 'format', 'Format', FORMATS) ?? 'result';
	const form: AddressForm = choiceOf(values, 'addressesInOutput', 'Addresses in Output', ADDRESS_FORMS) ?? 'full';
	return {
		scope: toScope(functions.getNodeParameter('application', itemIndex, null)),
		query: { ...readFilters(filters), ...new WorkflowTimes(engine, functions).span(filters) },
		format,
		form,
	};
}
