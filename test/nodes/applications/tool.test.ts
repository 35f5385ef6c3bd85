import type { INodeParameters } from 'n8n-workflow';
import { AGENT, asTool } from '../../n8n/agent';
import { runWorkflow } from '../../n8n/engine';
import { byName, type Home, home } from './harness';

const TOOL = 'n8n-nodes-push-notifications.manageAppTool';

describe('Manage App as a tool of an AI agent', () => {
	let here: Home;

	beforeAll(async () => {
		here = await home();
	});

	afterAll(async () => await here.close());

	async function ask(parameters: INodeParameters): Promise<unknown> {
		const { output, node } = await runWorkflow({
			loader: here.around.loader,
			items: [{ json: { name: 'From the agent' } }],
			nodeTypes: { 'test.agent': AGENT, [TOOL]: asTool(here.around.loader, 'manageApp') },
			startNode: 'Agent',
			workflow: {
				nodes: [
					{ id: '1', name: 'Agent', type: 'test.agent', typeVersion: 1, position: [0, 0], parameters: {} },
					{ id: '2', name: 'Manage', type: TOOL, typeVersion: 1, position: [0, 200], parameters },
				],
				connections: { Manage: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] } },
			},
		});
		return output('Agent')[0]?.json.answer ?? node('Agent')?.error?.message;
	}

	test('creates and reads; what destroys is refused, also when a workflow written by hand asks for it', async () => {
		const create = { resource: 'application', operation: 'create', name: "={{ $fromAI('name', 'name', 'string') }}" };
		expect(await ask(create)).toContain('"name":"From the agent"');
		const application = byName('From the agent');
		const answer = await ask({ resource: 'application', operation: 'delete', application, confirmation: 'delete' });
		expect(answer).toContain('not available to AI agents');
		expect(await ask({ resource: 'application', operation: 'getMany' })).toContain('From the agent');
	});
});
