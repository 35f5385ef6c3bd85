import apn from '@parse/node-apn';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Message } from 'firebase-admin/messaging';
import { accessToken, assertion, exchange } from './clients';
import { startSimulators, type Simulators } from './index';
import { redirectHttp2 } from './redirect';

let simulators: Simulators;

beforeAll(async () => {
	simulators = await startSimulators();
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(() => simulators.reset());

describe('@parse/node-apn', () => {
	it('is served with a key and with a certificate', async () => {
		const { apnsKey, apnsCertificate } = simulators.credentials;
		const { origin } = simulators.apns.production;
		const place = { address: '127.0.0.1', port: Number(new URL(origin).port), ca: [simulators.ca], production: true };
		const token = { key: apnsKey.privateKey, keyId: apnsKey.keyId, teamId: apnsKey.teamId };
		const { certificate: cert, privateKey: key } = apnsCertificate;
		for (const credential of [{ token }, { cert, key }]) {
			const provider = new apn.Provider({ ...place, ...credential });
			const note = new apn.Notification();
			Object.assign(note, { topic: apnsKey.bundleId, pushType: 'alert', expiry: 0, priority: 10, collapseId: 'c' });
			note.alert = { title: 'Hi', body: 'there' };
			const good = await provider.send(note, simulators.apns.production.goodAddress());
			expect(good).toMatchObject({ sent: [{ device: simulators.apns.production.goodAddress() }], failed: [] });
			const bad = await provider.send(note, simulators.apns.production.addressFor('Unregistered'));
			expect(bad).toMatchObject({ sent: [], failed: [{ status: 410, response: { reason: 'Unregistered' } }] });
			await new Promise<void>((resolve) => {
				provider.shutdown(() => resolve());
			});
		}
		expect(simulators.apns.production.arrivals[0]?.headers).toMatchObject({
			'apns-push-type': 'alert',
			'apns-collapse-id': 'c',
			'apns-expiration': '0',
			'apns-priority': '10',
		});
	});
});

describe('firebase-admin', () => {
	it('is served, one by one, in lists and on trial', async () => {
		const putBack = redirectHttp2({ 'fcm.googleapis.com': simulators.fcm.origin }, simulators.ca);
		const bearer = accessToken(
			await exchange(simulators, await assertion(simulators.credentials.fcm.serviceAccountJson)),
		);
		const credential = { getAccessToken: async () => ({ access_token: bearer, expires_in: 3000 }) };
		const app = initializeApp({ projectId: 'push-simulator', credential }, 'vendors');
		try {
			const messaging = getMessaging(app);
			const message = (token: string): Message => ({
				token,
				notification: { title: 'Hi', body: 'there', imageUrl: 'https://example.com/i.png' },
				data: { k: 'v' },
				android: {
					priority: 'high',
					ttl: 3500,
					notification: { channelId: 'c', visibility: 'public', color: '#aabbcc' },
				},
				apns: { headers: { 'apns-priority': '10' }, payload: { aps: { badge: 1, contentAvailable: true } } },
				webpush: { fcmOptions: { link: 'https://example.com' } },
			});
			const list = [simulators.fcm.goodAddress(1), simulators.fcm.addressFor('UNREGISTERED')].map(message);
			const { responses } = await messaging.sendEach(list);
			expect(responses[0]).toMatchObject({ success: true, messageId: expect.stringContaining('/messages/0:') });
			expect(responses[1]?.error?.code).toBe('messaging/registration-token-not-registered');
			const trial = await messaging.sendEach(list.slice(0, 1), true);
			expect(trial.responses[0]?.messageId).toContain('fake_message_id');
			expect(simulators.fcm.arrivals.map(({ status }) => status).sort()).toEqual([200, 200, 404]);
		} finally {
			putBack();
			await deleteApp(app);
		}
	});
});
