import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError, toSentence } from '../../shared/errors';

type Outputs = [INodeExecutionData[], INodeExecutionData[]];

/** A mistake becomes n8n's error, or an item on Failed with Continue on Fail. As an AI tool everything is on output 0. */
export async function withMistakes(context: IExecuteFunctions, work: () => Promise<Outputs>): Promise<Outputs> {
	const attempt = await attemptWork(work);
	if ('mistake' in attempt) {
		if (!context.continueOnFail()) throw toNodeError(context.getNode(), attempt.mistake, 0);
		const item = { json: { error: toSentence(attempt.mistake) }, pairedItem: { item: 0 } };
		return context.isToolExecution() ? [[item], []] : [[], [item]];
	}
	const [sent, failed] = attempt.outputs;
	return context.isToolExecution() ? [[...sent, ...failed], []] : [sent, failed];
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
