import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

import { at } from '../../scripts/fullN8n';
import { openStore, type Store } from '../../push/store';
import { SNIPPETS } from '../docs/pages';
import { describePostgres, SQLITE_WORKER } from '../store/stores';
import { chain, collect, packageNode } from './applicationWorkflows';
import { exampleWorkflow, FullN8n } from './harness';
import { adapted, type Change, everyThreeSeconds, zoneWhereItIs } from './readyWorkflows';

const MINUTE = 60_000;

// The pipelines that nobody clicks: each is published and runs from its own trigger to what arrives at the simulators.

const shop = { __rl: true, mode: 'name', value: 'Shop' };

const server = { host: '127.0.0.1', port: 5432, database: 'test', user: process.env.PGUSER ?? 'postgres' };
const people = { ...server, database: `push_people_${process.pid}` };

let n8n: FullN8n;
let store: Store;
let files: string;

/** What the examples take for granted: the application "Shop", with Google and Amazon. */
function setUp(): object {
	const credentials = {
		fcmServiceAccountApi: { id: 'simFcm', name: 'Simulator: FCM' },
		amazonDeviceMessagingApi: { id: 'simAdm', name: 'Simulator: ADM' },
	};
	return chain('shop', [
		packageNode('Create', 'manageApp', { name: 'Shop' }),
		packageNode('Enable', 'toggleChannel', { application: shop, channels: ['GCM', 'ADM'] }, credentials),
		collect(['Create', 'Enable']),
	]);
}

/** A send for the application, to the devices in the body of its webhook. */
function sending(): object {
	const recipientList = '={{ $json.body.devices.join(",") }}';
	return chain('send', [
		packageNode('Send', 'sendPush', {
			application: shop,
			channel: 'GCM',
			recipientSource: 'list',
			recipientList,
			title: 'Hi',
		}),
		collect(['Send']),
	]);
}

async function onSchedule(name: string, id: string, changes: readonly Change[] = []): Promise<object> {
	return await adapted(name, id, [everyThreeSeconds(await exampleWorkflow(name)), ...changes]);
}

beforeAll(async () => {
	files = await mkdtemp(join(tmpdir(), 'push-files-'));
	n8n = await FullN8n.prepare(
		() => [{ id: 'people', name: 'People', type: 'postgresSourceApi', data: { ...people, ssl: 'disable' } }],
		[
			setUp(),
			sending(),
			await onSchedule('bulk-campaign', 'fileCampaign', [['/home/node/.n8n-files', files]]),
			await onSchedule('postgres-campaign', 'queryCampaign', [['examplePostgres', 'people']]),
			await onSchedule('credential-check', 'quickCheck'),
			await adapted('alarm', 'quickAlarm', [
				['"minutes":3', '"minutes":1'],
				['"ofMinutes":5', '"ofMinutes":1'],
			]),
		],
	);
	await n8n.start({ N8N_RESTRICT_FILE_ACCESS_TO: files });
	await n8n.session.activate('shop', 'shop');
	await n8n.session.activate('send', 'send');
	expect(await n8n.webhook('shop', {})).toMatchObject({ status: 200, body: { Enable: [{}, {}] } });
	const file = join(n8n.userFolder, '.n8n', 'storage', 'n8n-nodes-push-notifications', 'push.sqlite');
	store = await openStore({ kind: 'sqlite', file, workerPath: SQLITE_WORKER });
}, 20 * MINUTE);

afterAll(async () => {
	await store?.close();
	await n8n?.close();
	if (files) await rm(files, { recursive: true, force: true });
}, MINUTE);

async function publish(id: string): Promise<void> {
	expect((await n8n.session.publish(id)).status).toBe(200);
}

async function unpublish(id: string): Promise<void> {
	expect((await n8n.session.post(`/rest/workflows/${id}/deactivate`, {})).status).toBe(200);
}

/** Asks again until there is an answer, two minutes at most. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
	const end = performance.now() + 2 * MINUTE;
	while (performance.now() < end) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		await sleep(200);
	}
	throw new Error(`${what} did not come. n8n's last lines:\n${n8n.log().slice(-3_000)}`);
}

/** Finished executions of a workflow, the newest first, as the text n8n keeps them in. */
async function runsOf(workflowId: string): Promise<string[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ['success', 'error'] }));
	const { body } = await n8n.session.get(`/rest/executions?filter=${filter}`);
	const results = Object.values(at(body, 'results') ?? {});
	return await Promise.all(
		results.map(async (run) => JSON.stringify(await n8n.session.get(`/rest/executions/${String(at(run, 'id'))}`))),
	);
}

