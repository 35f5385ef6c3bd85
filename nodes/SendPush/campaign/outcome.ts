import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { CampaignView } from '../../../push';
import type { DeliveryStatus } from '../../../push/model';
import { choiceOf } from '../../shared/parameters';
import type { OpenedRegistry } from '../../shared/registry';
import { resultInFormat } from '../../shared/resultQuery';
import { resultFile } from '../operations/resultFile';

/** Failures that come out as items at most; all of them are in the delivery log, and in a file. */
const MAX_FAILURES = 1_000;

const FAILING: readonly DeliveryStatus[] = [
	'THROTTLED',
	'TEMPORARY_FAILURE',
	'PERMANENT_FAILURE',
	'UNKNOWN_FAILURE',
	'TIMEOUT',
];

/** The JSON of one campaign. */
export function campaignJson(view: CampaignView): IDataObject {
	return { ...JSON.parse(JSON.stringify(view)) };
}

type FailureForm = 'items' | 'csv' | 'ndjson' | 'none';

/** To be read before anything is sent: what is wrong with it must not show afterwards. */
export function failureForm(context: IExecuteFunctions): FailureForm {
	const values = { failures: context.getNodeParameter('failures', 0, 'items') };
	return choiceOf(values, 'failures', 'Failures', ['items', 'csv', 'ndjson', 'none']) ?? 'items';
}

/** One summary item on Sent; failures on Failed or in a file. */
export async function campaignOutput(
	context: IExecuteFunctions,
	{ engine, registry, caller }: OpenedRegistry,
	view: CampaignView,
	failures: FailureForm,
	more: IDataObject = {},
): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	const summary: INodeExecutionData = { json: { ...campaignJson(view), ...more }, pairedItem: { item: 0 } };
	const scope = { by: 'id', id: view.applicationId } as const;
	const query = { campaignId: view.id, statuses: FAILING };
	if (failures === 'none' || view.failed === 0) return [[summary], []];
	if (failures !== 'items') {
		const stream = await registry.results.stream(caller, scope, query);
		const { data } = await resultFile(context, engine, stream, { fileType: failures, format: 'result', form: 'full' });
		return [[{ ...summary, binary: { failures: data } }], []];
	}
	const found = await registry.results.list(caller, scope, query, { limit: MAX_FAILURES });
	const items = found.items.map((result) => ({
		json: resultInFormat(engine, result, 'result', 'full'),
		pairedItem: { item: 0 },
	}));
	if (view.failed > items.length) {
		const message = `${items.length} of ${view.failed} failures are shown. Choose a file under Failures, or Export Results, for all of them.`;
		context.addExecutionHints({ message, type: 'info', location: 'outputPane' });
	}
	return [[summary], items];
}

/** Part of the execution's time limit after which its end is taken for that: nodes before this one took some, too. */
const NEARLY = 0.9;

/** n8n's cancel signal does not say whether a person pressed Stop or the time of the execution was up. */
function stopOrTimeout(context: IExecuteFunctions): () => boolean {
	const { executionTimeout = Number(process.env.EXECUTIONS_TIMEOUT ?? -1) } = context.getWorkflowSettings();
	const longest = Number(process.env.EXECUTIONS_TIMEOUT_MAX ?? 3_600);
	const limitMs = executionTimeout > 0 ? Math.min(executionTimeout, longest) * 1_000 : Infinity;
	const began = performance.now();
	return () => performance.now() - began < limitMs * NEARLY;
}

/** What running a campaign takes from n8n. */
export function runSettings(context: IExecuteFunctions) {
	const signal = context.getExecutionCancelSignal();
	return {
		...(signal ? { signal } : {}),
		isStop: stopOrTimeout(context),
		onProgress(view: CampaignView) {
			const { key, percent, successful, failed, perSecond, intake } = view;
			context.logger.info(
				`Campaign ${key}: ${percent} % of ${intake === 'DONE' ? '' : 'at least '}${view.rows} rows, ${successful} sent, ${failed} failed, ${perSecond}/s`,
			);
		},
		async reopen(binaryId: string) {
			try {
				return await context.helpers.getBinaryStream(binaryId, 65_536);
			} catch {
				// n8n has deleted the file: a person has to bring it again.
				return undefined;
			}
		},
	};
}
