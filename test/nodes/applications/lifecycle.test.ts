import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runWorkflow } from '../../n8n/engine';
import { describePostgres } from '../../store/stores';
import { everythingKept } from '../setup';
import { ALL_CHANNELS, ALL_CREDENTIALS, byName, type Home, home, postgresStore } from './harness';
import { secretsOf } from './secrets';

const PACKAGE = 'n8n-nodes-push-notifications';

/** One node of the chain: its name is the step. `executeOnce`: seven channels came out of the step before. */
function step(name: string, type: string, parameters: INodeParameters, more: Partial<INode> = {}): INode {
	return {
		id: name,
		name,
		type: `${PACKAGE}.${type}`,
		typeVersion: 1,
		position: [0, 0],
		executeOnce: true,
		parameters,
		...more,
	};
}

function lifecycle(store: () => Readonly<Record<string, string | number>> | undefined): void {
	let here: Home;

	beforeAll(async () => {
		here = await home();
		here.store = store();
	});

	afterAll(async () => await here.close());

	test('create, enable all seven, send by name, disable one, send again, check, delete', async () => {
		const { simulators, loader, credentials } = here.around;
		const application = byName('Shop');
		const devices = {
			APNS: simulators.apns.production.goodAddress(),
			GCM: simulators.fcm.goodAddress(),
			BAIDU: simulators.baidu.goodAddress(),
			ADM: simulators.adm.goodAddress(),
		};
		const messageRequest = JSON.stringify({
			Addresses: Object.fromEntries(
				Object.entries(devices).map(([ChannelType, address]) => [address, { ChannelType }]),
			),
			MessageConfiguration: { DefaultPushNotificationMessage: { Title: 'Hello', Body: 'From the application' } },
		});
		const send = { source: 'application', operation: 'sendMessageRequest', application, messageRequest };
		const steps = [
			step('Create', 'manageApp', { resource: 'application', operation: 'create', name: 'Shop' }),
			step('Enable', 'toggleChannel', { operation: 'enable', application, channels: ALL_CHANNELS }),
			step('Send', 'sendPush', send),
			step('Disable', 'toggleChannel', { operation: 'disable', application, channels: ['GCM'] }),
			step('Send again', 'sendPush', send),
			step('List', 'toggleChannel', { operation: 'getMany', application }),
			step('Check', 'toggleChannel', { operation: 'check', application, channels: [] }, { executeOnce: true }),
			step(
				'Not confirmed',
				'manageApp',
				{ resource: 'application', operation: 'delete', application, confirmation: '' },
				{ onError: 'continueRegularOutput' },
			),
			step('Delete', 'manageApp', {
				resource: 'application',
				operation: 'delete',
				application,
				confirmation: 'delete',
			}),
			step('Get', 'manageApp', { resource: 'application', operation: 'get', application }),
		];
		const selected = (names: readonly string[]) =>
			Object.fromEntries(
				[...names, ...(here.store ? ['pushStoreApi'] : [])].map((type) => [type, { id: type, name: type }]),
			);
		for (const node of steps) node.credentials = selected(node.name === 'Enable' ? ALL_CREDENTIALS : []);
		const done = await runWorkflow({
			loader,
			credentials: { ...credentials, ...(here.store ? { pushStoreApi: here.store } : {}) },
			workflow: {
				nodes: steps,
				connections: Object.fromEntries(
					steps
						.slice(1)
						.map(({ name }, index) => [steps[index]?.name ?? '', { main: [[{ node: name, type: 'main', index: 0 }]] }]),
				),
			},
		});
		const json = (name: string): IDataObject[] => done.output(name).map((item) => item.json);

		const [created] = json('Create');
		expect(created).toMatchObject({ name: 'Shop', version: 1, tags: {}, settings: {} });
		const id = String(created?.id);
		expect(id).toMatch(/^[0-9a-f]{32}$/);
		expect(created?.creationDate).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);

		expect(
			json('Enable')
				.map(({ channelType }) => channelType)
				.sort(),
		).toEqual([...ALL_CHANNELS].sort());
		for (const channel of json('Enable')) {
			expect(channel).toMatchObject({ applicationId: id, enabled: true, configured: true, version: 1 });
			expect(channel).toMatchObject({ health: { ok: true }, lastModifiedBy: expect.stringContaining('Test') });
		}
		const apple = json('Enable').find(({ channelType }) => channelType === 'APNS');
		expect(apple).toMatchObject({ hasTokenKey: true, hasCredential: true, authMethod: 'KEY' });
		expect(json('Enable').find(({ channelType }) => channelType === 'GCM')).toMatchObject({
			hasFcmServiceCredentials: true,
			authMethod: 'TOKEN',
		});

		const sent = json('Send')[0];
		expect(sent).toMatchObject({ ApplicationId: id });
		for (const address of Object.values(devices)) {
			expect(sent).toMatchObject({ Result: { [address]: { DeliveryStatus: 'SUCCESSFUL', StatusCode: 200 } } });
		}
		const again = json('Send again')[0];
		expect(again).toMatchObject({
			Result: {
				[devices.GCM]: {
					DeliveryStatus: 'PERMANENT_FAILURE',
					StatusCode: 400,
					StatusMessage: `No channel of type GCM is enabled for the application ${id}`,
				},
				[devices.APNS]: { DeliveryStatus: 'SUCCESSFUL' },
			},
		});
		expect(simulators.fcm.arrivals.filter(({ address }) => address === devices.GCM)).toHaveLength(1);
		expect(simulators.apns.production.arrivals.filter(({ address }) => address === devices.APNS)).toHaveLength(2);

		expect(json('List')).toHaveLength(7);
		expect(json('List').find(({ channelType }) => channelType === 'GCM')).toMatchObject({
			enabled: false,
			configured: true,
			hasFcmServiceCredentials: true,
			version: 2,
		});

		expect(json('Check')).toHaveLength(7);
		for (const result of json('Check')) expect(result).toMatchObject({ ok: true, message: expect.any(String) });

		expect(json('Not confirmed')).toEqual([{ error: expect.stringMatching(/not deleted.*7 channels.*delete/s) }]);
		expect(json('Delete')).toEqual([
			{ deleted: true, id, name: 'Shop', channels: 7, suppressions: 0, idempotencyKeys: 0 },
		]);
		expect(done.run.data.resultData.error?.message).toBe('There is no application named "Shop".');

		const kept = everythingKept(done.run);
		for (const secret of secretsOf(here)) expect(kept).not.toContain(secret);
	});

	test('the audit trail has every step, without a secret', async () => {
		const { json, kept } = await here.run('manageApp', { resource: 'audit', operation: 'getMany', returnAll: true });
		const actions = json.map(({ action }) => String(action).replace('mobiletargeting:', ''));
		for (const action of [
			'CreateApp',
			'UpdateGcmChannel',
			'UpdateApnsVoipSandboxChannel',
			'SendMessages',
			'DeleteApp',
		]) {
			expect(actions).toContain(action);
		}
		expect(json.filter(({ action }) => action === 'mobiletargeting:SendMessages')).toEqual(
			[
				{ recipients: 4, successful: 3, failed: 1 },
				{ recipients: 4, successful: 4, failed: 0 },
			].map((details) => expect.objectContaining({ outcome: 'allowed', details })),
		);
		expect(json.filter(({ action }) => action === 'mobiletargeting:DeleteApp').map(({ outcome }) => outcome)).toEqual([
			'allowed',
			'failed',
		]);
		expect(json[0]).toMatchObject({ principal: { workflowName: 'Test', executionId: '1', executionMode: 'manual' } });
		for (const secret of secretsOf(here)) expect(kept).not.toContain(secret);
	});
}

