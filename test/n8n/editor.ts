import { LoadOptionsContext, type PackageDirectoryLoader } from 'n8n-core';
import { type ICredentialDataDecryptedObject, type ILoadOptionsFunctions, Workflow } from 'n8n-workflow';
import type { CredentialStore } from './credentials';
import { additionalDataFor } from './engine';
import { PackageNodeTypes } from './nodeTypes';

/** What n8n gives a node's list methods while somebody edits it. `store`: fields of a selected Push Store credential. */
export function editorContext(
	loader: PackageDirectoryLoader,
	nodeName: string,
	store: Readonly<ICredentialDataDecryptedObject> | undefined,
): ILoadOptionsFunctions {
	const node = {
		id: 'edited',
		name: 'Edited',
		type: `${loader.packageName}.${nodeName}`,
		typeVersion: 1,
		position: [0, 0] satisfies [number, number],
		parameters: {},
		...(store ? { credentials: { pushStoreApi: { id: 'pushStoreApi', name: 'pushStoreApi' } } } : {}),
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: new PackageNodeTypes(loader),
	});
	const credentials: CredentialStore = store ? { pushStoreApi: store } : {};
	const settings = { loader, workflow: { nodes: [node], connections: {} }, credentials };
	return new LoadOptionsContext(workflow, node, additionalDataFor(settings, 'internal'), 'parameters.application');
}
