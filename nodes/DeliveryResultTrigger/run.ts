import type { INodeExecutionData, IRun, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { toNodeError, toSentence, WorkflowMistake } from '../shared/errors';
import { type OpenedRegistry, openRegistryForTrigger } from '../shared/registry';
import { toItems } from './items';
import { sampleItems } from './sample';
import { readSettings, type TriggerSettings } from './settings';

/** "Listen for test event": after so long without one, a sample is shown. */
const PATIENCE_MS = 10_000;

/** Results shown as a sample at most. */
const SAMPLE = 5;

type Running = { stop(): Promise<void> };

/** Starts listening: at once when the workflow is on, at the press of the button in the editor. */
export async function runTrigger(context: ITriggerFunctions): Promise<ITriggerResponse> {
	const settings = readSettings(context);
	const opened = await openRegistryForTrigger(context);
	if (context.getMode() === 'manual') return listenOnce(context, opened, settings);
	const running = await start(context, opened, settings, async (items) => await execute(context, items));
	return { closeFunction: async () => await running.stop() };
}

async function start(
	context: ITriggerFunctions,
	{ registry, caller, engine }: OpenedRegistry,
	settings: TriggerSettings,
	deliver: (items: INodeExecutionData[]) => Promise<'done' | 'failed'>,
	test?: { readonly id: string },
): Promise<Running> {
	const { subject, batchSize, maxWaitMs, catchUpMs, scope } = settings;
	const id = test?.id ?? `${context.getWorkflow().id ?? ''}:${context.getNode().id}`;
	return await registry.subscriptions.start(
		caller,
		scope,
		{ id, subject, batchSize, maxWaitMs, catchUpMs: test ? 0 : catchUpMs },
		{
			// A test is about what happens from now on: what came since the last one is not missing.
			deliver: async ({ items, skipped }) => await deliver(toItems(engine, items, settings, test ? [] : skipped)),
			onSkipped: ({ count }) => reportSkipped(context, count),
			onTrouble: (error) => context.logger.warn(`${context.getNode().name}: ${toSentence(error)}`),
		},
	);
}

/** One execution; it is done when it has succeeded, wherever it ran. */
async function execute(context: ITriggerFunctions, items: INodeExecutionData[]): Promise<'done' | 'failed'> {
	const done = context.helpers.createDeferredPromise<IRun>();
	context.emit([items], undefined, done);
	// Without a run to look at (it could not even be started) nothing was done.
	const run: IRun | undefined = await done.promise.catch(() => undefined);
	// An execution that waits for something has taken the items over.
	return run?.status === 'success' || run?.status === 'waiting' ? 'done' : 'failed';
}

function reportSkipped(context: ITriggerFunctions, count: number): void {
	const mistake = new WorkflowMistake(
		`The workflow failed three times for the same ${count} items. They are skipped, and the next ones follow.`,
		'Look at the failed executions, and correct the workflow. The items can still be found with Send Push, resource Result.',
	);
	context.saveFailedExecution?.(toNodeError(context.getNode(), mistake));
	context.logger.warn(`${context.getNode().name}: ${toSentence(mistake)}`);
}

function listenOnce(context: ITriggerFunctions, opened: OpenedRegistry, settings: TriggerSettings): ITriggerResponse {
	let running: Running | undefined;
	let closed = false;
	let patience: NodeJS.Timeout | undefined;
	const close = async () => {
		closed = true;
		clearTimeout(patience);
		await running?.stop();
		running = undefined;
	};
	const show = (items: INodeExecutionData[]) => {
		if (closed) return;
		context.emit([items]);
		void close();
	};
	return {
		closeFunction: close,
		async manualTriggerFunction() {
			const id = `${context.getWorkflow().id ?? ''}:${context.getNode().id}:test`;
			const deliver = async (items: INodeExecutionData[]) => {
				show(items);
				return 'done' as const;
			};
			running = await start(context, opened, settings, deliver, { id });
			if (closed) await close();
			else patience = setTimeout(() => void sample(opened, settings).then(show), PATIENCE_MS);
		},
	};
}

/** The newest real results, else made-up ones. */
async function sample({ registry, caller, engine }: OpenedRegistry, settings: TriggerSettings) {
	const recent = await registry.subscriptions.recent(caller, settings.scope, settings.subject, SAMPLE).catch(() => []);
	if (recent.length > 0) {
		const items = recent.map((result) => ({ kind: 'result' as const, result }));
		return toItems(engine, items, settings);
	}
	const items = toItems(engine, sampleItems(settings.event, Date.now()), settings);
	return items.map(({ json }) => ({ json: { ...json, sample: true } }));
}
