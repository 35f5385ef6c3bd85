import type { INodeParameters } from 'n8n-workflow';
import { AGENT, asTool } from '../n8n/agent';
import { runWorkflow } from '../n8n/engine';
import { SEND_PUSH, type Surroundings, surroundings } from './setup';

describe('Send Push as a tool of an AI agent', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	async function runAgent(parameters: INodeParameters, args: Record<string, string>) {
		const toolType = `${SEND_PUSH}Tool`;
		return await runWorkflow({
			loader: around.loader,
			items: [{ json: args }],
			credentials: around.credentials,
			nodeTypes: { 'test.agent': AGENT, [toolType]: asTool(around.loader, 'sendPush') },
			startNode: 'Agent',
			workflow: {
				nodes: [
					{ id: '1', name: 'Agent', type: 'test.agent', typeVersion: 1, position: [0, 0], parameters: {} },
					{
						id: '2',
						name: 'Push',
						type: toolType,
						typeVersion: 1,
						position: [0, 200],
						parameters: { source: 'direct', ...parameters },
						credentials: { amazonDeviceMessagingApi: { id: null, name: 'amazonDeviceMessagingApi' } },
					},
				],
				connections: { Push: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] } },
			},
		});
	}

	async function ask(parameters: INodeParameters, args: Record<string, string>): Promise<unknown> {
		const { run, output } = await runAgent(parameters, args);
		expect(run.data.resultData.error).toBeUndefined();
		return JSON.parse(String(output('Agent')[0]?.json.answer));
	}

	const parameters = {
		operation: 'sendToDevices',
		channel: 'ADM',
		recipientSource: 'expression',
		recipient: "={{ $fromAI('devices', 'device addresses', 'string').split(' ') }}",
		title: "={{ $fromAI('title', 'title of the message', 'string') }}",
	};

	it.each(['start', 'run'])('refuses the agent to %s a campaign', async (operation) => {
		const { run } = await runAgent({ resource: 'campaign', operation, which: 'due' }, {});
		expect(run.data.resultData.error?.message).toContain('is not available to AI agents');
		expect(around.simulators.adm.arrivals).toEqual([]);
	});

	it('gives the agent sent and failed recipients together', async () => {
		const { adm } = around.simulators;
		const devices = [adm.goodAddress(1), adm.addressFor('Unregistered'), adm.goodAddress(2)];
		const answer = await ask(parameters, { devices: devices.join(' '), title: 'From the agent' });
		expect(answer).toEqual([
			expect.objectContaining({ address: devices[0], deliveryStatus: 'SUCCESSFUL' }),
			expect.objectContaining({ address: devices[1], deliveryStatus: 'PERMANENT_FAILURE' }),
			expect.objectContaining({ address: devices[2], deliveryStatus: 'SUCCESSFUL' }),
		]);
		expect(JSON.parse(adm.arrivals[0]?.body ?? '{}')).toMatchObject({ notification: { title: 'From the agent' } });
	});

	it('gives it the summary first when only that and failures are wanted', async () => {
		const { adm } = around.simulators;
		const answer = await ask(
			{ ...parameters, options: { results: 'failuresAndSummary' } },
			{ devices: `${adm.goodAddress()} ${adm.addressFor('Unregistered')}`, title: 'T' },
		);
		expect(answer).toEqual([
			expect.objectContaining({ recipients: 2, successful: 1 }),
			expect.objectContaining({ providerReason: 'Unregistered' }),
		]);
	});

	it('gives it the answer to a message request', async () => {
		const { adm } = around.simulators;
		const request = {
			Addresses: { [adm.goodAddress()]: { ChannelType: 'ADM' } },
			MessageConfiguration: { DefaultMessage: { Body: 'B' } },
		};
		const answer = await ask(
			{ operation: 'sendMessageRequest', messageRequest: "={{ $fromAI('request', 'a MessageRequest', 'string') }}" },
			{ request: JSON.stringify(request) },
		);
		expect(answer).toMatchObject([{ Result: { [adm.goodAddress()]: { DeliveryStatus: 'SUCCESSFUL' } } }]);
	});
});
