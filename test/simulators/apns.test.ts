import { createPrivateKey, sign } from 'node:crypto';
import type { ClientHttp2Session } from 'node:http2';
import { APNS_REASONS } from './apns/reasons';
import { connectHttp2, post, providerToken, type Reply } from './clients';
import { startSimulators, type Simulators } from './index';

const MINUTE = 60_000;

let simulators: Simulators;
let now = Date.now();
let standardToken = '';
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
	simulators = await startSimulators({ now: () => now });
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(async () => {
	now = Date.now();
	standardToken = await providerToken(simulators.credentials.apnsKey);
	simulators.reset();
});

afterEach(() => {
	for (const session of sessions.splice(0)) session.destroy();
});

async function connected(
	environment: 'production' | 'sandbox' = 'production',
	pair: { cert?: string; key?: string } = {},
) {
	const session = await connectHttp2(simulators.apns[environment].origin, { ca: simulators.ca, ...pair });
	sessions.push(session);
	return session;
}

interface Push {
	session: ClientHttp2Session;
	token?: string;
	path?: string;
	headers?: Record<string, string | string[] | undefined>;
	body?: string;
}

async function push({ session, token, path, headers = {}, body = '{"aps":{"alert":"hello"}}' }: Push): Promise<Reply> {
	const authorization = headers.authorization ?? `bearer ${standardToken}`;
	const all = { authorization, 'apns-topic': 'com.example.app', 'apns-push-type': 'alert', ...headers };
	const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
	return await post(session, path ?? `/3/device/${token ?? simulators.apns.production.goodAddress()}`, given, body);
}

const reasonOf = (reply: Reply): string => `${reply.status} ${reply.body === '' ? '' : JSON.parse(reply.body).reason}`;

describe('a request in good order', () => {
	it('is answered 200 with the apns-id it brought and no body', async () => {
		const id = '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0';
		const reply = await push({ session: await connected(), headers: { 'apns-id': id } });
		expect(reply).toMatchObject({ status: 200, body: '', headers: { 'apns-id': id } });
		expect(reply.headers['apns-unique-id']).toBeUndefined();
	});

	it('gets an apns-id when it brought none', async () => {
		const reply = await push({ session: await connected() });
		expect(reply.headers['apns-id']).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
	});

	it('gets an apns-unique-id in the sandbox', async () => {
		const reply = await push({ session: await connected('sandbox'), token: simulators.apns.sandbox.goodAddress() });
		expect(reply.status).toBe(200);
		expect(reply.headers['apns-unique-id']).toBeDefined();
	});

	it('is kept as an arrival with its headers, body, address and answer', async () => {
		const address = simulators.apns.production.goodAddress(7);
		await push({ session: await connected(), token: address, headers: { 'apns-priority': '5' } });
		const arrivals = simulators.apns.production.arrivals;
		expect(arrivals).toHaveLength(1);
		expect(arrivals[0]).toMatchObject({
			path: `/3/device/${address}`,
			address,
			status: 200,
			body: '{"aps":{"alert":"hello"}}',
			headers: { ':method': 'POST', 'apns-priority': '5', 'apns-topic': 'com.example.app' },
		});
	});

	it.each([
		['alert', '', {}, '{"aps":{"alert":"x"}}'],
		['background', '', { 'apns-priority': '5' }, '{"aps":{"content-available":1}}'],
		['voip', '.voip', {}, '{"aps":{}}'],
		['complication', '.complication', {}, '{"aps":{}}'],
		['fileprovider', '.pushkit.fileprovider', {}, '{"container-identifier":"c","domain":"d"}'],
		['location', '.location-query', {}, '{}'],
		['liveactivity', '.push-type.liveactivity', {}, '{"aps":{"event":"update"}}'],
		['pushtotalk', '.voip-ptt', {}, '{"aps":{}}'],
		['widgets', '.push-type.widgets', {}, '{"aps":{"content-changed":true}}'],
		['controls', '.push-type.controls', {}, '{"aps":{"content-changed":true}}'],
	])('of type %s needs the topic suffix "%s"', async (type, suffix, extra, body) => {
		const session = await connected();
		const headers = { 'apns-push-type': type, 'apns-topic': `com.example.app${suffix}`, ...extra };
		expect(reasonOf(await push({ session, headers, body }))).toBe('200 ');
		const wrong = suffix === '' ? 'com.example.app.voip' : 'com.example.app';
		expect(reasonOf(await push({ session, headers: { ...headers, 'apns-topic': wrong }, body }))).toBe(
			'400 DeviceTokenNotForTopic',
		);
	});
});