describe('an application in the SQLite file of this n8n', () => {
	lifecycle(() => undefined);
});

describePostgres('an application in PostgreSQL', () => {
	const { fields, remove } = postgresStore();

	afterAll(remove);

	lifecycle(() => fields);
});

describe('the SQLite file', () => {
	let here: Home;

	beforeAll(async () => {
		here = await home();
	});

	afterAll(async () => await here.close());

	test('holds none of the secrets in the clear, nor does its write-ahead log', async () => {
		await here.run('manageApp', { resource: 'application', operation: 'create', name: 'Shop' });
		const enabled = await here.run(
			'toggleChannel',
			{ operation: 'enable', application: byName('Shop'), channels: ALL_CHANNELS },
			{ select: ALL_CREDENTIALS },
		);
		expect(enabled.json).toHaveLength(7);
		const folder = join(here.folder, '.n8n', 'storage', 'n8n-nodes-push-notifications');
		const files = await readdir(folder);
		expect(files).toEqual(expect.arrayContaining(['push.sqlite', 'push.sqlite-wal']));
		const secrets = secretsOf(here);
		expect(secrets.length).toBeGreaterThanOrEqual(5);
		for (const file of files) {
			const bytes = await readFile(join(folder, file));
			for (const secret of secrets) {
				expect(bytes.includes(secret)).toBe(false);
				expect(bytes.includes(Buffer.from(secret).toString('base64').slice(0, 24))).toBe(false);
			}
		}
		// The search itself works: names are stored in the clear.
		const all = await Promise.all(files.map(async (file) => await readFile(join(folder, file))));
		expect(all.some((bytes) => bytes.includes('Shop'))).toBe(true);
	});
});
