import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { at, PACKAGE_NAME } from '../../scripts/fullN8n';
import { type N8nCredential, storeOfThisN8n } from '../../scripts/simulatorCredentials';
import { describePostgres, postgresPlace, pushStoreFields } from '../store/stores';
import { chain, collect, googleDevice, onStore, onWebhook, packageNode, problemsOf } from './applicationWorkflows';
import { secretsIn, tokensShown } from './cases';
import { exampleWorkflow, FullN8n } from './harness';
import { everythingIn } from './postgresText';

const MINUTE = 60_000;
const postgres = postgresPlace();

let n8n: FullN8n;
let commandRun: unknown;
/** A good device of the simulated FCM. */
let device: string;

const byName = (value: string) => ({ __rl: true, mode: 'name', value });

/** What every node does with an application called Locked. */
function tryEveryNode(path: string, device: string, credentials: object): object {
	const application = byName('Locked');
	const nodes = [
		packageNode('App', 'manageApp', { resource: 'application', operation: 'get', application }, credentials),
		packageNode('Channel', 'toggleChannel', { operation: 'get', application, channels: ['GCM'] }, credentials),
		packageNode(
			'Send',
			'sendPush',
			{
				source: 'application',
				application,
				channel: 'GCM',
				recipientSource: 'list',
				recipientList: device,
				title: 'Hi',
			},
			credentials,
		),
	];
	return chain(path, [...nodes, collect(['App', 'Channel', 'Send'])]);
}

const ownStore = { pushStoreApi: { id: storeOfThisN8n.id, name: storeOfThisN8n.name } };

function postgresStore(changed: Readonly<Record<string, string>> = {}): N8nCredential['data'] {
	return { ...pushStoreFields(postgres.options), ...changed };
}

beforeAll(async () => {
	const workflow = await exampleWorkflow('applications');
	device = googleDevice(workflow);
	const fcm = { fcmServiceAccountApi: { id: 'simFcm', name: 'Simulator: FCM' } };
	n8n = await FullN8n.prepare(
		() => [
			storeOfThisN8n,
			{ id: 'pgStore', name: 'PostgreSQL', type: 'pushStoreApi', data: postgresStore() },
			{ id: 'pgNowhere', name: 'No database', type: 'pushStoreApi', data: postgresStore({ port: '1' }) },
		],
		[
			onWebhook(workflow, 'life'),
			onStore(workflow, 'pushAppPostgres', 'pgStore'),
			onWebhook(onStore(workflow, 'life-postgres', 'pgStore'), 'life-postgres'),
			chain('set-up', [
				packageNode('Create', 'manageApp', { name: 'Locked' }),
				packageNode('Enable', 'toggleChannel', { application: byName('Locked'), channels: ['GCM'] }, fcm),
				collect(['Create', 'Enable']),
			]),
			chain('lock', [packageNode('Lock', 'manageApp', { resource: 'store', operation: 'lock' })]),
			tryEveryNode('bare', device, {}),
			tryEveryNode('with-secret', device, ownStore),
		],
	);
	commandRun = await n8n.execute('pushAppDemo');
	await n8n.start();
	for (const path of ['life', 'set-up', 'lock', 'bare', 'with-secret']) await n8n.session.activate(path, path);
}, 20 * MINUTE);

afterAll(async () => {
	await n8n?.close();
}, MINUTE);

/** The list of applications of a node, as the editor asks for it. */
async function applicationList(node: string, filter?: string, credentials: object = {}) {
	const { status, body } = await n8n.session.post('/rest/dynamic-node-parameters/resource-locator-results', {
		nodeTypeAndVersion: { name: `${PACKAGE_NAME}.${node}`, version: 1 },
		path: 'parameters.application',
		methodName: 'searchApplications',
		currentNodeParameters: { application: { __rl: true, mode: 'list', value: '' } },
		credentials,
		...(filter === undefined ? {} : { filter }),
	});
	return { status, results: at(body, 'results'), message: at(body, 'message') };
}

