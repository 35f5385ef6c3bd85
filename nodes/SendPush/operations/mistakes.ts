import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError, toSentence } from '../../shared/errors';
import { notForAgents } from '../../shared/operation';
import type { SendPushOperation } from './operation';

type Outputs = [INodeExecutionData[], INodeExecutionData[]];

/** A mistake becomes n8n's error, or an item on Failed with Continue on Fail; AI tools have output 0 only. */
export async function withMistakes(
	context: IExecuteFunctions,
	operation: Pick<SendPushOperation, 'option' | 'peopleOnly'>,
	work: () => Promise<Outputs>,
): Promise<Outputs> {
	const attempt = await attemptWork(async () => {
		if (operation.peopleOnly && context.isToolExecution()) throw notForAgents(operation);
		return await work();
	});
	if ('outputs' in attempt) return attempt.outputs;
	if (!context.continueOnFail()) throw toNodeError(context.getNode(), attempt.mistake, 0);
	const item = { json: { error: toSentence(attempt.mistake) }, pairedItem: { item: 0 } };
	return context.isToolExecution() ? [[item], []] : [[], [item]];
}

async function attemptWork(
	work: () => Promise<Outputs>,
): Promise<{ readonly outputs: Outputs } | { readonly mistake: unknown }> {
	try {
		return { outputs: await work() };
	} catch (mistake) {
		return { mistake };
	}
}
