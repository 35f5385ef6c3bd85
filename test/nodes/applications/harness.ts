import type { IDataObject, INode, INodeExecutionData, INodeParameters, NodeExecutionHint } from 'n8n-workflow';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPlace, pushStoreFields } from '../../store/stores';
import type { CredentialStore } from '../../n8n/credentials';
import { runWorkflow } from '../../n8n/engine';
import { everythingKept, type Surroundings, surroundings } from '../setup';

const PACKAGE = 'n8n-nodes-push-notifications';

export const ALL_CHANNELS = ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'BAIDU', 'ADM'];

export const ALL_CREDENTIALS = [
	'apnsKeyApi',
	'apnsCertificateApi',
	'fcmServiceAccountApi',
	'baiduPushApi',
	'amazonDeviceMessagingApi',
];

export interface NodeRun {
	readonly items: INodeExecutionData[];
	readonly json: IDataObject[];
	/** Of Send Push's second output. */
	readonly failed: IDataObject[];
	readonly hints: NodeExecutionHint[];
	readonly error: { readonly message: string; readonly description: string } | undefined;
	/** Everything n8n would store of the execution. */
	readonly kept: string;
}

export interface NodeSettings {
	readonly items?: Array<INodeExecutionData | IDataObject>;
	/** Credential types selected on the node, besides the Push Store. */
	readonly select?: readonly string[];
	readonly credentials?: CredentialStore;
	readonly node?: Partial<INode>;
	/** Of the workflow; n8n's own where it says nothing. */
	readonly timezone?: string;
}

/** An n8n folder of its own, the simulators, and the package's nodes by one function. */
export interface Home {
	readonly around: Surroundings;
	readonly folder: string;
	/** Fields of the Push Store credential that is selected on every node; none when undefined. */
	store: Readonly<Record<string, string | number>> | undefined;
	/** By the node's name: `manageApp`, `toggleChannel`, `sendPush`. */
	run(node: string, parameters: INodeParameters, settings?: NodeSettings): Promise<NodeRun>;
	close(): Promise<void>;
}

export const INSTANCE_KEY = 'the key of this n8n instance';

export async function home(): Promise<Home> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-home-'));
	const before = { ...process.env };
	process.env.N8N_USER_FOLDER = folder;
	process.env.N8N_ENCRYPTION_KEY = INSTANCE_KEY;
	const around = await surroundings();
	const made: Home = {
		around,
		folder,
		store: undefined,
		run: async (node, parameters, settings = {}) => await runNode(made, node, parameters, settings),
		async close() {
			await around.close();
			restore('N8N_USER_FOLDER', before);
			restore('N8N_ENCRYPTION_KEY', before);
			await rm(folder, { recursive: true, force: true });
		},
	};
	return made;
}

function restore(name: string, before: NodeJS.ProcessEnv): void {
	if (before[name] === undefined) delete process.env[name];
	else process.env[name] = before[name];
}

async function runNode(
	{ around, store }: Home,
	name: string,
	parameters: INodeParameters,
	{ items, select = [], credentials, node, timezone }: NodeSettings,
): Promise<NodeRun> {
	const selected = store ? [...select, 'pushStoreApi'] : select;
	const result = await runWorkflow({
		loader: around.loader,
		items,
		credentials: { ...around.credentials, ...(store ? { pushStoreApi: store } : {}), ...credentials },
		workflow: {
			id: 'wf1',
			name: 'Test workflow',
			nodes: [
				{
					id: 'node',
					name: 'Node',
					type: `${PACKAGE}.${name}`,
					typeVersion: 1,
					position: [0, 0],
					parameters,
					credentials: Object.fromEntries(selected.map((type) => [type, { id: type, name: type }])),
					...node,
				},
			],
			settings: timezone === undefined ? {} : { timezone },
			connections: {},
		},
	});
	const error = result.node('Node')?.error ?? result.run.data.resultData.error;
	return {
		items: result.output('Node'),
		json: result.output('Node').map(({ json }) => json),
		failed: result.output('Node', 1).map(({ json }) => json),
		hints: result.node('Node')?.hints ?? [],
		error: error && {
			message: error.message,
			description: 'description' in error && typeof error.description === 'string' ? error.description : '',
		},
		kept: everythingKept(result.run),
	};
}

/** A resource locator as the editor stores it. */
export function byName(value: string): IDataObject & INodeParameters {
	return { __rl: true, mode: 'name', value };
}

export function byId(value: string): IDataObject & INodeParameters {
	return { __rl: true, mode: 'id', value };
}

/** Fields of a Push Store credential for a schema of its own, and how to remove it. */
export function postgresStore() {
	const place = postgresPlace();
	return { fields: pushStoreFields(place.options), remove: place.remove };
}

/** Text that nobody guesses, for names and keys. */
export function random(): string {
	return randomBytes(18).toString('base64url');
}

/** A host a stored secret could be led to. */
export async function strangerHost() {
	let connections = 0;
	const server = createServer((socket) => {
		connections += 1;
		socket.destroy();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The stranger has no port');
	return {
		origin: `https://127.0.0.1:${address.port}`,
		connections: () => connections,
		close: async () => await new Promise<void>((resolve) => server.close(() => resolve())),
	};
}
