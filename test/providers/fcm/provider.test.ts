import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { ChannelCredential } from '../../../push/model';
import { fcmProvider } from '../../../push/providers/fcm/provider';
import { eventually, settle } from '../manual-clock';
import { granted, response } from '../scripted-transports';
import { recipient, send, sendRenewing } from '../sending';
import { fcmCredential, KEY_ID, KEY_PAIR } from './account';

import { CONTENT, engine, google, REFUSED, SENT } from './scripted';

describe('the FCM client', () => {
	it('asks for a token with an assertion that Google can verify, for an hour at most', async () => {
		const { deps, transports, clock } = engine(google(() => SENT));
		await send(await fcmProvider.open(fcmCredential(), 'GCM', deps), CONTENT, 'device');
		const [asked] = transports.to('/token');
		expect(asked?.origin).toBe('https://oauth2.googleapis.com');
		expect(asked?.request.headers['content-type']).toBe('application/x-www-form-urlencoded');
		const form = new URLSearchParams(asked?.request.body);
		expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
		const { payload, protectedHeader } = await jwtVerify(
			form.get('assertion') ?? '',
			createPublicKey(KEY_PAIR.publicKey),
			{
				currentDate: new Date(clock.now()),
			},
		);
		expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: KEY_ID });
		expect(payload).toMatchObject({
			iss: 'push@demo-project.iam.gserviceaccount.com',
			scope: 'https://www.googleapis.com/auth/firebase.messaging',
			aud: 'https://oauth2.googleapis.com/token',
		});
		expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
		expect(payload.iat).toBeLessThanOrEqual(clock.now() / 1000);
	});

	it('addresses the assertion to the custom token endpoint it is sent to', async () => {
		const { deps, transports } = engine(google(() => SENT));
		const tokenEndpoint = 'https://gateway.example:8443/token';
		await send(await fcmProvider.open(fcmCredential({}, { tokenEndpoint, ca: 'CA' }), 'GCM', deps), CONTENT, 'device');
		const [asked] = transports.to('/token');
		expect(asked?.origin).toBe('https://gateway.example:8443');
		const assertion = new URLSearchParams(asked?.request.body).get('assertion') ?? '';
		expect(JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
			aud: tokenEndpoint,
		});
		expect(transports.opened.every(({ target }) => target.ca === 'CA')).toBe(true);
	});

	it('uses HTTP/2 without pings, and connections of their own for tokens', async () => {
		const { deps, transports } = engine(google(() => SENT));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const [push, token] = ['http2', 'http1'].map((protocol) =>
			transports.opened.find((opened) => opened.protocol === protocol),
		);
		expect(push).toMatchObject({
			target: { origin: 'https://fcm.googleapis.com' },
			settings: { maxConnections: 10, maxStreams: 100, idleCloseMs: 180_000 },
		});
		expect(push?.settings).not.toHaveProperty('pingAfterIdleMs');
		expect(token?.key).not.toBe(push?.key);
		expect(client.pace).toMatchObject({ ratePerSecond: 500, rampUpMs: 60_000, attempts: 4 });
		expect(client.capacity).toBe(7);
	});

	it('fetches one token for a hundred sends at once, also over two clients, and shares its headers', async () => {
		const { deps, transports } = engine(google(() => SENT));
		const clients = [
			await fcmProvider.open(fcmCredential(), 'GCM', deps),
			await fcmProvider.open(fcmCredential(), 'GCM', deps),
		];
		const outcomes = await Promise.all(
			Array.from({ length: 100 }, async (_, n) => {
				const client = clients[n % 2];
				if (!client) throw new Error('No client');
				return await send(client, CONTENT, `device-${n}`);
			}),
		);
		expect(outcomes.every((outcome) => outcome.class === 'ok')).toBe(true);
		expect(transports.to('/token')).toHaveLength(1);
		expect(transports.to(':send')).toHaveLength(100);
		expect(new Set(transports.to(':send').map(({ request }) => request.headers)).size).toBe(2);
	});

	it('gets another token when one is refused in the middle, and sends again', async () => {
		const { deps, transports } = engine(google((token) => (token === 't1' ? REFUSED : SENT)));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcomes = await Promise.all(
			Array.from({ length: 20 }, async (_, n) => await sendRenewing(client, CONTENT, `d${n}`)),
		);
		expect(outcomes.map((outcome) => outcome.class)).toEqual(Array.from({ length: 20 }, () => 'ok'));
		expect(transports.to('/token')).toHaveLength(2);
	});

	it('stops the credential when the second token is refused as well', async () => {
		const { deps, transports } = engine(google(() => REFUSED));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcomes = await Promise.all(
			Array.from({ length: 20 }, async (_, n) => await sendRenewing(client, CONTENT, `d${n}`)),
		);
		for (const outcome of outcomes)
			expect(outcome).toMatchObject({ class: 'config', stops: 'client', statusCode: 401 });
		expect(transports.to('/token')).toHaveLength(2);
		expect(transports.to(':send')).toHaveLength(40);
	});

	it('does not stop for one device that is refused although the token works', async () => {
		const { deps } = engine(({ request }) => {
			if (request.path === '/token') return granted('t');
			return request.body.includes('odd') ? REFUSED : SENT;
		});
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		await send(client, CONTENT, 'good');
		const refused = await send(client, CONTENT, 'odd');
		expect(refused.class).toBe('auth-refresh');
		expect(refused.stops).toBeUndefined();
	});

	it('keeps its token when Firebase cannot reach Apple for one device', async () => {
		const apple = response(401, {
			error: {
				status: 'UNAUTHENTICATED',
				details: [
					{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: 'THIRD_PARTY_AUTH_ERROR' },
				],
			},
		});
		const { deps, transports } = engine(google(() => apple));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcome = await sendRenewing(client, CONTENT, 'iphone');
		expect(outcome).toMatchObject({ class: 'config', providerReason: 'THIRD_PARTY_AUTH_ERROR' });
		expect(outcome.stops).toBeUndefined();
		await send(client, CONTENT, 'iphone');
		expect(transports.to('/token')).toHaveLength(1);
	});

	it('sends nothing to an address that cannot be one, and says so after it returned', async () => {
		const { deps, transports } = engine(google(() => SENT));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcomes: unknown[] = [];
		client.send(CONTENT, recipient('a b', 'GCM'), { messageId: '', timeoutMs: 1, validateOnly: false }, (outcome) =>
			outcomes.push(outcome),
		);
		expect(outcomes).toHaveLength(0);
		await Promise.resolve();
		expect(outcomes).toEqual([expect.objectContaining({ class: 'token', providerReason: 'InvalidAddress' })]);
		expect(transports.sent).toHaveLength(0);
	});

	it.each([
		['the message', { ...CONTENT, validateOnly: true }, false],
		['the send', CONTENT, true],
	])('asks FCM to check only when %s says so', async (_name, content, validateOnly) => {
		const { deps, transports } = engine(google(() => SENT));
		const outcome = await send(await fcmProvider.open(fcmCredential(), 'GCM', deps), content, 'device', {
			validateOnly,
		});
		expect(JSON.parse(transports.to(':send')[0]?.request.body ?? '')).toMatchObject({ validate_only: true });
		expect(outcome.message).toBe('Valid; FCM checked it and sent nothing.');
	});

	it('can be taken back while it waits for a token, and tells so once', async () => {
		const { deps, transports, clock } = engine(() => undefined);
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcomes: unknown[] = [];
		const handle = client.send(
			CONTENT,
			recipient('device', 'GCM'),
			{ messageId: '', timeoutMs: 1, validateOnly: false },
			(outcome) => outcomes.push(outcome),
		);
		handle.cancel();
		handle.cancel();
		await clock.advance(120_000);
		expect(outcomes).toEqual([expect.objectContaining({ class: 'cancelled' })]);
		expect(transports.to(':send')).toHaveLength(0);
	});

	it('tells once that it got no token, also when it is taken back afterwards', async () => {
		const { deps } = engine(() =>
			response(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
		);
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcomes: unknown[] = [];
		const attempt = { messageId: '', timeoutMs: 1, validateOnly: false };
		const handle = client.send(CONTENT, recipient('device', 'GCM'), attempt, (outcome) => outcomes.push(outcome));
		await eventually(() => outcomes.length > 0);
		handle.cancel();
		await settle();
		expect(outcomes).toEqual([expect.objectContaining({ class: 'config' })]);
	});

	it('takes back a push that was sent after waiting for a token', async () => {
		const { deps, transports } = engine(({ request }) => (request.path === '/token' ? granted('t') : undefined));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const outcomes: unknown[] = [];
		const attempt = { messageId: '', timeoutMs: 1, validateOnly: false };
		const handle = client.send(CONTENT, recipient('device', 'GCM'), attempt, (outcome) => outcomes.push(outcome));
		await eventually(() => transports.to(':send').length > 0);
		handle.cancel();
		await settle();
		expect(outcomes).toEqual([expect.objectContaining({ class: 'cancelled' })]);
	});

	it('renews again when a token that worked is refused later', async () => {
		let good = 't2';
		const { deps } = engine(google((token) => (token === good ? SENT : REFUSED)));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		expect(await sendRenewing(client, CONTENT, 'device')).toMatchObject({ class: 'ok' });
		good = 't3';
		expect(await sendRenewing(client, CONTENT, 'device')).toMatchObject({ class: 'ok' });
	});

	it('has nothing to renew for an outcome that is not about the token', async () => {
		const { deps, transports } = engine(google(() => SENT));
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		expect(await client.renewAuthorization(await send(client, CONTENT, 'a b'))).toBe(false);
		expect(transports.sent).toHaveLength(0);
	});

	it('goes through the proxy of its credential, pushes and tokens alike', async () => {
		const { deps, transports } = engine(google(() => SENT));
		await fcmProvider.open(fcmCredential({}, { proxyUrl: 'http://proxy.example:3128' }), 'GCM', deps);
		expect(transports.opened.map(({ target }) => target.proxyUrl)).toEqual([
			'http://proxy.example:3128',
			'http://proxy.example:3128',
		]);
	});

	it('refuses other channels, other credentials and messages made for other providers', async () => {
		const { deps } = engine(google(() => SENT));
		await expect(fcmProvider.open(fcmCredential(), 'ADM', deps)).rejects.toThrow(/channel ADM/);
		const baidu: ChannelCredential = { type: 'baidu', apiKey: 'a', secretKey: 'b' };
		await expect(fcmProvider.open(baidu, 'GCM', deps)).rejects.toThrow(/service account/);
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		expect(await send(client, { provider: 'adm', body: '{}', bytes: 2, collapsible: false }, 'device')).toMatchObject({
			class: 'client-bug',
		});
	});
});