describe('a request that breaks a rule', () => {
	const long = (bytes: number): string => JSON.stringify({ aps: { alert: 'x'.repeat(bytes - 20) } });
	const voip = { 'apns-push-type': 'voip', 'apns-topic': 'com.example.app.voip' };

	it.each<[string, string, Partial<Push>]>([
		['an unknown path', '404 BadPath', { path: '/3/devices/00' }],
		['a path with more behind the token', '404 BadPath', { path: `/3/device/${'a1'.repeat(32)}/x` }],
		['no token', '400 MissingDeviceToken', { path: '/3/device/' }],
		['a token that is not hex', '400 BadDeviceToken', { token: 'xyz' }],
		['a token of 31 bytes', '400 BadDeviceToken', { token: 'a1b2'.repeat(15) + 'c3' }],
		['a token of one byte over and over', '400 BadDeviceToken', { token: '0'.repeat(64) }],
		['an apns-id that is no UUID', '400 BadMessageId', { headers: { 'apns-id': '1' } }],
		['an unknown push type', '400 InvalidPushType', { headers: { 'apns-push-type': 'banner' } }],
		['no push type', '400 InvalidPushType', { headers: { 'apns-push-type': undefined } }],
		['an expiration that is no number', '400 BadExpirationDate', { headers: { 'apns-expiration': 'soon' } }],
		['a priority of 7', '400 BadPriority', { headers: { 'apns-priority': '7' } }],
		[
			'priority 10 with background',
			'400 BadPriority',
			{ headers: { 'apns-push-type': 'background', 'apns-priority': '10' } },
		],
		['a collapse id of 65 bytes', '400 BadCollapseId', { headers: { 'apns-collapse-id': 'c'.repeat(65) } }],
		['no topic', '400 MissingTopic', { headers: { 'apns-topic': undefined } }],
		['a malformed topic', '400 BadTopic', { headers: { 'apns-topic': 'com/example' } }],
		['the topic of another app', '400 TopicDisallowed', { headers: { 'apns-topic': 'com.example.apple' } }],
		['an empty body', '400 PayloadEmpty', { body: '' }],
		['a body that is no JSON object', '400 PayloadEmpty', { body: '[1]' }],
		['an alert without aps', '400 PayloadEmpty', { body: '{"a":1}' }],
		['4097 bytes', '413 PayloadTooLarge', { body: long(4097) }],
		['5121 bytes for voip', '413 PayloadTooLarge', { body: long(5121), headers: voip }],
		['a doubled header', '400 DuplicateHeaders', { headers: { 'apns-priority': ['5', '10'] } }],
		['no provider token', '403 MissingProviderToken', { headers: { authorization: 'basic abc' } }],
		['garbage for a provider token', '403 InvalidProviderToken', { headers: { authorization: 'bearer abc' } }],
	])('%s is answered %s', async (_what, expected, changes) => {
		expect(reasonOf(await push({ session: await connected(), ...changes }))).toBe(expected);
	});

	it('takes exactly 4096 bytes, and 5120 for voip', async () => {
		const session = await connected();
		expect((await push({ session, body: long(4096) })).status).toBe(200);
		expect((await push({ session, body: long(5120), headers: voip })).status).toBe(200);
	});

	it('is refused with MethodNotAllowed when it is no POST', async () => {
		const reply = await push({ session: await connected(), headers: { ':method': 'PUT' } });
		expect(reasonOf(reply)).toBe('405 MethodNotAllowed');
	});

	it('is refused with BadDeviceToken when the token is of the other environment', async () => {
		const token = simulators.apns.sandbox.goodAddress();
		expect(reasonOf(await push({ session: await connected('production'), token }))).toBe('400 BadDeviceToken');
	});
});

