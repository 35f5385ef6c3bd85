import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apnsKeyData, type N8nCredential } from '../../../scripts/simulatorCredentials';
import { openStore } from '../../../push/store';
import { FullN8n } from '../../full-n8n/harness';
import { inLine } from '../../full-n8n/inLine';
import { quickRunner } from '../../full-n8n/readyWorkflows';
import { describePostgres, postgresPlace, pushStoreFields, SQLITE_WORKER, type StorePlace } from '../../store/stores';
import { random, sleep } from '../store/processes';
import { Provider, Scene } from './scene';

/** The full n8n, killed again and again in the middle of one campaign, and started again; nothing else is touched. */
const KILLS = Number(process.env.FAULTS_KILLS ?? 20);

/** Messages per second, so that 100,000 last for 20 kills. */
const RATE = 2_000;

/** From the moment pushes flow to the kill, ms. */
const SHORTEST_MS = 200;
const LONGEST_MS = 2_000;

const MINUTE = 60_000;

const SEND_PUSH = 'n8n-nodes-push-notifications.sendPush';

const shop = { __rl: true, mode: 'name', value: 'Shop' };

jest.setTimeout(30 * MINUTE);

/** A Push Store credential that several n8n share: nodes without one use the SQLite file of their own n8n. */
type SharedStore = N8nCredential | undefined;

const storeOf = (shared: SharedStore) => (shared ? { pushStoreApi: { id: shared.id, name: shared.name } } : {});

const setUp = (shared: SharedStore) =>
	inLine('killsSetUp', [
		{ type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		{
			type: 'n8n-nodes-push-notifications.manageApp',
			typeVersion: 1,
			parameters: { resource: 'application', operation: 'create', name: 'Shop', additionalFields: {} },
			credentials: storeOf(shared),
		},
		{
			type: 'n8n-nodes-push-notifications.toggleChannel',
			typeVersion: 1,
			parameters: { operation: 'enable', application: shop, channels: ['APNS'] },
			credentials: { apnsKeyApi: { id: 'sinkApns', name: 'Sink' }, ...storeOf(shared) },
		},
	]);

/** A CSV file, posted to a webhook that answers at once. */
const start = (shared: SharedStore) =>
	inLine('killsStart', [
		{
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			webhookId: '3b1d5a52-7c3e-4a53-8f0d-6f2f0f1c9a10',
			parameters: {
				httpMethod: 'POST',
				path: 'kills',
				responseMode: 'onReceived',
				options: { rawBody: true, binaryPropertyName: 'data' },
			},
		},
		{
			type: SEND_PUSH,
			typeVersion: 1,
			parameters: {
				resource: 'campaign',
				operation: 'start',
				application: shop,
				campaignKey: 'killed',
				recipientsFrom: 'file',
				binaryPropertyName: 'data',
				addressColumn: 'device',
				channel: 'APNS',
				title: 'Hello {{name}}',
				campaignSettings: { messagesPerSecond: RATE, fileType: 'csv' },
				failures: 'none',
			},
			credentials: storeOf(shared),
		},
	]);

let provider: Provider;

beforeAll(async () => {
	provider = await Provider.start();
});

afterAll(async () => await provider.end());

async function prepare(shared: SharedStore): Promise<FullN8n> {
	const { apnsKey, origin, ca } = provider;
	const connection = { endpoint: origin, ca };
	const data = apnsKeyData({ type: 'apnsKey', ...apnsKey, connection });
	return await FullN8n.prepare(
		() => [{ id: 'sinkApns', name: 'Sink', type: 'apnsKeyApi', data }, ...(shared ? [shared] : [])],
		[setUp(shared), start(shared), await quickRunner(storeOf(shared))],
	);
}

/** Starts the campaign and kills one n8n after the other, each while it sends. @returns how often */
async function killAgainAndAgain(scene: Scene, all: readonly FullN8n[]): Promise<number> {
	const [first] = all;
	if (!first) throw new Error('no n8n');
	await first.execute('killsSetUp');
	await provider.reset();
	for (const n8n of all) {
		await n8n.start();
		expect(await n8n.session.publish('quickRunner')).toMatchObject({ status: 200 });
	}
	await first.session.activate('killsStart', 'kills');
	const answer = await fetch(`${first.origin}/webhook/kills`, {
		method: 'POST',
		headers: { 'content-type': 'text/csv' },
		body: await readFile(scene.file),
	});
	expect(answer.status).toBe(200);
	await scene.until(({ campaign }) => campaign?.intake === 'DONE');
	const alive = [...all];
	const starting = new Set<Promise<void>>();
	let kills = 0;
	while (kills < KILLS && (await scene.untilItSends())) {
		await sleep(SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS));
		const victim = alive.splice(Math.floor(random() * alive.length), 1)[0];
		if (!victim) continue;
		await victim.kill();
		kills += 1;
		const again = victim.start().then(() => {
			alive.push(victim);
			starting.delete(again);
		});
		starting.add(again);
	}
	await Promise.all(starting);
	await scene.until(({ campaign }) => campaign?.state === 'COMPLETED');
	return kills;
}

async function judge(place: StorePlace, all: readonly FullN8n[]): Promise<void> {
	const scene = new Scene(provider, place);
	try {
		const kills = await killAgainAndAgain(scene, all);
		expect(kills).toBe(KILLS);
		await scene.judge(kills);
	} finally {
		await Promise.all(all.map(async (n8n) => await n8n.close()));
		await scene.close();
	}
}

test(`SQLite: n8n killed ${KILLS} times during one campaign`, async () => {
	const n8n = await prepare(undefined);
	const file = join(n8n.userFolder, '.n8n', 'storage', 'n8n-nodes-push-notifications', 'push.sqlite');
	await judge(
		{
			open: async () => await openStore({ kind: 'sqlite', file, workerPath: SQLITE_WORKER }),
			// It goes with the folder of n8n.
			remove: async () => {},
		},
		[n8n],
	);
});

describePostgres('two n8n on one campaign', () => {
	test(`PostgreSQL: one or the other killed, ${KILLS} times`, async () => {
		const place = postgresPlace();
		const shared: N8nCredential = {
			id: 'sharedPushStore',
			name: 'Shared store',
			type: 'pushStoreApi',
			data: {
				...pushStoreFields(place.options),
				encryptionKey: 'a key that both of these n8n know, and nobody else',
			},
		};
		await judge(place, [await prepare(shared), await prepare(shared)]);
	});
});
