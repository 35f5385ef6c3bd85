import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { type Operation, runOperation } from '../../shared/operation';

/** One operation of Send Push: its entry in the list, its parameters and what it does. One file each. */
export interface SendPushOperation {
	readonly option: INodePropertyOptions & { readonly value: string };
	readonly fields: INodeProperties[];
	/** Not for AI agents: it destroys something, or puts out everything. */
	readonly peopleOnly?: boolean;
	readonly outputs: 'one' | 'sentAndFailed';
	/** One list of items per output. */
	execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]>;
}

/** An operation on what is stored, as Manage App has them: item by item, one output. */
export function storeOperation(operation: Operation): SendPushOperation {
	return {
		...operation,
		outputs: 'one',
		async execute() {
			return await runOperation(this, operation);
		},
	};
}