/** What Google and Amazon were asked to show, by device: once to each of them. Checks of a credential name other devices. */
function pushesTo(devices: readonly string[]): Map<string, unknown> {
	const { fcm, adm } = n8n.simulators;
	const pushes = [
		...fcm.arrivals.map(({ address, body }) => [address, at(JSON.parse(body), 'message', 'notification')] as const),
		...adm.arrivals.map(({ address, body }) => [address, at(JSON.parse(body), 'notification')] as const),
	].filter(([address]) => devices.includes(address));
	const byDevice = new Map(pushes);
	expect(pushes).toHaveLength(byDevice.size);
	return byDevice;
}

const campaignOf = async (workflowId: string) =>
	(await store.campaigns.list({ limit: 10 })).items.find(({ key }) => key?.startsWith(`${workflowId}/`));

const SENT = 300;

/** Devices that get it, one that is gone and one at whose place it is night. */
function audience(from: number) {
	const { fcm, adm } = n8n.simulators;
	const day = zoneWhereItIs(12);
	const awake = Array.from({ length: SENT }, (_, n) => ({
		device: n % 10 === 0 ? adm.goodAddress(from + n) : fcm.goodAddress(from + n),
		channel: n % 10 === 0 ? 'ADM' : 'GCM',
		name: `Person ${n}`,
		zone: day,
	}));
	const gone = { device: fcm.addressFor('UNREGISTERED', from), channel: 'FCM', name: 'Gone', zone: day };
	const asleep = { device: fcm.goodAddress(from + SENT), channel: 'GCM', name: 'Asleep', zone: zoneWhereItIs(2) };
	return { awake, gone, asleep, all: [...awake, gone, asleep] };
}

/** Everybody awake got their own text once, whoever sleeps nothing yet, and the campaign says so. */
async function expectDelivered(
	workflowId: string,
	{ awake, gone, asleep, all }: ReturnType<typeof audience>,
	text: (name: string) => object,
): Promise<void> {
	const campaign = await eventually('The campaign', async () => {
		const found = await campaignOf(workflowId);
		return found?.state === 'WAITING' || found?.state === 'COMPLETED' ? found : undefined;
	});
	expect(campaign).toMatchObject({ state: 'WAITING' });
	// The schedule comes again and again; the key of the day makes it the same campaign.
	await eventually('A second run', async () => ((await runsOf(workflowId)).length > 1 ? true : undefined));
	await unpublish(workflowId);
	const pushes = pushesTo(all.map(({ device }) => device));
	for (const { device, name } of awake)
		expect([name, pushes.get(device)]).toEqual([name, expect.objectContaining(text(name))]);
	expect(pushes.has(gone.device)).toBe(true);
	expect(pushes.has(asleep.device)).toBe(false);
}

describe('a campaign from a CSV file, every morning', () => {
	it(
		'reads the file, sends to everybody who is awake, and reports',
		async () => {
			const listed = audience(10_000);
			const rows = listed.all.map(({ device, channel, name, zone }) => `${device},${channel},"${name}",${zone}`);
			await writeFile(
				join(files, 'recipients.csv'),
				`device,channel,name,time_zone\n${rows.join('\n')}\n,GCM,Nobody,UTC\n`,
			);
			await publish('fileCampaign');
			await expectDelivered('fileCampaign', listed, (name) => ({ title: `Good morning, ${name}` }));
			const first = (await runsOf('fileCampaign')).at(-1);
			expect(first).toContain('WAITING');
			expect(first).toContain(listed.gone.device);
		},
		4 * MINUTE,
	);
});

