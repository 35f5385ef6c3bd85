import type { IExecuteFunctions, ILoadOptionsFunctions, ITriggerFunctions } from 'n8n-workflow';
import type { Caller, Registry, RegistryOptions } from '../../push';
import { egressFilterOf } from './egress';
import { type EngineModule, loadEngine } from './engine';
import { n8nMetrics } from './n8nMetrics';
import { storeSettings } from './storeSettings';

export const PUSH_STORE = 'pushStoreApi';

/** The store a node works on, and on whose behalf. */
export interface OpenedRegistry {
	readonly engine: EngineModule;
	readonly registry: Registry;
	readonly caller: Caller;
}

const QUEUE_WARNING =
	'n8n runs in queue mode, and the applications are in an SQLite file: processes on other hosts have a file of their own and do not see them. Attach a Push Store credential for PostgreSQL to this node and all others.';

/** For an operation. @throws {PushError} `StoreUnavailable`, `StoreTooNew`; {@link WorkflowMistake} */
export async function openRegistry(context: IExecuteFunctions): Promise<OpenedRegistry> {
	const engine = await loadEngine();
	engine.engine().useEgressFilter(egressFilterOf(context));
	const { options, caller } = await readStore(context);
	if (options.store.kind === 'sqlite' && process.env.EXECUTIONS_MODE === 'queue') {
		context.addExecutionHints({ message: QUEUE_WARNING, type: 'warning', location: 'outputPane' });
	}
	const executed: Caller = {
		...caller,
		principal: { ...caller.principal, executionId: context.getExecutionId(), executionMode: context.getMode() },
	};
	return { engine, registry: await open(engine, options), caller: executed };
}

/** For the lists of the editor. */
export async function openRegistryForEditor(context: ILoadOptionsFunctions): Promise<OpenedRegistry> {
	const engine = await loadEngine();
	const { options, caller } = await readStore(context);
	return { engine, registry: await open(engine, options), caller };
}

/** For a trigger, which lives as long as its workflow is on. @throws as {@link openRegistry} */
export async function openRegistryForTrigger(context: ITriggerFunctions): Promise<OpenedRegistry> {
	const engine = await loadEngine();
	const { options, caller } = await readStore(context);
	if (options.store.kind === 'sqlite' && process.env.EXECUTIONS_MODE === 'queue') context.logger.warn(QUEUE_WARNING);
	return { engine, registry: await open(engine, options), caller };
}

async function readStore(
	context: IExecuteFunctions | ILoadOptionsFunctions | ITriggerFunctions,
): Promise<{ readonly options: RegistryOptions; readonly caller: Caller }> {
	const attached = context.getNode().credentials?.[PUSH_STORE];
	const fields = attached ? await context.getCredentials(PUSH_STORE) : undefined;
	const workflow = context.getWorkflow();
	const accessSecret = typeof fields?.accessSecret === 'string' ? fields.accessSecret.trim() : '';
	return {
		options: await storeSettings(fields),
		caller: {
			principal: {
				...(attached?.id ? { credentialId: attached.id } : {}),
				...(attached ? { credentialName: attached.name } : {}),
				...(workflow.id ? { workflowId: workflow.id } : {}),
				...(workflow.name ? { workflowName: workflow.name } : {}),
			},
			...(accessSecret === '' ? {} : { accessSecret }),
		},
	};
}

/** Stores this process has opened: each is tidied up once, in case a process was killed while it deleted. */
const tidied = new WeakSet<Registry>();

async function open(engine: EngineModule, options: RegistryOptions): Promise<Registry> {
	const registry = await engine.engine().openRegistry(options);
	if (!tidied.has(registry)) {
		tidied.add(registry);
		purgeInBackground(registry);
		const count = n8nMetrics();
		if (count) registry.deliveryLog.onRecorded(count);
	}
	return registry;
}

/** Rows of deleted applications: nobody sees them any more, so nobody waits for them to go either. */
export function purgeInBackground(registry: Registry): void {
	registry.applications.purge().catch(() => {
		// The store may be busy or closed: the next process to open it goes on where this one stopped.
		tidied.delete(registry);
	});
}
