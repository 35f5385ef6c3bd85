import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { FcmContent } from '../../../push/messages/content';
import { type ChannelCredential, PushError } from '../../../push/model';
import { GOOGLE_TOKEN_ERRORS, type GoogleTokenError } from '../../../push/providers/fcm/auth';
import { fcmProvider } from '../../../push/providers/fcm/provider';
import { drive, eventually, ManualClock, settle } from '../manual-clock';
import { granted, response, type Script, ScriptedTransports } from '../scripted-transports';
import { recipient, send, sendRenewing } from '../sending';
import { fcmCredential, KEY_ID, KEY_PAIR, KEY_SECRET } from './account';

const random = { uuid: () => '00000000-0000-4000-8000-000000000000', fraction: () => 0 };
const CONTENT: FcmContent = {
	provider: 'fcm',
	message: '{"data":{"a":"b"}}',
	validateOnly: false,
	bytes: 2,
	collapsible: false,
};
const SENT = response(200, { name: 'projects/demo-project/messages/1' });
const REFUSED = response(401, {
	error: { status: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' },
});

function engine(script: Script) {
	const clock = new ManualClock();
	const transports = new ScriptedTransports(script);
	return { clock, transports, deps: { clock, random, transports } };
}

/** Tokens t1, t2, ...; what FCM answers depends on the token it sees. */
function google(pushes: (token: string) => ReturnType<typeof response>): Script {
	let tokens = 0;
	return ({ request }) => {
		if (request.path === '/token') {
			tokens += 1;
			return granted(`t${tokens}`);
		}
		return pushes(request.headers.authorization?.replace('Bearer ', '') ?? '');
	};
}

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

const REFUSALS: Readonly<
	Record<GoogleTokenError, ReadonlyArray<readonly [string, number, 'config' | 'client-bug' | 'temporary', RegExp]>>
> = {
	invalid_grant: [
		['Invalid JWT Signature.', 400, 'config', /create a new key/],
		[
			'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
			400,
			'config',
			/clock/,
		],
		['Invalid grant: account not found', 400, 'config', /deleted/],
		['Invalid JWT: Failed audience check', 400, 'client-bug', /custom token endpoint/],
		['Something else.', 400, 'config', /create a new key/],
	],
	invalid_client: [['The OAuth client was not found.', 401, 'config', /disabled/]],
	unauthorized_client: [['Client is unauthorized.', 401, 'config', /no rights/]],
	disabled_client: [['The OAuth client was disabled.', 401, 'config', /disabled/]],
	invalid_scope: [['Invalid OAuth scope.', 400, 'client-bug', /report/]],
	internal_failure: [['', 500, 'temporary', /trouble/]],
	temporarily_unavailable: [['', 503, 'temporary', /trouble/]],
};

describe("a refusal of Google's token server", () => {
	const rows = GOOGLE_TOKEN_ERRORS.flatMap((error) => REFUSALS[error].map((row) => [error, ...row] as const));

	it.each(rows)(
		'%s (%s) is explained to every message and to the Test button',
		async (error, description, status, expected, words) => {
			const { deps, clock, transports } = engine(() => response(status, { error, error_description: description }));
			const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
			const outcome = await drive(clock, send(client, CONTENT, 'device'));
			expect(outcome).toMatchObject({
				class: expected,
				providerStatus: status,
				providerReason: error,
				tokenAction: 'keep',
				processed: false,
			});
			expect(outcome.message).toMatch(words);
			expect(outcome.stops).toBe(expected === 'temporary' ? undefined : 'client');
			const report = await drive(clock, fcmProvider.check(fcmCredential(), deps));
			expect(report).toMatchObject({ ok: false, channels: [] });
			expect(report.message).toMatch(words);
			expect(transports.to(':send')).toHaveLength(0);
			expect(JSON.stringify([outcome, report])).not.toContain(KEY_SECRET);
		},
	);

	it('while a token is renewed explains it better than the refused push', async () => {
		let asked = 0;
		const { deps } = engine(({ request }) => {
			if (request.path !== '/token') return REFUSED;
			asked += 1;
			return asked === 1
				? granted('t1')
				: response(400, { error: 'invalid_grant', error_description: 'Invalid grant: account not found' });
		});
		const client = await fcmProvider.open(fcmCredential(), 'GCM', deps);
		const refused = await send(client, CONTENT, 'device');
		await expect(client.renewAuthorization(refused)).rejects.toMatchObject({
			code: 'CredentialRefused',
			message: expect.stringMatching(/deleted/),
		});
	});

	it('is told without the assertion, even where the server repeats it', async () => {
		const { deps } = engine(({ request }) =>
			response(400, {
				error: 'invalid_grant',
				error_description: `Bad ${new URLSearchParams(request.body).get('assertion')}`,
			}),
		);
		const outcome = await send(await fcmProvider.open(fcmCredential(), 'GCM', deps), CONTENT, 'device');
		expect(outcome.providerMessage).toBe('Bad ***');
		expect(JSON.stringify(outcome)).not.toMatch(/eyJ/);
	});
});

describe("the FCM credential's test", () => {
	const answers =
		(push: ReturnType<typeof response>): Script =>
		({ request }) =>
			request.path === '/token' ? granted('t') : push;
	const fcmError = (code: string) => [
		{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code },
	];
	const info = (reason: string) => [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];
	const refusal = (status: number, word: string, details: object[], message = '') =>
		response(status, { error: { status: word, message, details } });

	it.each([
		[
			'calls the token invalid',
			refusal(
				400,
				'INVALID_ARGUMENT',
				fcmError('INVALID_ARGUMENT'),
				'The registration token is not a valid FCM registration token',
			),
		],
		['calls the token unregistered', refusal(404, 'NOT_FOUND', fcmError('UNREGISTERED'))],
		['calls the message valid', SENT],
	])('is passed when FCM %s', async (_name, push) => {
		const { deps, transports } = engine(answers(push));
		expect(await fcmProvider.check(fcmCredential(), deps)).toEqual({
			ok: true,
			message: 'FCM accepts push@demo-project.iam.gserviceaccount.com for project demo-project.',
			channels: ['GCM'],
			warnings: [],
		});
		expect(JSON.parse(transports.to(':send')[0]?.request.body ?? '')).toMatchObject({ validate_only: true });
	});

	it.each([
		[
			'the API is off',
			refusal(403, 'PERMISSION_DENIED', info('SERVICE_DISABLED')),
			/Switch it on at https:\/\/console\.cloud\.google\.com.*project=demo-project/,
		],
		[
			'the role is missing',
			refusal(403, 'PERMISSION_DENIED', info('IAM_PERMISSION_DENIED')),
			/role "Firebase Cloud Messaging API Admin"/,
		],
		['the project is wrong', refusal(403, 'PERMISSION_DENIED', info('CONSUMER_INVALID')), /no project demo-project/],
		['the path is wrong', refusal(404, 'NOT_FOUND', []), /no project demo-project/],
		['the token is refused', REFUSED, /clock/],
		['FCM is down', response(503, ''), /trouble/],
		['nobody answers', { kind: 'unreachable', code: 'ECONNREFUSED', detail: '', cause: 'refused' } as const, /refused/],
	])('says in words that %s', async (_name, push, words) => {
		const { deps } = engine(({ request }) => (request.path === '/token' ? granted('t') : push));
		const report = await fcmProvider.check(fcmCredential(), deps);
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(words);
	});

	it('asks for a new token even when one is at hand', async () => {
		const { deps, transports } = engine(answers(SENT));
		await send(await fcmProvider.open(fcmCredential(), 'GCM', deps), CONTENT, 'device');
		await fcmProvider.check(fcmCredential(), deps);
		expect(transports.to('/token')).toHaveLength(2);
	});

	it('throws for what cannot be a service account', async () => {
		const { deps } = engine(answers(SENT));
		await expect(fcmProvider.check({ type: 'fcmServiceAccount', serviceAccountJson: 'x' }, deps)).rejects.toThrow(
			PushError,
		);
	});
});
