import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { systemClock, systemRandom, type ChannelCredential, type CredentialReport } from '../../../push/model';
import { apnsProvider } from '../../../push/providers/apns/provider';
import { createTransports, type TransportFactory } from '../../../push/transport';
import { startSimulators, type Simulators } from '../../simulators';
import { expectNoSecret, pushErrorOf } from './no-secrets';
import { keyCredential } from './key-identity';
import { pushCertificate, rsaKeyPem, type CertificateOrder } from './push-certificates';
import { answered, ScriptedTransports, type Responder } from './scripted-transport';
import { DAY, TurnedClock } from './turned-clock';

let simulators: Simulators;
let transports: TransportFactory;

beforeAll(async () => {
	simulators = await startSimulators();
	transports = createTransports({ clock: systemClock, random: systemRandom, env: {} });
});
beforeEach(() => simulators.reset());
afterAll(async () => {
	await transports.close(0);
	await simulators.close();
});

/** Checks, and makes sure that no secret is told and that nothing but impossible devices was addressed. */
async function check(credential: ChannelCredential): Promise<CredentialReport> {
	const report = await apnsProvider.check(credential, { clock: systemClock, random: systemRandom, transports });
	const { apnsKey, apnsCertificate } = simulators.credentials;
	expectNoSecret(report, apnsKey.privateKey, apnsCertificate.privateKey ?? '');
	expect(JSON.stringify(report)).not.toMatch(/bearer|eyJ/);
	for (const { address, body } of [...simulators.apns.production.arrivals, ...simulators.apns.sandbox.arrivals]) {
		expect(address).toBe('0'.repeat(64));
		expect(body).not.toMatch(/alert|sound|badge/);
	}
	return report;
}

const ALL = ['APNS', 'APNS_VOIP', 'APNS_SANDBOX', 'APNS_VOIP_SANDBOX'];

describe('checking an APNs key', () => {
	it('a good one works in both environments, and both were asked', async () => {
		const { apnsKey } = simulators.credentials;
		expect(await check(apnsKey)).toEqual({
			ok: true,
			message: `APNs accepts the key ${apnsKey.keyId} for com.example.app in production and sandbox.`,
			channels: ALL,
			warnings: [],
		});
		for (const environment of ['production', 'sandbox'] as const) {
			expect(simulators.apns[environment].arrivals).toMatchObject([
				{ reason: 'BadDeviceToken', headers: { 'apns-push-type': 'background' } },
			]);
		}
	});

	it('one of the sandbox alone is told as such', async () => {
		const report = await check(simulators.credentials.apnsSandboxKey);
		expect(report).toMatchObject({ ok: true, channels: ['APNS_SANDBOX', 'APNS_VOIP_SANDBOX'] });
		expect(report.message).toMatch(
			/it works for sandbox only\. For production create another one .* \(BadEnvironmentKeyIdInToken\)/,
		);
	});

	it('a wrong team is refused with what to compare', async () => {
		const report = await check({ ...simulators.credentials.apnsKey, teamId: 'WRONGTEAM1' });
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(
			/\(InvalidProviderToken\)\. Check key id, team id .*The other environment answers the same\.$/,
		);
	});

	it('a key that is not the one of the key id is refused', async () => {
		const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
		const privateKey = stranger.export({ type: 'pkcs8', format: 'pem' }).toString();
		const report = await check({ ...simulators.credentials.apnsKey, privateKey });
		expect(report).toMatchObject({ ok: false, message: expect.stringMatching(/InvalidProviderToken/) });
		expectNoSecret(report, privateKey);
	});

	it('a wrong bundle id is refused by name', async () => {
		const report = await check({ ...simulators.credentials.apnsKey, bundleId: 'com.example.wrong' });
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(/send to the topic com\.example\.wrong \(TopicDisallowed\)\. Check the bundle id/);
	});

	it('one gateway for both environments is asked once', async () => {
		const { apnsKey } = simulators.credentials;
		const connection = { endpoint: simulators.apns.production.origin, ca: simulators.ca };
		const report = await check({ ...apnsKey, connection });
		expect(report).toMatchObject({
			ok: true,
			channels: ALL,
			message: expect.stringMatching(/in production and sandbox\.$/),
		});
		expect(simulators.apns.production.arrivals).toHaveLength(1);
	});

	it('a host that nobody listens on is unreachable, not a bad key', async () => {
		const connection = { endpoint: 'https://127.0.0.1:1', ca: simulators.ca };
		const report = await check({ ...simulators.credentials.apnsKey, connection });
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(/^No connection to APNs at 127\.0\.0\.1:1\b/);
	});

	it('a server with an unknown CA is not trusted, and the way out is named', async () => {
		const { apnsKey } = simulators.credentials;
		const connection = { endpoint: simulators.apns.production.origin };
		const report = await check({ ...apnsKey, connection });
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(/CA certificate/);
		expect(simulators.apns.production.arrivals).toHaveLength(0);
	});

	it('an endpoint that may not be reached is a refusal in words', async () => {
		const connection = { endpoint: 'https://169.254.169.254' };
		expect(await check({ ...simulators.credentials.apnsKey, connection })).toMatchObject({
			ok: false,
			message: expect.stringMatching(/metadata|link-local/),
		});
	});

	it('what cannot be a key is not even asked about', async () => {
		const error = await pushErrorOf(async () => await check({ ...simulators.credentials.apnsKey, privateKey: 'x' }));
		expect(error.code).toBe('InvalidCredential');
		expect(simulators.apns.production.arrivals).toHaveLength(0);
	});
});

