import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { toNodeError, toSentence, WorkflowMistake } from './errors';
import { type OpenedRegistry, openRegistry } from './registry';

export interface OperationContext extends OpenedRegistry {
	readonly functions: IExecuteFunctions;
}

/** What an operation puts out for one input item: plain JSON, or an item with a file. */
export type OperationOutput = IDataObject | Pick<INodeExecutionData, 'json' | 'binary'>;

/** One operation of a node: its entry in the list, its parameters and what it does. One file each. */
export interface Operation {
	readonly option: INodePropertyOptions & { readonly value: string };
	readonly fields: INodeProperties[];
	/** Not for AI agents: it destroys something, or puts out a secret. */
	readonly peopleOnly?: boolean;
	/** For one input item. */
	run(context: OperationContext, itemIndex: number): Promise<readonly OperationOutput[]>;
	/** Operations that take all items at once: `run` is called for the first one only. */
	readonly once?: boolean;
}

/** The operations in the order of the editor's list; those that are not for agents are hidden from them. */
export function operationOptions(
	operations: ReadonlyArray<Pick<Operation, 'option' | 'peopleOnly'>>,
): INodePropertyOptions[] {
	return operations.map(({ option, peopleOnly }) =>
		peopleOnly ? { ...option, displayOptions: { hide: { '@tool': [true] } } } : option,
	);
}

/** Runs an operation over the input items. Mistakes become n8n's errors, or error items with Continue on Fail. */
export async function runOperation(
	functions: IExecuteFunctions,
	operation: Operation,
): Promise<INodeExecutionData[][]> {
	const count = functions.getInputData().length;
	const output: INodeExecutionData[] = [];
	let opened: OpenedRegistry | undefined;
	for (let item = 0; item < (operation.once ? Math.min(1, count) : count); item++) {
		const attempt = await attemptItem(async () => {
			if (operation.peopleOnly && functions.isToolExecution()) throw notForAgents(operation);
			opened ??= await openRegistry(functions);
			return await operation.run({ ...opened, functions }, item);
		});
		if ('mistake' in attempt) {
			if (!functions.continueOnFail()) throw toNodeError(functions.getNode(), attempt.mistake, item);
			output.push({ json: { error: toSentence(attempt.mistake) }, pairedItem: { item } });
			continue;
		}
		for (const result of attempt.results) output.push({ ...toItem(result), pairedItem: { item } });
	}
	return [output];
}

async function attemptItem(
	work: () => Promise<readonly OperationOutput[]>,
): Promise<{ readonly results: readonly OperationOutput[] } | { readonly mistake: unknown }> {
	try {
		return { results: await work() };
	} catch (mistake) {
		return { mistake };
	}
}

export function notForAgents({ option }: Pick<Operation, 'option'>): WorkflowMistake {
	return new WorkflowMistake(
		`The operation "${option.name}" is not available to AI agents.`,
		'Run it from a workflow of its own.',
	);
}

function toItem(output: OperationOutput): Pick<INodeExecutionData, 'json' | 'binary'> {
	return isItem(output) ? output : { json: output };
}

function isItem(output: OperationOutput): output is Pick<INodeExecutionData, 'json' | 'binary'> {
	return typeof output.json === 'object' && output.json !== null && 'binary' in output;
}