describePostgres('a campaign from a PostgreSQL query, every Friday', () => {
	async function inDatabase(place: typeof server, work: (client: Client) => Promise<void>): Promise<void> {
		const client = new Client(place);
		await client.connect();
		try {
			await work(client);
		} finally {
			await client.end();
		}
	}

	beforeAll(async () => {
		await inDatabase(server, async (client) => void (await client.query(`CREATE DATABASE "${people.database}"`)));
	});

	afterAll(async () => {
		const drop = `DROP DATABASE IF EXISTS "${people.database}" WITH (FORCE)`;
		await inDatabase(server, async (client) => void (await client.query(drop)));
	});

	it(
		'asks for one country, sends to those who opted in and are awake, and reports in a sentence',
		async () => {
			n8n.simulators.fcm.reset();
			n8n.simulators.adm.reset();
			const listed = audience(20_000);
			const { fcm } = n8n.simulators;
			const others = [
				{ device: fcm.goodAddress(30_001), country: 'FR', optedIn: true },
				{ device: fcm.goodAddress(30_002), country: 'DE', optedIn: false },
			];
			await inDatabase(people, async (client) => {
				// The table and the upsert as docs/receive.md has them.
				const [table, upsert] = SNIPPETS.filter(
					({ page, language }) => page === 'docs/receive.md' && language === 'sql',
				);
				if (!table || !upsert) throw new Error('docs/receive.md has no SQL any more');
				await client.query(table.text);
				for (const { device, channel, name, zone } of [...listed.all, ...listed.all.slice(0, 5)]) {
					await client.query(upsert.text, [device, channel, name]);
					const more = 'UPDATE push_devices SET first_name = $2, time_zone = $3, country = $4 WHERE device_token = $1';
					await client.query(more, [device, name, zone, 'DE']);
				}
				for (const { device, country, optedIn } of others) {
					await client.query(upsert.text, [device, 'GCM', null]);
					const more = 'UPDATE push_devices SET country = $2, opted_in = $3 WHERE device_token = $1';
					await client.query(more, [device, country, optedIn]);
				}
			});
			await publish('queryCampaign');
			await expectDelivered('queryCampaign', listed, (name) => ({ title: `Nice weekend, ${name}` }));
			expect([...pushesTo(others.map(({ device }) => device))]).toEqual([]);
			const first = (await runsOf('queryCampaign')).at(-1);
			const counts = `${SENT} of ${SENT + 2} devices reached, 1 failed, 0 skipped, 1 still to come.`;
			expect(first).toContain(`is WAITING: ${counts}`);
			expect(first).toContain(listed.gone.device);
		},
		4 * MINUTE,
	);
});

describe('the daily check of credentials', () => {
	it(
		'mails the channel that its provider refuses, and no other',
		async () => {
			n8n.simulators.adm.token.fail({ reason: 'invalid_client' });
			await publish('quickCheck');
			const mail = await eventually('The mail', () => n8n.simulators.mailbox.mails[0]);
			await unpublish('quickCheck');
			n8n.simulators.adm.reset();
			expect(mail).toMatchObject({ from: 'n8n@example.com', to: ['ops@example.com'] });
			expect(mail.data).toContain('Subject: 1 push credentials need attention');
			expect(mail.data).toContain('ADM of application');
			expect(mail.data).not.toContain('GCM of application');
		},
		3 * MINUTE,
	);
});

describe('the clean-up of dead tokens', () => {
	it(
		'takes dead devices of another workflow out of every later send, and leaves doubtful ones in',
		async () => {
			const { fcm } = n8n.simulators;
			await publish('pushCleanUpDemo');
			const devices = [
				fcm.goodAddress(40_001),
				fcm.addressFor('UNREGISTERED', 40_002),
				fcm.addressFor('SENDER_ID_MISMATCH', 40_003),
			];
			const [good, dead, doubtful] = devices;
			const asked = () => fcm.arrivals.map(({ address }) => address).filter((address) => devices.includes(address));
			// From the first send after the trigger listens; what came before is none of its business.
			await eventually('The clean-up', async () => {
				fcm.reset();
				await n8n.webhook('send', { devices });
				return asked().includes(dead ?? '') ? undefined : true;
			});
			expect(asked().sort()).toEqual([good, doubtful].sort());
			const { body } = await n8n.webhook('send', { devices: [dead] });
			expect(body).toMatchObject({ Send: [{ address: dead, deliveryStatus: 'PERMANENT_FAILURE' }] });
			await unpublish('pushCleanUpDemo');
		},
		4 * MINUTE,
	);
});

describe('the alarm', () => {
	it(
		'mails when failures have risen, and again when they are back to normal',
		async () => {
			const { fcm, mailbox } = n8n.simulators;
			mailbox.reset();
			await publish('quickAlarm');
			const devices = Array.from({ length: 100 }, (_, n) => fcm.addressFor('SENDER_ID_MISMATCH', 50_000 + n));
			const alarm = await eventually('The alarm', async () => {
				await n8n.webhook('send', { devices });
				await sleep(2_000);
				return mailbox.mails[0];
			});
			expect(alarm.data).toContain('Subject: Alarm: push failures above 20 percent');
			expect(alarm.data).toMatch(/\d+ percent +!/);
			const over = await eventually('The end of the alarm', () => mailbox.mails[1]);
			expect(over.data).toContain('Subject: Over: push failures are back to normal');
			await unpublish('quickAlarm');
		},
		6 * MINUTE,
	);
});
