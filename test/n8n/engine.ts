import 'reflect-metadata';

import {
	CredentialTestContext,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type IRun,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { join } from 'node:path';
import { asStored, type CredentialStore, StoredCredentials } from './credentials';
import { PackageNodeTypes } from './nodeTypes';

// n8n keeps settings in the user's folder and talks on the terminal; neither is wanted here.
process.env.N8N_USER_FOLDER ??= join(__dirname, '..', '..', '.cache', 'n8n-core');
process.env.N8N_LOG_LEVEL ??= 'silent';

/** A package as n8n loads it: the compiled files its package.json names. */
export async function loadPackage(directory: string): Promise<PackageDirectoryLoader> {
	const loader = new PackageDirectoryLoader(directory);
	await loader.loadAll();
	return loader;
}

/** The part of an exported workflow that running it needs. */
export interface RunnableWorkflow {
	readonly id?: string;
	readonly name?: string;
	readonly nodes: INode[];
	readonly connections: IConnections;
	readonly settings?: IWorkflowSettings;
}

export interface RunSettings {
	readonly loader: PackageDirectoryLoader;
	readonly workflow: RunnableWorkflow;
	/** What the first node is given; one empty item when absent. */
	readonly items?: ReadonlyArray<INodeExecutionData | IDataObject>;
	/** The node to start at; the first one that no other leads to when absent. */
	readonly startNode?: string;
	readonly credentials?: CredentialStore;
	readonly mode?: WorkflowExecuteMode;
	/** Node types of the test itself, by their full name. */
	readonly nodeTypes?: Readonly<Record<string, INodeType>>;
	/** Given a function that does what n8n's Stop button does. */
	readonly onStart?: (stop: () => void) => void;
	/** Told of each node as it ends. */
	readonly onNodeDone?: (nodeName: string, data: ITaskData) => void;
}

export interface WorkflowRun {
	readonly run: IRun;
	/** Last run of a node; undefined when it did not run. */
	node(name: string): ITaskData | undefined;
	/** Items of one output of a node; empty when nothing came out. */
	output(name: string, index?: number): INodeExecutionData[];
}

/** Runs a workflow in n8n's own engine, in this process: real expressions, paired items, error outputs and hints. */
export async function runWorkflow(settings: RunSettings): Promise<WorkflowRun> {
	const { workflow: source, mode = 'manual' } = settings;
	const workflow = toWorkflow(settings);
	const start = workflow.getNode(settings.startNode ?? firstNode(source));
	if (!start) throw new Error('The workflow has no node to start at');
	const items = (settings.items ?? [{ json: {} }]).map(toItem);
	const data = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: start, data: { main: [items] }, source: null }] },
	});
	const additional = additionalDataFor(settings, mode);
	await workflow.expression.acquireIsolate?.();
	try {
		const execution = new WorkflowExecute(additional, mode, data).processRunExecutionData(workflow);
		settings.onStart?.(() => execution.cancel());
		return view(await execution);
	} finally {
		await workflow.expression.releaseIsolate?.();
	}
}

/** Presses a credential's Test button: finds the test as n8n does, through the nodes that use the credential. */
export async function testCredential(
	loader: PackageDirectoryLoader,
	type: string,
	data: Readonly<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const credential = loader.getCredential(type).type;
	for (const nodeName of credential.supportedNodes ?? []) {
		const node = loader.getNode(nodeName).type;
		if (!('execute' in node)) continue;
		const testedBy = node.description.credentials?.find(({ name }) => name === type)?.testedBy;
		const test = typeof testedBy === 'string' ? node.methods?.credentialTest?.[testedBy] : undefined;
		if (!test) continue;
		const stored = asStored(credential.properties, data);
		return await test.call(new CredentialTestContext(), { id: '1', name: type, type, data: stored });
	}
	throw new Error(`No node tests credentials of type ${type}`);
}

function toWorkflow({ workflow, loader, nodeTypes }: RunSettings): Workflow {
	return new Workflow({
		id: workflow.id ?? 'test',
		name: workflow.name ?? 'Test',
		nodes: workflow.nodes,
		connections: workflow.connections,
		active: false,
		nodeTypes: new PackageNodeTypes(loader, nodeTypes),
		settings: { executionOrder: 'v1', ...workflow.settings },
	});
}

function firstNode({ nodes, connections }: RunnableWorkflow): string {
	const reached = new Set(
		Object.values(connections).flatMap((byType) =>
			Object.values(byType).flatMap((outputs) => outputs.flatMap((targets) => (targets ?? []).map(({ node }) => node))),
		),
	);
	return nodes.find(({ name }) => !reached.has(name) && name in connections)?.name ?? nodes[0]?.name ?? '';
}

function toItem(item: INodeExecutionData | IDataObject): INodeExecutionData {
	return isItem(item) ? item : { json: item };
}

function isItem(item: INodeExecutionData | IDataObject): item is INodeExecutionData {
	return typeof item.json === 'object' && item.json !== null && !Array.isArray(item.json);
}

function view(run: IRun): WorkflowRun {
	const node = (name: string) => run.data.resultData.runData[name]?.at(-1);
	return { run, node, output: (name, index = 0) => node(name)?.data?.main?.[index] ?? [] };
}

/** What a full n8n would put around an execution; here as little as the engine gets along with. */
export function additionalDataFor(settings: RunSettings, mode: WorkflowExecuteMode): IWorkflowExecuteAdditionalData {
	const { workflow, loader, credentials = {}, onNodeDone } = settings;
	const now = new Date();
	const hooks = new ExecutionLifecycleHooks(mode, '1', {
		id: workflow.id ?? 'test',
		name: workflow.name ?? 'Test',
		nodes: workflow.nodes,
		connections: workflow.connections,
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: now,
		updatedAt: now,
	});
	hooks.addHandler('nodeExecuteAfter', (name, data) => onNodeDone?.(name, data));
	const nowhere = 'http://localhost:5678/';
	return {
		credentialsHelper: new StoredCredentials(loader, credentials),
		hooks,
		executionId: '1',
		workflowId: workflow.id ?? 'test',
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: nowhere,
		instanceBaseUrl: nowhere,
		formBaseUrl: nowhere,
		formWaitingBaseUrl: nowhere,
		formTestBaseUrl: nowhere,
		webhookBaseUrl: nowhere,
		webhookWaitingBaseUrl: nowhere,
		webhookTestBaseUrl: nowhere,
		mcpBaseUrl: nowhere,
		mcpTestBaseUrl: nowhere,
		externalSecretsProxy: new ExternalSecretsProxy(),
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
		executeWorkflow: notHere,
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		startRunnerTask: notHere,
	};
}

async function notHere(): Promise<never> {
	throw new Error('The in-process engine has no sub-workflows and no task runners');
}
