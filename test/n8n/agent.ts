import type { PackageDirectoryLoader } from 'n8n-core';
import { type IExecuteFunctions, type INodeExecutionData, type INodeType, NodeConnectionTypes } from 'n8n-workflow';

/** Calls its one tool with the arguments of its item and answers with what the tool gave back. */
export const AGENT: INodeType = {
	description: {
		displayName: 'Agent',
		name: 'agent',
		group: ['transform'],
		version: 1,
		description: 'Stands in for an AI agent',
		defaults: { name: 'Agent' },
		inputs: [NodeConnectionTypes.Main, { type: NodeConnectionTypes.AiTool }],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const connected = await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
		const tools: unknown[] = Array.isArray(connected) ? connected : [connected];
		const [tool] = tools;
		if (!canInvoke(tool)) throw new Error('No tool is connected');
		return [[{ json: { answer: await tool.invoke(this.getInputData()[0]?.json) } }]];
	},
};

function canInvoke(tool: unknown): tool is { invoke(args: unknown): Promise<string> } {
	return typeof tool === 'object' && tool !== null && 'invoke' in tool && typeof tool.invoke === 'function';
}

/** A node as n8n makes a tool of it: another name, no input, one output of the kind tool. */
export function asTool(loader: PackageDirectoryLoader, name: string): INodeType {
	const node = loader.getNode(name).type;
	if (!('execute' in node)) throw new Error(`The package has no node ${name}`);
	return {
		description: {
			...node.description,
			name: `${name}Tool`,
			inputs: [],
			outputs: [NodeConnectionTypes.AiTool],
		},
		methods: node.methods,
		execute: node.execute,
	};
}
