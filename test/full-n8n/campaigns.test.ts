import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { at } from '../../scripts/fullN8n';
import type { CampaignState } from '../../push/model';
import { openStore, type Store } from '../../push/store';
import { logged } from '../campaigns/fixture';
import { SQLITE_WORKER } from '../store/stores';
import { FullN8n } from './harness';
import { inLine } from './inLine';
import { quickRunner } from './readyWorkflows';

const MINUTE = 60_000;
const RECIPIENTS = 3_000;

const SEND_PUSH = 'n8n-nodes-push-notifications.sendPush';

const shop = { __rl: true, mode: 'name', value: 'Campaign shop' };

/** Once: the application and its channel. */
const setUp = inLine('campaignSetUp', [
	{ type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
	{
		type: 'n8n-nodes-push-notifications.manageApp',
		typeVersion: 1,
		parameters: { resource: 'application', operation: 'create', name: 'Campaign shop', additionalFields: {} },
	},
	{
		type: 'n8n-nodes-push-notifications.toggleChannel',
		typeVersion: 1,
		parameters: { operation: 'enable', application: shop, channels: ['GCM'] },
		credentials: { fcmServiceAccountApi: { id: 'simFcm', name: 'Simulator: FCM' } },
	},
]);

/** By webhook, which answers at once. */
const start = inLine('campaignStart', [
	{
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		webhookId: 'a53a2f31-5f0b-4a5e-9f9e-0d6f6d1f7c11',
		parameters: { httpMethod: 'POST', path: 'campaign', responseMode: 'onReceived', options: {} },
	},
	{ type: 'n8n-nodes-base.splitOut', typeVersion: 1, parameters: { fieldToSplitOut: 'body.people', options: {} } },
	{
		type: SEND_PUSH,
		typeVersion: 1,
		parameters: {
			resource: 'campaign',
			operation: 'start',
			application: shop,
			campaignKey: "={{ $('n0').first().json.body.key }}",
			recipientsFrom: 'items',
			addressColumn: 'device',
			channel: 'GCM',
			title: 'Hello {{name}}',
			campaignSettings: { messagesPerSecond: 400 },
			failures: 'none',
		},
	},
]);

const CONTROLS = ['pause', 'resume', 'cancel'] as const;

type Control = (typeof CONTROLS)[number];

/** By webhook, which answers with the campaign. */
const control = (operation: Control) =>
	inLine(`campaign-${operation}`, [
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			webhookId: `a53a2f31-5f0b-4a5e-9f9e-${operation}`,
			parameters: { httpMethod: 'POST', path: `campaign-${operation}`, responseMode: 'lastNode', options: {} },
		},
		{
			type: SEND_PUSH,
			typeVersion: 1,
			parameters: { resource: 'campaign', operation, campaignBy: 'id', campaignId: '={{ $json.body.id }}' },
		},
	]);

let n8n: FullN8n;
let store: Store;

beforeAll(async () => {
	n8n = await FullN8n.prepare(() => [], [setUp, start, ...CONTROLS.map(control), await quickRunner()]);
	await n8n.execute('campaignSetUp');
	await n8n.start();
	await n8n.session.activate('campaignStart', 'campaign');
	for (const operation of CONTROLS) await n8n.session.activate(`campaign-${operation}`, `campaign-${operation}`);
	const { body } = await n8n.session.get('/rest/workflows/quickRunner');
	await n8n.session.post('/rest/workflows/quickRunner/activate', { versionId: at(body, 'versionId') });
	const file = join(n8n.userFolder, '.n8n', 'storage', 'n8n-nodes-push-notifications', 'push.sqlite');
	store = await openStore({ kind: 'sqlite', file, workerPath: SQLITE_WORKER });
}, 20 * MINUTE);

afterAll(async () => {
	await store?.close();
	await n8n?.close();
}, MINUTE);

const campaign = async () => (await store.campaigns.list({ limit: 1 })).items[0];

/** A campaign in the middle of its sending, the first 400 reached. */
async function begin(key: string) {
	const { fcm } = n8n.simulators;
	fcm.reset();
	const people = Array.from({ length: RECIPIENTS }, (_, n) => ({ device: fcm.goodAddress(n), name: `Person ${n}` }));
	await n8n.webhook('campaign', { people, key });
	await until(async () => fcm.arrivals.length > 400);
	const begun = await campaign();
	if (begun?.key !== key) throw new Error(`the campaign ${key} has not begun`);
	return { id: begun.id, devices: people.map(({ device }) => device) };
}

