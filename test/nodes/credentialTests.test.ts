import { apnsCertificateData, apnsKeyData } from '../../scripts/simulatorCredentials';
import { testCredential } from '../n8n/engine';
import { type Surroundings, surroundings } from './setup';

describe('the Test buttons of the credentials', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	async function press(type: string, change: Record<string, unknown> = {}) {
		const data = Object.fromEntries(
			Object.entries({ ...around.credentials[type], ...change }).map(([key, value]) => [key, String(value)]),
		);
		return await testCredential(around.loader, type, { ...data, advanced: true });
	}

	it.each([
		['apnsKeyApi', 'production and sandbox'],
		['apnsCertificateApi', 'production and sandbox'],
		['fcmServiceAccountApi', 'push-simulator'],
		['baiduPushApi', 'Baidu'],
		['amazonDeviceMessagingApi', 'Amazon'],
	])('%s: the provider accepts it', async (type, words) => {
		const report = await press(type);
		expect(report.message).toContain(words);
		expect(report.status).toBe('OK');
	});

	it('an Apple key of the sandbox only: works, and says for what', async () => {
		const { status, message } = await press('apnsKeyApi', apnsKeyData(around.simulators.credentials.apnsSandboxKey));
		expect(status).toBe('OK');
		expect(message).toMatch(/sandbox/);
		expect(message).toMatch(/only|not/);
	});

	it.each([
		['apnsKeyApi', { keyId: 'WRONG00000' }],
		['apnsKeyApi', { privateKey: 'no key at all' }],
		['apnsCertificateApi', { password: 'wrong' }],
		['fcmServiceAccountApi', { serviceAccountJson: '{}' }],
		['baiduPushApi', { secretKey: 'wrong' }],
		['amazonDeviceMessagingApi', { clientSecret: 'wrong' }],
	])('%s with %p: a sentence that says what is wrong', async (type, change) => {
		const { status, message } = await press(type, change);
		expect(status).toBe('Error');
		expect(message).toMatch(/^[A-Z].*\.$/s);
		expect(message).not.toContain('unexpected happened');
	});

	it('opens a legacy .p12 of Keychain and a PEM pair', async () => {
		const { apnsLegacyPkcs12, apnsCertificate } = around.simulators.credentials;
		for (const credential of [apnsLegacyPkcs12, apnsCertificate]) {
			const { status } = await press('apnsCertificateApi', apnsCertificateData(credential));
			expect(status).toBe('OK');
		}
	});

	it('warns of a certificate that expires soon', async () => {
		const soon = around.simulators.issueApnsCertificate({ validTo: Date.now() + 10 * 86_400_000 });
		const { status, message } = await press('apnsCertificateApi', apnsCertificateData(soon));
		expect(status).toBe('OK');
		expect(message).toMatch(/expires/);
	});

	it('nothing of a test reaches a device', async () => {
		await press('apnsKeyApi');
		await press('fcmServiceAccountApi');
		const { apns, fcm } = around.simulators;
		const accepted = [...apns.production.arrivals, ...apns.sandbox.arrivals].filter(({ status }) => status === 200);
		expect(accepted).toEqual([]);
		expect(fcm.arrivals.every(({ body }) => JSON.parse(body).validate_only === true)).toBe(true);
		expect(fcm.arrivals.length).toBeGreaterThan(0);
	});
});
