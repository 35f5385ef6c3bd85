import { setTimeout as sleep } from 'node:timers/promises';

import { at } from '../../scripts/fullN8n';
import { chain } from './applicationWorkflows';
import { exampleWorkflow, FullN8n } from './harness';

const MINUTE = 60_000;

let n8n: FullN8n;

/** A workflow that always fails, and says so to docs/workflows/error-push.json. */
function failing(errorWorkflow: string): object {
	const node = {
		id: 'stop',
		name: 'Stop and Error',
		type: 'n8n-nodes-base.stopAndError',
		typeVersion: 1,
		position: [0, 0],
		parameters: { errorMessage: 'The warehouse does not answer' },
	} as const;
	return { ...chain('failing', [node]), name: 'Nightly import', settings: { errorWorkflow } };
}

beforeAll(async () => {
	n8n = await FullN8n.prepare(() => [], [failing('pushErrorDemo')]);
	await n8n.start();
	await n8n.session.activate('pushLiveDemo', 'live-activity');
	expect((await n8n.session.publish('pushErrorDemo')).status).toBe(200);
	await n8n.session.activate('failing', 'failing');
}, 20 * MINUTE);

afterAll(async () => {
	await n8n?.close();
}, MINUTE);

describe('Live Activity updates', () => {
	const state = { stage: 'On its way', minutes: 12 };

	/** The pushes for a device, as Apple saw them. */
	const arrivalsFor = (device: string) =>
		n8n.simulators.apns.production.arrivals
			.filter(({ address }) => address === device)
			.map(({ headers, body }) => ({ headers, body: JSON.parse(body) }));

	it('changes what the activity shows', async () => {
		const device = n8n.simulators.apns.production.goodAddress(1);
		const answer = await n8n.webhook('live-activity', { device, event: 'update', state });
		expect(answer.body).toEqual([expect.objectContaining({ address: device, deliveryStatus: 'SUCCESSFUL' })]);
		expect(arrivalsFor(device)).toEqual([
			{
				headers: expect.objectContaining({
					'apns-push-type': 'liveactivity',
					'apns-topic': expect.stringMatching(/\.push-type\.liveactivity$/),
				}),
				body: { aps: expect.objectContaining({ event: 'update', 'content-state': state }) },
			},
		]);
	});

	it('ends it, and takes it from the lock screen after a while', async () => {
		const device = n8n.simulators.apns.production.goodAddress(2);
		await n8n.webhook('live-activity', { device, event: 'end', state });
		const [push] = arrivalsFor(device);
		expect(push?.body.aps).toMatchObject({ event: 'end', 'content-state': state });
		expect(push?.body.aps['dismissal-date']).toBeGreaterThan(Date.now() / 1000 + 10 * 60);
	});

	it('says which activity is gone', async () => {
		const device = n8n.simulators.apns.production.addressFor('Unregistered', 3);
		const answer = await n8n.webhook('live-activity', { device, event: 'update', state });
		expect(answer.body).toEqual([expect.objectContaining({ tokenAction: 'remove', providerReason: 'Unregistered' })]);
	});
});

describe('a push when a workflow fails', () => {
	it('reaches the phones of the list with the name and the error', async () => {
		const nodes = at(await exampleWorkflow('error-push'), 'nodes');
		const push = Array.isArray(nodes)
			? nodes.find((node) => at(node, 'name') === 'Push to the person on call')
			: undefined;
		const device = at(push, 'parameters', 'recipientList');
		await n8n.webhook('failing', {});
		const body = await arrival(String(device));
		expect(JSON.parse(body)).toMatchObject({
			message: {
				token: device,
				notification: { title: 'Nightly import failed', body: 'The warehouse does not answer' },
				android: { collapse_key: 'failing' },
			},
		});
		expect(body).toContain('/workflow/failing/executions/');
	}, 30_000);

	/** n8n starts the error workflow after it has answered. */
	async function arrival(device: string): Promise<string> {
		for (let attempt = 0; attempt < 100; attempt++) {
			const found = n8n.simulators.fcm.arrivals.find(({ address }) => address === device);
			if (found) return found.body;
			await sleep(200);
		}
		throw new Error('No push came');
	}
});