describe('provider tokens', () => {
	const bearer = async (...parameters: Parameters<typeof providerToken>) => ({
		authorization: `bearer ${await providerToken(...parameters)}`,
	});

	it('older than an hour are expired', async () => {
		const issuedAt = Math.floor(now / 1000) - 3601;
		const headers = await bearer(simulators.credentials.apnsKey, { issuedAt });
		expect(reasonOf(await push({ session: await connected(), headers }))).toBe('403 ExpiredProviderToken');
	});

	it('from the future are invalid', async () => {
		const headers = await bearer(simulators.credentials.apnsKey, { issuedAt: Math.floor(now / 1000) + 30 });
		expect(reasonOf(await push({ session: await connected(), headers }))).toBe('403 InvalidProviderToken');
	});

	it.each([
		['an unknown key id', { kid: 'NOSUCHKEY0' }],
		['a wrong team', { team: 'WRONGTEAM0' }],
	])('with %s are invalid', async (_what, changes) => {
		const headers = await bearer(simulators.credentials.apnsKey, changes);
		expect(reasonOf(await push({ session: await connected(), headers }))).toBe('403 InvalidProviderToken');
	});

	it('signed by another key are invalid', async () => {
		const { apnsKey, apnsSandboxKey } = simulators.credentials;
		const headers = await bearer({ ...apnsKey, privateKey: apnsSandboxKey.privateKey });
		expect(reasonOf(await push({ session: await connected(), headers }))).toBe('403 InvalidProviderToken');
	});

	it('with a DER signature are invalid', async () => {
		const { apnsKey } = simulators.credentials;
		const [head, claims] = (await providerToken(apnsKey)).split('.');
		const der = sign('sha256', Buffer.from(`${head}.${claims}`), createPrivateKey(apnsKey.privateKey));
		const headers = { authorization: `bearer ${head}.${claims}.${der.toString('base64url')}` };
		expect(reasonOf(await push({ session: await connected(), headers }))).toBe('403 InvalidProviderToken');
	});

	it('of a key for the sandbox only work there and not in production', async () => {
		const headers = await bearer(simulators.credentials.apnsSandboxKey);
		expect(reasonOf(await push({ session: await connected('production'), headers }))).toBe(
			'403 BadEnvironmentKeyIdInToken',
		);
		const token = simulators.apns.sandbox.goodAddress();
		expect((await push({ session: await connected('sandbox'), token, headers })).status).toBe(200);
	});

	it('changed within 20 minutes on one connection are too many updates, later they are not', async () => {
		const session = await connected();
		const seconds = Math.floor(now / 1000);
		const first = await bearer(simulators.credentials.apnsKey, { issuedAt: seconds - 10 });
		const second = await bearer(simulators.credentials.apnsKey, { issuedAt: seconds - 9 });
		expect((await push({ session, headers: first })).status).toBe(200);
		expect(reasonOf(await push({ session, headers: second }))).toBe('429 TooManyProviderTokenUpdates');
		expect((await push({ session, headers: first })).status).toBe(200);
		now += 20 * MINUTE;
		expect((await push({ session, headers: second })).status).toBe(200);
		expect(simulators.apns.production.providerTokens).toBe(2);
	});

	it('of two teams do not mix on one connection', async () => {
		const session = await connected();
		await push({ session });
		const headers = await bearer(simulators.credentials.apnsOtherTeamKey);
		expect(reasonOf(await push({ session, headers }))).toBe('403 InvalidProviderToken');
		const alone = { ...headers, 'apns-topic': 'com.example.other' };
		expect((await push({ session: await connected(), headers: alone })).status).toBe(200);
	});

	it('of an unrelated key are refused on a connection bound to another', async () => {
		const session = await connected();
		await push({ session });
		const headers = await bearer(simulators.credentials.apnsProductionKey);
		expect(reasonOf(await push({ session, headers }))).toBe('403 UnrelatedKeyIdInToken');
	});
});

