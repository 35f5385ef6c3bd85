import type { PackageDirectoryLoader } from 'n8n-core';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { CredentialStore } from './credentials';
import { runWorkflow } from './engine';

export interface OneNode {
	readonly loader: PackageDirectoryLoader;
	/** Of this package, without its prefix. */
	readonly type: string;
	readonly parameters: INodeParameters;
	/** By type, as n8n keeps them. */
	readonly credentials?: CredentialStore;
	readonly item?: INodeExecutionData;
}

/** What an execution of one node gives on its first output. @throws what the node throws */
export async function runNode({ loader, type, parameters, credentials = {}, item }: OneNode): Promise<IDataObject[]> {
	const result = await runWorkflow({
		loader,
		credentials,
		items: [item ?? { json: {} }],
		workflow: {
			id: 'w1',
			name: 'Campaign',
			nodes: [
				{
					id: 'node',
					name: 'Node',
					type: `n8n-nodes-push-notifications.${type}`,
					typeVersion: 1,
					position: [0, 0],
					parameters,
					credentials: Object.fromEntries(Object.keys(credentials).map((name) => [name, { id: name, name }])),
				},
			],
			connections: {},
		},
	});
	const error = result.node('Node')?.error ?? result.run.data.resultData.error;
	if (error) throw error;
	return result.output('Node').map(({ json }) => json);
}
