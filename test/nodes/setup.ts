import type { PackageDirectoryLoader } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IRun,
	NodeExecutionHint,
} from 'n8n-workflow';
import { join } from 'node:path';
import { simulatorCredentials } from '../../scripts/simulatorCredentials';
import { loadPackage, runWorkflow } from '../n8n/engine';
import { type Simulators, startSimulators } from '../simulators';

export const ROOT = join(__dirname, '..', '..');

export const SEND_PUSH = 'n8n-nodes-push-notifications.sendPush';

/** The built package and the simulated providers, for one test file. */
export interface Surroundings {
	readonly loader: PackageDirectoryLoader;
	readonly simulators: Simulators;
	/** What n8n keeps of the credentials the simulators accept, by type. */
	readonly credentials: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
	close(): Promise<void>;
}

export async function surroundings(): Promise<Surroundings> {
	const [loader, simulators] = await Promise.all([loadPackage(ROOT), startSimulators()]);
	const credentials = Object.fromEntries(
		simulatorCredentials(simulators).map(({ type, data }) => [type, plain(data)] as const),
	);
	const { engine } = await loadBuiltEngine();
	return {
		loader,
		simulators,
		credentials,
		async close() {
			await engine().close(0);
			await simulators.close();
		},
	};
}

/** The bundle the built nodes use: its connections are shared by the whole process and have to be closed. */
async function loadBuiltEngine(): Promise<typeof import('../../push')> {
	return await import(join(ROOT, 'dist', 'push', 'index.js'));
}

function plain(data: Readonly<Record<string, unknown>>): Record<string, string | boolean> {
	return Object.fromEntries(
		Object.entries(data).flatMap(([key, value]) =>
			typeof value === 'string' || typeof value === 'boolean' ? [[key, value]] : [],
		),
	);
}

export interface PushRun {
	readonly run: IRun;
	readonly sent: INodeExecutionData[];
	readonly failed: INodeExecutionData[];
	/** What n8n's own error output got. */
	readonly errors: INodeExecutionData[];
	readonly hints: NodeExecutionHint[];
	/** The sentence, and what to do; undefined when the node did not fail. */
	readonly error: { readonly message: string; readonly description: string } | undefined;
}

export interface PushSettings {
	readonly parameters: INodeParameters;
	readonly items?: Array<INodeExecutionData | IDataObject>;
	/** Credential types selected on the node; all of them when absent. */
	readonly select?: readonly string[];
	/** In place of the simulators' own, by type. */
	readonly credentials?: Readonly<Record<string, ICredentialDataDecryptedObject>>;
	readonly node?: Partial<INode>;
	/** Of the workflow; n8n's own where it says nothing. */
	readonly timezone?: string;
	readonly nodeTypes?: Readonly<Record<string, INodeType>>;
	readonly onStart?: (stop: () => void) => void;
}

/** One Send Push node behind a trigger, run in n8n's engine. */
export async function push(around: Surroundings, settings: PushSettings): Promise<PushRun> {
	const { parameters, items, select, credentials, node, timezone, nodeTypes, onStart } = settings;
	const selected = select ?? Object.keys(around.credentials);
	const result = await runWorkflow({
		loader: around.loader,
		items,
		credentials: { ...around.credentials, ...credentials },
		nodeTypes,
		onStart,
		workflow: {
			nodes: [
				{
					id: 'start',
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				{
					id: 'push',
					name: 'Push',
					type: SEND_PUSH,
					typeVersion: 1,
					position: [200, 0],
					parameters: { source: 'direct', ...parameters },
					credentials: Object.fromEntries(selected.map((type) => [type, { id: type, name: type }])),
					...node,
				},
			],
			settings: timezone === undefined ? {} : { timezone },
			connections: { Start: { main: [[{ node: 'Push', type: 'main', index: 0 }]] } },
		},
	});
	const error = result.node('Push')?.error ?? result.run.data.resultData.error;
	return {
		run: result.run,
		sent: result.output('Push', 0),
		failed: result.output('Push', 1),
		errors: result.output('Push', 2),
		hints: result.node('Push')?.hints ?? [],
		error: error && {
			message: error.message,
			description: 'description' in error && typeof error.description === 'string' ? error.description : '',
		},
	};
}

/** The JSON of items, for comparisons. */
export function jsonOf(items: readonly INodeExecutionData[]): IDataObject[] {
	return items.map(({ json }) => json);
}

/** Everything n8n keeps of a run, as it would be stored and shown. */
export function everythingKept(run: IRun): string {
	return JSON.stringify(run.data.resultData, (_key, value: unknown) =>
		value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value,
	);
}
