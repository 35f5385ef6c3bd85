import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { testCredential } from '../n8n/engine';
import { everythingKept, push, type PushRun, type PushSettings, type Surroundings, surroundings } from './setup';

/** Stack lines look like this wherever they turn up. */
const STACK = /\n\s+at |node:internal|\.js:\d+:\d+|\.ts:\d+:\d+/;

describe('what people type wrongly', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	const apple = { operation: 'sendToDevices', channel: 'APNS', title: 'Hello' };
	const google = { operation: 'sendToDevices', channel: 'GCM', title: 'Hello' };

	async function pushWith(settings: PushSettings): Promise<PushRun & { kept: string }> {
		const result = await push(around, settings);
		return { ...result, kept: everythingKept(result.run) };
	}

	function credential(type: string, change: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
		return { ...around.credentials[type], ...change };
	}

	function expectSentence(sentence: string | undefined): void {
		expect(sentence).toMatch(/^[A-Z"{].*[.)]$/s);
		expect(sentence).not.toMatch(STACK);
		expect(sentence).not.toContain('unexpected happened');
	}

	it('a broken .p8: a sentence about the private key, without the key', async () => {
		const pasted = 'MIGTAgEAMBMGByqGSM49AgEGCCqGSM49BROKENbrokenBROKEN';
		const broken = credential('apnsKeyApi', {
			privateKey: `-----BEGIN PRIVATE KEY-----\n${pasted}\n-----END PRIVATE KEY-----`,
		});
		const { error, kept, run } = await pushWith({
			parameters: apple,
			credentials: { apnsKeyApi: broken },
			items: [{ device: around.simulators.apns.production.goodAddress() }],
		});
		expect(run.status).toBe('error');
		expectSentence(error?.message);
		expect(`${error?.message} ${error?.description}`).toMatch(/key/i);
		expect(kept).not.toContain(pasted);
		expect(kept).not.toMatch(STACK);
		const report = await testCredential(around.loader, 'apnsKeyApi', broken);
		expect(report.status).toBe('Error');
		expectSentence(report.message);
		expect(report.message).not.toContain(pasted);
	});

	it('a wrong password of a .p12: a sentence about the password, without it', async () => {
		const wrong = credential('apnsCertificateApi', { password: 'wr0ng-passw0rd' });
		const { error, kept } = await pushWith({
			parameters: { ...apple, authentication: 'certificate' },
			credentials: { apnsCertificateApi: wrong },
			items: [{ device: around.simulators.apns.production.goodAddress() }],
		});
		expectSentence(error?.message);
		expect(`${error?.message} ${error?.description}`).toMatch(/passw/i);
		expect(kept).not.toContain('wr0ng-passw0rd');
		expect(kept).not.toMatch(STACK);
	});

	it.each([
		['not JSON at all', 'hello'],
		['JSON that is no service account', '{"web": {"client_id": "x", "client_secret": "s3cr3t-value"}}'],
	])('%s as service account: a sentence, and no way to continue', async (_name, serviceAccountJson) => {
		const { error, kept } = await pushWith({
			parameters: google,
			credentials: { fcmServiceAccountApi: credential('fcmServiceAccountApi', { serviceAccountJson }) },
			items: [{ device: around.simulators.fcm.goodAddress() }],
		});
		expectSentence(error?.message);
		expect(`${error?.message} ${error?.description}`).toMatch(/service.account/i);
		expect(kept).not.toContain('s3cr3t-value');
		expect(kept).not.toMatch(STACK);
	});

	it('an empty device address: a result on Failed', async () => {
		const { failed, kept } = await pushWith({ parameters: google, items: [{ device: '' }] });
		expect(failed[0]?.json).toMatchObject({ providerReason: 'MissingAddress', deliveryStatus: 'PERMANENT_FAILURE' });
		expectSentence(String(failed[0]?.json.statusMessage));
		expect(kept).not.toMatch(STACK);
	});

	it('a 5 KB payload: a result on Failed with 413, before anything is sent', async () => {
		const { failed } = await pushWith({
			parameters: { ...apple, body: 'x'.repeat(5 * 1024) },
			items: [{ device: around.simulators.apns.production.goodAddress() }],
		});
		expect(failed[0]?.json).toMatchObject({ statusCode: 413, deliveryStatus: 'PERMANENT_FAILURE', attempts: 0 });
		expectSentence(String(failed[0]?.json.statusMessage));
		expect(around.simulators.apns.production.arrivals).toHaveLength(0);
	});

	it('an unknown channel on the node: a sentence that lists the channels', async () => {
		const { error, kept } = await pushWith({ parameters: { ...google, channel: 'SMS' }, items: [{ device: 'x' }] });
		expect(error?.message).toBe('"SMS" is not a push channel.');
		expect(error?.description).toContain('APNS_VOIP_SANDBOX');
		expect(kept).not.toMatch(STACK);
	});

	it('an expression where a field name belongs: a sentence that says where expressions go', async () => {
		const { error } = await pushWith({
			parameters: { ...google, recipientField: '={{ $json.device }}' },
			items: [{ device: around.simulators.fcm.goodAddress() }],
		});
		expect(error?.message).toBe('Recipient Field holds an expression where the name of a field belongs.');
		expect(error?.description).toContain('From an Expression');
		expect(around.simulators.fcm.arrivals).toHaveLength(0);
	});

	it('a field name with $json in front is understood', async () => {
		const { sent } = await pushWith({
			parameters: { ...google, recipientField: '$json.user.device' },
			items: [{ user: { device: around.simulators.fcm.goodAddress() } }],
		});
		expect(sent).toHaveLength(1);
	});

	it('a message without any content: a result on Failed', async () => {
		const { failed } = await pushWith({
			parameters: { ...google, title: '' },
			items: [{ device: around.simulators.fcm.goodAddress() }],
		});
		expect(failed[0]?.json).toMatchObject({ providerReason: 'NoContent', attempts: 0 });
		expectSentence(String(failed[0]?.json.statusMessage));
	});

	it('a link that is missing: a sentence that names the field', async () => {
		const { error } = await pushWith({
			parameters: { ...google, action: 'URL', url: '' },
			items: [{ device: around.simulators.fcm.goodAddress() }],
		});
		expect(error).toEqual({ message: 'Link is empty.', description: expect.stringContaining('When Tapped') });
	});

	it.each([
		['Apple Payload', 'apnsPayload', 'APNS'],
		['Google Payload', 'fcmPayload', 'GCM'],
		['Baidu Payload', 'baiduPayload', 'BAIDU'],
		['Amazon Payload', 'admPayload', 'ADM'],
	])('a raw %s that is not JSON: a sentence that names the field', async (label, field, channel) => {
		const { error } = await pushWith({
			parameters: { operation: 'sendToDevices', channel, rawPayload: true, [field]: '{"aps": ' },
			items: [{ device: 'x' }],
		});
		expect(error?.message).toContain(`${label} is not valid JSON`);
	});

	it('a gateway address without TLS: refused in a sentence, nothing is sent', async () => {
		const { error, failed } = await pushWith({
			parameters: google,
			credentials: {
				fcmServiceAccountApi: credential('fcmServiceAccountApi', { endpoint: 'http://gateway.example.com' }),
			},
			items: [{ device: around.simulators.fcm.goodAddress() }],
		});
		const sentence = error ? `${error.message} ${error.description}` : String(failed[0]?.json.statusMessage);
		expect(sentence).toMatch(/https/);
		expect(sentence).not.toMatch(STACK);
	});
});