describe('checking an APNs certificate', () => {
	it.each(['apnsCertificate', 'apnsLegacyPkcs12', 'apnsModernPkcs12'] as const)(
		'%s works, with its topics and end',
		async (name) => {
			const report = await check(simulators.credentials[name]);
			expect(report).toMatchObject({
				ok: true,
				channels: ALL,
				topics: ['com.example.app', 'com.example.app.voip', 'com.example.app.complication'],
				warnings: [],
				message:
					'APNs accepts the certificate "Apple Push Services: com.example.app" for com.example.app in production and sandbox.',
			});
			expect(report.expiresAt).toBeGreaterThan(Date.now() + 300 * DAY);
		},
	);

	it('one of an authority the service does not know is refused by TLS, and said so', async () => {
		const wish = { strangeAuthority: true, validTo: Date.now() + 10.5 * DAY };
		const report = await check(simulators.issueApnsCertificate(wish));
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(/refused the client certificate/);
		expect(report.warnings).toEqual([expect.stringMatching(/expires in 10 days/)]);
	});

	it('a key that does not belong to it is found before anybody is asked', async () => {
		const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
			.privateKey.export({ type: 'pkcs8', format: 'pem' })
			.toString();
		expect(createPrivateKey(privateKey).asymmetricKeyType).toBe('rsa');
		const error = await pushErrorOf(async () => await check({ ...simulators.credentials.apnsCertificate, privateKey }));
		expect(error.message).toMatch(/does not belong/);
		expectNoSecret(error, privateKey);
	});
});

