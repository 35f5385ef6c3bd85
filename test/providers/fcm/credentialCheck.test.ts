import { PushError } from '../../../push/model';
import { GOOGLE_TOKEN_ERRORS, type GoogleTokenError } from '../../../push/providers/fcm/auth';
import { fcmProvider } from '../../../push/providers/fcm/provider';
import { drive } from '../manual-clock';
import { granted, response, type Script } from '../scripted-transports';
import { send } from '../sending';
import { fcmCredential, KEY_SECRET } from './account';

import { CONTENT, engine, REFUSED, SENT } from './scripted';

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