describe('the life of an application', () => {
	it('goes as it should when the command line runs the example', () => {
		expect([at(commandRun, 'status'), problemsOf(commandRun)]).toEqual(['success', []]);
	});

	it('goes as it should again by web requests, two at the same time', async () => {
		const arrived = () => n8n.simulators.fcm.arrivals.filter(({ address }) => address === device).length;
		const before = arrived();
		const answers = await Promise.all([n8n.webhook('life', {}), n8n.webhook('life', {})]);
		for (const answer of answers) {
			expect(answer).toEqual({
				status: 200,
				body: {
					deleted: true,
					id: expect.stringMatching(/^[0-9a-f]{32}$/),
					name: expect.stringContaining('Demo shop'),
					channels: 7,
					suppressions: 0,
					idempotencyKeys: 0,
				},
			});
		}
		// Once each: the second send of each run found Google switched off.
		expect(arrived() - before).toBe(2);
	});
});

describe('an application that was set up once', () => {
	it('is there for every workflow, and in the lists of the editor', async () => {
		expect(await applicationList('sendPush')).toMatchObject({
			status: 200,
			results: [{ name: 'No application yet: create one with Manage App, or choose Direct', value: '' }],
		});
		const made = await n8n.webhook('set-up', {});
		expect(made.body).toMatchObject({
			Create: [{ name: 'Locked' }],
			Enable: [{ channelType: 'GCM', enabled: true, hasFcmServiceCredentials: true }],
		});
		const id = at(made.body, 'Create', 0, 'id');
		for (const node of ['manageApp', 'toggleChannel', 'sendPush']) {
			expect(await applicationList(node, 'lock')).toMatchObject({ results: [{ name: 'Locked', value: id }] });
		}
		expect(await applicationList('sendPush', 'nothing of this name')).toMatchObject({ status: 200, results: [] });
		const { body } = await n8n.webhook('bare', {});
		expect(body).toEqual({
			App: [expect.objectContaining({ id, name: 'Locked' })],
			Channel: [expect.objectContaining({ channelType: 'GCM', enabled: true })],
			Send: [expect.objectContaining({ address: device, deliveryStatus: 'SUCCESSFUL', applicationId: id })],
		});
	});
});