describe('client certificates', () => {
	const pair = ({ certificate, privateKey } = simulators.credentials.apnsCertificate) => ({
		cert: certificate,
		key: privateKey,
	});

	it('take the place of the provider token, which is not even looked at', async () => {
		const session = await connected('production', pair());
		expect((await push({ session, headers: { authorization: undefined } })).status).toBe(200);
		expect((await push({ session, headers: { authorization: 'bearer nonsense' } })).status).toBe(200);
	});

	it('speak only for the topics listed in them', async () => {
		const session = await connected('production', pair());
		const voip = { 'apns-push-type': 'voip', 'apns-topic': 'com.example.app.voip' };
		expect((await push({ session, headers: voip })).status).toBe(200);
		const location = { 'apns-push-type': 'location', 'apns-topic': 'com.example.app.location-query' };
		expect(reasonOf(await push({ session, headers: location }))).toBe('400 TopicDisallowed');
	});

	it('of one environment are refused by the other', async () => {
		const sandboxOnly = pair(simulators.issueApnsCertificate({ environments: ['sandbox'] }));
		expect(reasonOf(await push({ session: await connected('production', sandboxOnly) }))).toBe(
			'403 BadCertificateEnvironment',
		);
	});

	it('may leave the topic out when they have only one', async () => {
		const topics = [{ topic: 'com.example.app', kind: 'app' as const }];
		const session = await connected('production', pair(simulators.issueApnsCertificate({ topics })));
		expect((await push({ session, headers: { 'apns-topic': undefined } })).status).toBe(200);
		const many = await connected('production', pair());
		expect(reasonOf(await push({ session: many, headers: { 'apns-topic': undefined } }))).toBe('400 MissingTopic');
	});

	it.each([
		['expired', { validTo: Date.now() - 1000 }],
		['signed by a strange CA', { strangeAuthority: true }],
	])('%s end the connection', async (_what, wish) => {
		await expect(connected('production', pair(simulators.issueApnsCertificate(wish)))).rejects.toThrow();
	});
});

describe('failures on demand', () => {
	it.each(Object.entries(APNS_REASONS))(
		'%s is answered with status %i for its magic address',
		async (reason, status) => {
			const reply = await push({ session: await connected(), token: simulators.apns.production.addressFor(reason, 3) });
			expect(reasonOf(reply)).toBe(`${status} ${reason}`);
			const { timestamp } = JSON.parse(reply.body);
			if (status === 410) expect(timestamp).toBeLessThan(now);
			else expect(timestamp).toBeUndefined();
		},
	);

	it('refuses words that are in no table', () => {
		expect(() => simulators.apns.production.addressFor('Nonsense')).toThrow('Nonsense');
		expect(() => simulators.apns.production.fail({ reason: 'Nonsense' })).toThrow('Nonsense');
	});

	it('hit the address and the number of requests they were ordered for', async () => {
		const session = await connected();
		const [one, two] = [simulators.apns.production.goodAddress(1), simulators.apns.production.goodAddress(2)];
		simulators.apns.production.fail({ address: one, reason: 'Unregistered', times: 1 });
		expect((await push({ session, token: two })).status).toBe(200);
		expect((await push({ session, token: one })).status).toBe(410);
		expect((await push({ session, token: one })).status).toBe(200);
	});

	it('can be literal answers with headers', async () => {
		const failure = { status: 418, headers: { 'retry-after': '7' }, body: '{"reason":"Teapot"}' };
		simulators.apns.production.fail(failure);
		const reply = await push({ session: await connected() });
		expect(reply).toMatchObject({ status: 418, body: '{"reason":"Teapot"}' });
		expect(reply.headers['retry-after']).toBe('7');
	});

	it('never cover up a request that breaks a rule', async () => {
		simulators.apns.production.fail({ reason: 'ServiceUnavailable' });
		expect(reasonOf(await push({ session: await connected(), body: '' }))).toBe('400 PayloadEmpty');
	});
});