/** A second after whatever was asked for, nothing arrives any more. */
async function expectSilence(): Promise<void> {
	const { fcm } = n8n.simulators;
	await sleep(1_200);
	const { length } = fcm.arrivals;
	await sleep(1_500);
	expect(fcm.arrivals).toHaveLength(length);
	expect(length).toBeLessThan(RECIPIENTS);
}

/** Everybody has one result; whoever got it twice is marked. @returns who got it twice */
async function expectEverybody(id: string, devices: readonly string[]): Promise<string[]> {
	const arrived = new Map<string, number>();
	for (const { address } of n8n.simulators.fcm.arrivals) arrived.set(address, (arrived.get(address) ?? 0) + 1);
	const doubled = [...arrived].filter(([, times]) => times > 1).map(([address]) => address);
	const results = await logged(store, id);
	const marked = new Set(results.filter(({ possibleDuplicate }) => possibleDuplicate).map(({ address }) => address));
	expect(devices.filter((address) => !arrived.has(address))).toEqual([]);
	expect(doubled.filter((address) => !marked.has(address))).toEqual([]);
	expect(results.map(({ address }) => address).sort()).toEqual([...devices].sort());
	return doubled;
}

const isState = (state: CampaignState) => async () => (await campaign())?.state === state;

const until = async (what: () => Promise<boolean>) => {
	const end = Date.now() + 2 * MINUTE;
	while (!(await what())) {
		if (Date.now() > end) throw new Error(`It took too long: ${JSON.stringify(await campaign())}`);
		await sleep(100);
	}
};

it(
	'a campaign whose n8n is killed goes on by itself when n8n is started again',
	async () => {
		const { id, devices } = await begin('killed');
		await n8n.kill();
		expect(n8n.simulators.fcm.arrivals.length).toBeLessThan(RECIPIENTS);
		await n8n.start();
		await until(isState('COMPLETED'));
		const doubled = await expectEverybody(id, devices);
		// At 400 a second: what was in flight, or answered within the last moments.
		expect(doubled.length).toBeLessThan(400);
	},
	5 * MINUTE,
);

it(
	'the Stop button pauses it within a second; Resume goes on, and nobody gets it twice',
	async () => {
		const { id, devices } = await begin('stopped');
		const filter = encodeURIComponent(JSON.stringify({ workflowId: 'campaignStart', status: ['running'] }));
		const { body } = await n8n.session.get(`/rest/executions?filter=${filter}`);
		const executionId = at(body, 'results', 0, 'id');
		expect(await n8n.session.post(`/rest/executions/${String(executionId)}/stop`, {})).toMatchObject({ status: 200 });
		await expectSilence();
		expect(await campaign()).toMatchObject({
			state: 'PAUSED',
			stateReason: `Stopped in n8n, execution ${String(executionId)}. Resume goes on.`,
		});
		expect((await n8n.webhook('campaign-resume', { id })).status).toBe(200);
		await until(isState('COMPLETED'));
		expect(await expectEverybody(id, devices)).toEqual([]);
	},
	5 * MINUTE,
);

it(
	'Pause and Cancel in another execution take effect within a second',
	async () => {
		const { id, devices } = await begin('paused');
		expect((await n8n.webhook('campaign-pause', { id })).body).toMatchObject({ state: 'PAUSED' });
		await expectSilence();
		const reached = n8n.simulators.fcm.arrivals.length;
		await n8n.webhook('campaign-resume', { id });
		await until(async () => n8n.simulators.fcm.arrivals.length > reached);
		expect((await n8n.webhook('campaign-cancel', { id })).body).toMatchObject({ state: 'CANCELLED', pending: 0 });
		await expectSilence();
		// What was on its way has its result; the credential was tried on nobody's device.
		const results = await logged(store, id);
		const arrived = new Set(n8n.simulators.fcm.arrivals.map(({ address }) => address));
		expect(results.map(({ address }) => address).sort()).toEqual(devices.filter((one) => arrived.has(one)).sort());
	},
	5 * MINUTE,
);

it(
	'SIGTERM: n8n ends within 20 s, the campaign goes on with the next n8n, and nobody gets it twice',
	async () => {
		const { id, devices } = await begin('terminated');
		const asked = performance.now();
		await n8n.terminate();
		expect(performance.now() - asked).toBeLessThan(20_000);
		expect(n8n.simulators.fcm.arrivals.length).toBeLessThan(RECIPIENTS);
		expect(await campaign()).toMatchObject({ state: 'RUNNING' });
		await n8n.start();
		await until(isState('COMPLETED'));
		expect(await expectEverybody(id, devices)).toEqual([]);
	},
	5 * MINUTE,
);
