import type { INodeParameters } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { DeliveryResultTrigger } from '../../../nodes/DeliveryResultTrigger/DeliveryResultTrigger.node';
import { n8nMetrics } from '../../../nodes/shared/n8nMetrics';
import { runWorkflow } from '../../n8n/engine';
import { result } from '../../results/samples';
import { byName, type Home, home } from '../applications/harness';

const TRIGGER = 'n8n-nodes-push-notifications.deliveryResultTrigger';

describe('Push Delivery Result Trigger: "Listen for test event"', () => {
	let here: Home;

	beforeAll(async () => {
		here = await home();
		await here.run('manageApp', { resource: 'application', operation: 'create', name: 'Shop' });
		await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName('Shop'), channels: ['ADM'] },
			{ select: ['amazonDeviceMessagingApi'] },
		);
	});

	afterAll(async () => await here.close());

	const listen = async (parameters: INodeParameters, id = 'listener') => {
		const run = await runWorkflow({
			loader: here.around.loader,
			workflow: {
				id,
				nodes: [{ id: 't', name: 'T', type: TRIGGER, typeVersion: 1, position: [0, 0], parameters }],
				connections: {},
			},
		});
		const error = run.node('T')?.error ?? run.run.data.resultData.error;
		return { json: run.output('T').map(({ json }) => json), error };
	};

	const send = async () =>
		await here.run(
			'sendPush',
			{ application: byName('Shop'), channel: 'ADM', title: 'Hello' },
			{
				items: [
					{ device: here.around.simulators.adm.goodAddress(1) },
					{ device: here.around.simulators.adm.addressFor('Unregistered') },
				],
			},
		);

	test('shows what happens', async () => {
		const listening = listen({ event: 'result', results: 'failed', application: byName('Shop') });
		await new Promise((resolve) => setTimeout(resolve, 500));
		await send();
		const { json } = await listening;
		expect(json).toMatchObject([{ providerReason: 'Unregistered', tokenAction: 'remove', workflowId: 'wf1' }]);
		expect(json[0]).not.toHaveProperty('sample');
	}, 30_000);

	test('says nothing of what happened since the last test', async () => {
		for (let round = 1; round <= 2; round++) {
			await send();
			const listening = listen({ event: 'result', results: 'failed' }, 'twice');
			await new Promise((resolve) => setTimeout(resolve, 500));
			await send();
			expect((await listening).json[0]).not.toHaveProperty('skipped');
		}
	}, 30_000);

	test('shows a sample when nothing happens: the newest results, or made-up ones', async () => {
		await send();
		const [tokens, campaign, alarm] = await Promise.all(
			['invalidToken', 'campaign', 'alarm'].map(async (event) => (await listen({ event }, event)).json[0]),
		);
		expect(tokens).toMatchObject({ verdict: 'dead', reason: 'Unregistered', advice: 'Delete it.' });
		expect(tokens).not.toHaveProperty('sample');
		expect(campaign).toMatchObject({ event: 'campaign.finished', sample: true });
		expect(alarm).toMatchObject({ event: 'alarm.raised', sample: true });
	}, 30_000);

	test.each([
		[{ event: 'alarm', minutes: 5, ofMinutes: 3 }, 'An alarm for 5 of the last 3 minutes can never come.'],
		[{ event: 'result', results: 'chosen', statuses: [] }, 'Statuses names none, or one there is not.'],
		[{ event: 'result', application: byName('Nobody') }, 'There is no application named "Nobody".'],
	])('%p is a mistake the editor shows', async (parameters, message) => {
		expect((await listen(parameters)).error?.message).toBe(message);
	});
});

describe('its description', () => {
	const { description } = new DeliveryResultTrigger();

	test.each([
		['result', ['results']],
		['invalidToken', []],
		['campaign', ['campaignEvents']],
		['channelHealth', ['healthEvents']],
		['alarm', ['metric', 'comparison', 'threshold', 'minutes', 'ofMinutes']],
	])('%s shows its own parameters', (event, own) => {
		const shown = description.properties
			.filter((property) => NodeHelpers.displayParameter({ event, results: 'failed' }, property, null, description))
			.map(({ name }) => name);
		// An alarm has no batches, and nothing to catch up on.
		const options = event === 'alarm' ? [] : ['options'];
		expect(shown).toEqual(['event', 'application', ...own, 'filters', ...options]);
	});
});

describe('n8n’s own /metrics', () => {
	test('is left alone when it is off, or when its library is not there', () => {
		expect(n8nMetrics({}, __filename)).toBeUndefined();
		expect(n8nMetrics({ N8N_METRICS: 'true' }, '/nowhere/main.js')).toBeUndefined();
	});

	test('counts by application, channel and status', () => {
		const counted: unknown[] = [];
		const fake = {
			register: { getSingleMetric: () => ({ inc: (...inc: unknown[]) => counted.push(inc) }) },
			Counter: class {},
		};
		const tell = n8nMetrics({ N8N_METRICS: 'true' }, __filename, () => fake);
		tell?.([
			{ at: 0, applicationId: 'app', origin: {}, results: [result(), result(), result({ channelType: 'GCM' })] },
		]);
		expect(counted).toEqual([
			[{ application: 'app', channel: 'APNS', status: 'SUCCESSFUL' }, 2],
			[{ application: 'app', channel: 'GCM', status: 'SUCCESSFUL' }, 1],
		]);
	});
});