describe('the Test button of Push Store', () => {
	it('says where the applications are', async () => {
		expect(await n8n.testCredential(storeOfThisN8n.id)).toEqual({
			status: 'OK',
			message: expect.stringMatching(/push\.sqlite.*is open/s),
		});
	});

	it('says in a sentence that there is no database', async () => {
		const { status, message } = await n8n.testCredential('pgNowhere');
		expect(status).toBe('Error');
		expect(message).toMatch(/^[A-Z].*127\.0\.0\.1.*\.$/s);
		expect(message).not.toMatch(/\bat .*:\d+:\d+|undefined|\[object/);
	});
});

describePostgres('the same in PostgreSQL', () => {
	afterAll(async () => await postgres.remove());

	it(
		'through the Push Store credential on every node',
		async () => {
			expect(await n8n.testCredential('pgStore')).toEqual({
				status: 'OK',
				message: expect.stringMatching(/PostgreSQL/),
			});
			const run = await n8n.execute('pushAppPostgres');
			expect([at(run, 'status'), problemsOf(run)]).toEqual(['success', []]);
			await n8n.session.activate('life-postgres', 'life-postgres');
			expect((await n8n.webhook('life-postgres', {})).body).toMatchObject({ deleted: true, channels: 7 });
		},
		MINUTE,
	);

	it('holds its applications apart from those of the SQLite file', async () => {
		const credentials = { pushStoreApi: { id: 'pgStore', name: 'PostgreSQL' } };
		const { results } = await applicationList('manageApp', undefined, credentials);
		expect(results).toEqual([{ name: 'No application yet: create one with the operation Create', value: '' }]);
	});

	it('holds none of the secrets in any of its tables', async () => {
		const text = await everythingIn(postgres.options);
		expect(text).toContain('Demo shop');
		const found = secretsOfAll().filter((secret) => text.includes(secret) || text.includes(inHex(secret)));
		expect(found).toEqual([]);
	});
});

describe('a locked store', () => {
	let accessSecret: string;

	beforeAll(async () => {
		accessSecret = String(at((await n8n.webhook('lock', {})).body, 'accessSecret'));
		expect(accessSecret.length).toBeGreaterThan(20);
	});

	const words = (action: string) =>
		expect.stringMatching(
			new RegExp(`^User: .* is not authorized to perform: mobiletargeting:${action} on resource: `),
		);

	it('refuses every node without the credential', async () => {
		const arrived = n8n.simulators.fcm.arrivals.length;
		const { body } = await n8n.webhook('bare', {});
		expect(body).toEqual({
			App: [{ error: words('GetApp') }],
			Channel: [{ error: words('GetGcmChannel') }],
			Send: [{ error: words('SendMessages') }],
		});
		expect(n8n.simulators.fcm.arrivals).toHaveLength(arrived);
	});

	it('refuses a credential without the access secret', async () => {
		expect((await n8n.webhook('with-secret', {})).body).toMatchObject({ Send: [{ error: words('SendMessages') }] });
		expect(await n8n.testCredential(storeOfThisN8n.id)).toMatchObject({ status: 'Error' });
		expect(await applicationList('sendPush')).toMatchObject({ message: words('GetApps') });
	});

	it('serves every node whose credential has the access secret', async () => {
		const { name, type } = storeOfThisN8n;
		const changed = { name, type, data: { kind: 'sqlite', accessSecret } };
		expect((await n8n.session.patch(`/rest/credentials/${storeOfThisN8n.id}`, changed)).status).toBe(200);
		expect(await n8n.testCredential(storeOfThisN8n.id)).toEqual({
			status: 'OK',
			message: expect.stringContaining('"Administrator"'),
		});
		expect((await n8n.webhook('with-secret', {})).body).toEqual({
			App: [expect.objectContaining({ name: 'Locked' })],
			Channel: [expect.objectContaining({ enabled: true })],
			Send: [expect.objectContaining({ deliveryStatus: 'SUCCESSFUL' })],
		});
		expect(await applicationList('sendPush', undefined, ownStore)).toMatchObject({ results: [{ name: 'Locked' }] });
	});

	it("keeps its access secret out of its file and of n8n's log", async () => {
		expect((await storeFiles()).filter(({ bytes }) => bytes.includes(accessSecret))).toEqual([]);
		expect(n8n.log()).not.toContain(accessSecret);
	});
});

/** Secrets of the credentials and the tokens made with them. */
function secretsOfAll(): string[] {
	const tokens = tokensShown(n8n.simulators);
	expect(tokens.length).toBeGreaterThan(2);
	const secrets = [...secretsIn(n8n.credentials), ...tokens];
	expect(secrets.length).toBeGreaterThan(8);
	return secrets;
}

const inHex = (secret: string) => Buffer.from(secret).toString('hex');

async function storeFiles(): Promise<Array<{ name: string; bytes: Buffer }>> {
	const folder = join(n8n.userFolder, '.n8n', 'storage', PACKAGE_NAME);
	const names = await readdir(folder);
	return await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
}

describe('secrets', () => {
	it('are neither in the SQLite file nor in its write-ahead log', async () => {
		const files = await storeFiles();
		expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['push.sqlite', 'push.sqlite-wal']));
		// The search itself works: names are stored in the clear.
		expect(files.some(({ bytes }) => bytes.includes('Locked'))).toBe(true);
		const secrets = secretsOfAll();
		for (const { name, bytes } of files) {
			const found = secrets.filter(
				(secret) => bytes.includes(secret) || bytes.includes(Buffer.from(secret).toString('base64').slice(0, 24)),
			);
			expect({ name, found }).toEqual({ name, found: [] });
		}
	});

	it("are not in n8n's log at its most talkative", () => {
		const log = n8n.log();
		expect(log).toContain('Editor is now accessible');
		expect(secretsOfAll().filter((secret) => log.includes(secret))).toEqual([]);
		expect(log).not.toMatch(new RegExp(`at .*${PACKAGE_NAME}/dist`));
	});
});
