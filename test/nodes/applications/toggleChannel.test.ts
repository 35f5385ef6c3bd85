import type { INodeParameters } from 'n8n-workflow';
import {
	ALL_CHANNELS,
	ALL_CREDENTIALS,
	byName,
	type Home,
	home,
	type NodeSettings,
	random,
	strangerHost,
} from './harness';

describe('Toggle Channel', () => {
	let here: Home;
	let application: ReturnType<typeof byName>;

	beforeAll(async () => {
		here = await home();
	});

	let made = 0;

	beforeEach(async () => {
		here.around.simulators.reset();
		const name = `App ${++made}`;
		await here.run('manageApp', { resource: 'application', operation: 'create', name });
		application = byName(name);
	});

	afterAll(async () => await here.close());

	const toggle = async (parameters: INodeParameters, settings?: NodeSettings) =>
		await here.run('toggleChannel', { application, ...parameters }, settings);

	test('one key serves production and sandbox together', async () => {
		const { json } = await toggle(
			{ operation: 'enable', channels: ['APNS'], bothEnvironments: true },
			{ select: ['apnsKeyApi'] },
		);
		expect(json.map(({ channelType }) => channelType)).toEqual(['APNS', 'APNS_SANDBOX']);
		expect(json[0]?.fingerprint).toBe(json[1]?.fingerprint);
	});

	test('what is not given stays stored, the version grows, and switching off keeps the credential', async () => {
		await toggle({ operation: 'enable', channels: ['ADM'] }, { select: ['amazonDeviceMessagingApi'] });
		expect((await toggle({ operation: 'disable', channels: ['ADM'] })).json).toMatchObject([
			{ enabled: false, hasCredential: true, version: 2 },
		]);
		expect((await toggle({ operation: 'enable', channels: ['ADM'] })).json).toMatchObject([
			{ enabled: true, hasCredential: true, version: 3, health: { ok: true } },
		]);
	});

	test('a channel that was never enabled needs a credential, in words', async () => {
		const { error } = await toggle({ operation: 'enable', channels: ['BAIDU'] });
		expect(error).toMatchObject({ message: expect.stringContaining('Missing credentials') });
		const get = await toggle({ operation: 'get', channels: ['BAIDU'] });
		expect(get.error).toMatchObject({ description: expect.stringContaining('Run Enable') });
		expect((await toggle({ operation: 'enable', channels: [] })).error?.message).toBe('No channel is chosen.');
	});

	test('stores nothing the provider refuses, unless told not to ask', async () => {
		const wrong = { ...here.around.credentials.amazonDeviceMessagingApi, clientSecret: 'wrong' };
		const settings = { select: ['amazonDeviceMessagingApi'], credentials: { amazonDeviceMessagingApi: wrong } };
		const refused = await toggle({ operation: 'enable', channels: ['ADM'] }, settings);
		expect(refused.error).toMatchObject({
			message: expect.stringContaining('ADM was not enabled'),
			description: expect.stringContaining('Verify With Provider'),
		});
		expect((await toggle({ operation: 'get', channels: ['ADM'] })).error).toBeDefined();
		const stored = await toggle({ operation: 'enable', channels: ['ADM'], options: { verify: false } }, settings);
		expect(stored.json).toMatchObject([{ enabled: true, version: 1 }]);
		const { json } = await toggle({ operation: 'check', channels: ['ADM'] });
		expect(json).toMatchObject([{ ok: false, message: expect.any(String) }]);
	});

	test.each([
		['apnsKeyApi', 'APNS', 'privateKey'],
		['fcmServiceAccountApi', 'GCM', 'serviceAccountJson'],
		['baiduPushApi', 'BAIDU', 'secretKey'],
		['amazonDeviceMessagingApi', 'ADM', 'clientSecret'],
	])('%s: another endpoint without the secret is refused, and nobody is asked', async (type, channel, secret) => {
		await toggle({ operation: 'enable', channels: [channel] }, { select: [type] });
		const { simulators } = here.around;
		simulators.reset();
		const stranger = await strangerHost();
		const swapped = { ...here.around.credentials[type], [secret]: '', advanced: true, endpoint: stranger.origin };
		for (const verify of [true, false]) {
			const { error } = await toggle(
				{ operation: 'enable', channels: [channel], options: { verify } },
				{ select: [type], credentials: { [type]: swapped } },
			);
			expect(error?.message).toContain('cannot be changed without giving the secret again');
		}
		expect(stranger.connections()).toBe(0);
		const arrivals = [
			simulators.apns.production,
			simulators.apns.sandbox,
			simulators.fcm,
			simulators.baidu,
			simulators.adm,
		];
		expect(arrivals.flatMap((simulator) => simulator.arrivals)).toEqual([]);
		expect((await toggle({ operation: 'get', channels: [channel] })).json).toMatchObject([{ version: 1 }]);
		await stranger.close();
	});

	test('Check says days to expiry, and when the credential attached is not the stored one', async () => {
		await toggle(
			{ operation: 'enable', channels: ['APNS'], options: { defaultMethod: 'CERTIFICATE' } },
			{ select: ['apnsCertificateApi'] },
		);
		const same = await toggle({ operation: 'check', channels: ['APNS'] }, { select: ['apnsCertificateApi'] });
		expect(same.json).toMatchObject([
			{ ok: true, differs: false, authMethod: 'CERTIFICATE', expiresAt: expect.stringMatching(/Z$/) },
		]);
		expect(same.json[0]?.daysToExpiry).toBeGreaterThan(0);
		expect(same.json[0]?.topics).toEqual(expect.arrayContaining([expect.any(String)]));
		const other = await toggle({ operation: 'check', channels: ['APNS'] }, { select: ['apnsKeyApi'] });
		expect(other.json).toMatchObject([{ ok: true, differs: true, message: expect.stringContaining('run Enable') }]);
	});

	test('a key and a certificate may both be stored; the default method alone is used', async () => {
		const enable = { operation: 'enable', channels: ['APNS'], options: { defaultMethod: 'CERTIFICATE' } };
		const { json } = await toggle(enable, { select: ['apnsKeyApi', 'apnsCertificateApi'] });
		expect(json).toMatchObject([{ hasTokenKey: true, hasCredential: true, authMethod: 'CERTIFICATE' }]);
		const device = here.around.simulators.apns.production.goodAddress();
		await here.run('sendPush', { application, channel: 'APNS', title: 'T' }, { items: [{ device }] });
		expect(here.around.simulators.apns.production.arrivals.at(-1)?.headers.authorization).toBeUndefined();
	});

	test('a legacy server key is stored as in AWS’s console, and a send says why it cannot work', async () => {
		const legacyServerKey = `AAAA${random().slice(0, 7)}:${random()}${random()}${random()}${random()}${random()}`;
		const enabled = await toggle({ operation: 'enable', channels: ['GCM'], options: { legacyServerKey } });
		expect(enabled.json).toMatchObject([{ enabled: true, hasCredential: true, authMethod: 'KEY' }]);
		expect(enabled.json[0]).toMatchObject({ hasFcmServiceCredentials: false });
		const { failed } = await here.run(
			'sendPush',
			{ application, channel: 'GCM', title: 'T' },
			{ items: [{ device: 'd' }] },
		);
		expect(failed).toMatchObject([{ statusCode: 400, statusMessage: expect.stringContaining('legacy') }]);
		expect(here.around.simulators.fcm.arrivals).toEqual([]);
	});

	test('Delete destroys the credential: the flags say so, and a send gives AWS’s sentence', async () => {
		await toggle({ operation: 'enable', channels: ['BAIDU'] }, { select: ['baiduPushApi'] });
		const { json } = await toggle({ operation: 'delete', channels: ['BAIDU'] });
		expect(json).toMatchObject([
			{ deleted: true, archived: true, enabled: false, hasCredential: false, configured: false },
		]);
		expect((await toggle({ operation: 'enable', channels: ['BAIDU'] })).error?.message).toContain(
			'Missing credentials',
		);
		const { failed } = await here.run(
			'sendPush',
			{ application, channel: 'BAIDU', title: 'T' },
			{ items: [{ device: here.around.simulators.baidu.goodAddress() }] },
		);
		expect(failed).toMatchObject([
			{
				statusCode: 400,
				statusMessage: expect.stringMatching(/^No channel of type BAIDU is enabled for the application /),
			},
		]);
	});

	test('Get Many lists all seven; Check without channels takes the configured ones; words such as FCM work', async () => {
		const { json } = await toggle({ operation: 'getMany' });
		expect(json.map(({ channelType, configured }) => [channelType, configured])).toEqual(
			ALL_CHANNELS.map((channel) => [channel, false]),
		);
		await toggle({ operation: 'enable', channels: '={{ ["fcm"] }}' }, { select: ALL_CREDENTIALS });
		const checked = await toggle({ operation: 'check', channels: [] });
		expect(checked.json.map(({ channelType }) => channelType)).toEqual(['GCM']);
		expect((await toggle({ operation: 'get', channels: '={{ ["SMS"] }}' })).error?.message).toContain(
			'not a push channel',
		);
	});

	test('with Continue on Fail a mistake is an item, and the other items go on', async () => {
		const { json } = await here.run(
			'toggleChannel',
			{ operation: 'getMany', application: { __rl: true, mode: 'name', value: '={{ $json.name }}' } },
			{ items: [{ name: 'No such' }, { name: application.value }], node: { onError: 'continueRegularOutput' } },
		);
		expect(json).toHaveLength(8);
		expect(json[0]).toEqual({ error: expect.stringContaining('There is no application named "No such"') });
	});
});