describe('verdicts of a check', () => {
	const SANDBOX = 'https://api.sandbox.push.apple.com';
	const scripted = async (respond: Responder, credential: ChannelCredential = keyCredential()) => {
		const service = new ScriptedTransports(respond);
		const report = await apnsProvider.check(credential, {
			clock: new TurnedClock(),
			random: systemRandom,
			transports: service,
		});
		return { report, pools: [...service.pools.values()] };
	};

	it.each([
		['BadDeviceToken', 400],
		['DeviceTokenNotForTopic', 400],
		['Unregistered', 410],
		['PayloadEmpty', 400],
		['TooManyRequests', 429],
	])('%s comes after the credential was accepted', async (reason, status) => {
		const { report } = await scripted(() => answered(status, reason));
		expect(report).toMatchObject({ ok: true, channels: ALL, warnings: [] });
	});

	it.each([
		['TopicDisallowed', 400],
		['BadTopic', 400],
		['Forbidden', 403],
		['BadEnvironmentKeyInToken', 403],
		['NewIn2027', 403],
	])('%s is a refusal', async (reason, status) => {
		const { report } = await scripted(() => answered(status, reason));
		expect(report).toMatchObject({ ok: false, channels: [], message: expect.stringContaining(reason) });
	});

	it('trouble in one environment leaves the other its verdict', async () => {
		const { report } = await scripted((origin) =>
			origin === SANDBOX ? answered(400, 'BadDeviceToken') : answered(503, 'ServiceUnavailable'),
		);
		expect(report).toMatchObject({ ok: true, channels: ['APNS_SANDBOX', 'APNS_VOIP_SANDBOX'] });
		expect(report.message).toMatch(
			/it works for sandbox\. Whether it works for production is not known: .*\(ServiceUnavailable\)/,
		);
	});

	it('a new connection is tried once when the old one does not fit the key', async () => {
		let asked = 0;
		const { report, pools } = await scripted((origin) => {
			const unfit = origin !== SANDBOX && ++asked === 1;
			return unfit ? answered(403, 'UnrelatedKeyIdInToken') : answered(400, 'BadDeviceToken');
		});
		expect(report).toMatchObject({ ok: true, channels: ALL });
		expect(pools[0]?.renewals).toEqual(['UnrelatedKeyIdInToken', 'Check finished']);
	});

	it('a service that accepts a device that cannot exist is pointed out', async () => {
		const { report } = await scripted(() => answered(200));
		expect(report).toMatchObject({ ok: true, channels: ALL });
		expect(report.warnings).toEqual([
			expect.stringMatching(/^api\.push\.apple\.com .* not APNs itself/),
			expect.stringMatching(/^api\.sandbox/),
		]);
	});

	const certificate = (order: Omit<CertificateOrder, 'keyPem'>): ChannelCredential => ({
		type: 'apnsCertificate',
		certificate: pushCertificate({ keyPem: rsaKeyPem(), ...order }) + rsaKeyPem(),
	});

	it('a certificate of the sandbox is asked for there alone', async () => {
		const { report, pools } = await scripted(
			() => answered(400, 'BadDeviceToken'),
			certificate({ name: 'Apple Development IOS Push Services: com.example.app', marks: [1], topics: [] }),
		);
		expect(pools.map(({ target }) => target.origin)).toEqual([SANDBOX]);
		expect(report).toMatchObject({ ok: true, channels: ['APNS_SANDBOX'], topics: ['com.example.app'] });
	});

	it.each([
		[
			{ name: 'VoIP Services: com.example.app', uid: 'com.example.app.voip', marks: [2, 4], topics: [] },
			'voip',
			'com.example.app.voip',
			['APNS_VOIP'],
		],
		[
			{ name: 'Website Push ID: web.com.example', uid: 'web.com.example', marks: [], topics: [] },
			'alert',
			'web.com.example',
			['APNS'],
		],
		[
			{ name: 'APSP:1', uid: 'com.apple.mgmt.External.1', marks: [2], topics: [] },
			'mdm',
			'com.apple.mgmt.External.1',
			['APNS'],
		],
		[{}, 'background', 'com.example.app', ALL],
	])('a certificate %j is asked about with push type %s and topic %s', async (order, pushType, topic, channels) => {
		const { report, pools } = await scripted(() => answered(400, 'BadDeviceToken'), certificate(order));
		expect(pools[0]?.sent[0]?.request.headers).toMatchObject({
			'apns-push-type': pushType,
			'apns-topic': topic,
			'apns-expiration': '0',
		});
		expect(report.channels).toEqual(channels);
	});
});
