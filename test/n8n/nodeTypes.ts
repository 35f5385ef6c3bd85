import type { PackageDirectoryLoader } from 'n8n-core';
import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
	NodeConnectionTypes,
	NodeHelpers,
} from 'n8n-workflow';

/** n8n's own nodes (manual trigger, no operation, ...) are not installed here: whatever comes in goes out. */
class PassOn implements INodeType {
	description;

	constructor(name: string) {
		this.description = {
			displayName: name,
			name,
			group: ['transform' as const],
			version: [1, 2, 3],
			description: 'Stands in for a node of n8n',
			defaults: { name },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		};
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

/** The package's nodes and stand-ins for all others. `extra`: node types of a test, by full name. */
export class PackageNodeTypes implements INodeTypes {
	private readonly others = new Map<string, INodeType>();

	constructor(
		private readonly loader: PackageDirectoryLoader,
		extra: Readonly<Record<string, INodeType>> = {},
	) {
		for (const [name, type] of Object.entries(extra)) this.others.set(name, type);
	}

	getByName(nodeType: string): INodeType | IVersionedNodeType {
		const other = this.others.get(nodeType);
		if (other) return other;
		const prefix = `${this.loader.packageName}.`;
		if (nodeType.startsWith(prefix)) return this.loader.getNode(nodeType.slice(prefix.length)).type;
		const standIn = new PassOn(nodeType);
		this.others.set(nodeType, standIn);
		return standIn;
	}

	getByNameAndVersion(nodeType: string, version?: number): INodeType {
		const type = this.getByName(nodeType);
		return type instanceof PassOn ? type : NodeHelpers.getVersionedNodeType(type, version);
	}

	getKnownTypes() {
		return {};
	}
}
