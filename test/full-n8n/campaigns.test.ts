import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { at } from '../../scripts/fullN8n';
import { openStore, type Store } from '../../push/store';
import { logged } from '../campaigns/fixture';
import { SQLITE_WORKER } from '../store/stores';
import { exampleWorkflow, FullN8n } from './harness';

const MINUTE = 60_000;
const RECIPIENTS = 3_000;

const SEND_PUSH = 'n8n-nodes-push-notifications.sendPush';

const shop = { __rl: true, mode: 'name', value: 'Campaign shop' };

function workflow(id: string, nodes: ReadonlyArray<Record<string, unknown>>) {
	const named = nodes.map((node, place) => ({
		id: `n${place}`,
		name: `n${place}`,
		position: [place * 200, 0],
		...node,
	}));
	const connections = Object.fromEntries(
		named.slice(1).map((node, place) => [`n${place}`, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]),
	);
	return { id, name: id, active: false, nodes: named, connections, settings: { executionOrder: 'v1' } };
}

/** Once: the application and its channel. */
const setUp = workflow('campaignSetUp', [
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
const start = workflow('campaignStart', [
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
			campaignKey: 'killed',
			recipientsFrom: 'items',
			addressColumn: 'device',
			channel: 'GCM',
			title: 'Hello {{name}}',
			campaignSettings: { messagesPerSecond: 400 },
			failures: 'none',
		},
	},
]);

let n8n: FullN8n;
let store: Store;

/** The example itself, but every two seconds: a test does not wait for the minute. */
async function runner(): Promise<unknown> {
	const text = JSON.stringify(await exampleWorkflow('campaign-runner'));
	const quick = text.replace('"field":"minutes","minutesInterval":1', '"field":"seconds","secondsInterval":2');
	expect(quick).not.toBe(text);
	return { ...JSON.parse(quick), id: 'quickRunner', name: 'Quick runner' };
}

beforeAll(async () => {
	n8n = await FullN8n.prepare(() => [], [setUp, start, await runner()]);
	await n8n.execute('campaignSetUp');
	await n8n.start();
	await n8n.session.activate('campaignStart', 'campaign');
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
		const { fcm } = n8n.simulators;
		fcm.reset();
		const people = Array.from({ length: RECIPIENTS }, (_, n) => ({ device: fcm.goodAddress(n), name: `Person ${n}` }));
		await n8n.webhook('campaign', { people });
		await until(async () => fcm.arrivals.length > 400);
		await n8n.kill();
		const before = fcm.arrivals.length;
		expect(before).toBeLessThan(RECIPIENTS);
		await n8n.start();
		await until(async () => (await campaign())?.state === 'COMPLETED');
		const arrived = new Map<string, number>();
		for (const { address } of fcm.arrivals) arrived.set(address, (arrived.get(address) ?? 0) + 1);
		const doubled = [...arrived].filter(([, times]) => times > 1).map(([address]) => address);
		const results = await logged(store, (await campaign())?.id ?? '');
		const marked = new Set(results.filter(({ possibleDuplicate }) => possibleDuplicate).map(({ address }) => address));
		const wanted = people.map(({ device }) => device);
		expect(wanted.filter((address) => !arrived.has(address))).toEqual([]);
		expect(doubled.filter((address) => !marked.has(address))).toEqual([]);
		expect(results.map(({ address }) => address).sort()).toEqual([...wanted].sort());
		// At 400 a second: what was in flight, or answered within the last moments.
		expect(doubled.length).toBeLessThan(400);
	},
	5 * MINUTE,
);
