import type { AdmContent } from '../../../push/messages/content';
import type { AdmCredential } from '../../../push/model';
import { AMAZON_TOKEN_ERRORS, type AmazonTokenError } from '../../../push/providers/adm/auth';
import { admProvider } from '../../../push/providers/adm/provider';
import { drive, ManualClock } from '../manual-clock';
import { granted, response, type Script, ScriptedTransports } from '../scripted-transports';
import { send, sendRenewing } from '../sending';

const random = { uuid: () => '00000000-0000-4000-8000-000000000000', fraction: () => 0 };
const CREDENTIAL: AdmCredential = { type: 'adm', clientId: 'amzn1.application-oa2-client.1', clientSecret: 'hush+/&=' };
const CONTENT: AdmContent = { provider: 'adm', body: '{"data":{"a":"b"}}', bytes: 2, collapsible: false };
const SENT = response(200, { registrationID: 'device' });
const REFUSED = response(401, { reason: 'AccessTokenExpired' });

function engine(script: Script) {
	const clock = new ManualClock();
	const transports = new ScriptedTransports(script);
	return { clock, transports, deps: { clock, random, transports } };
}

function amazon(pushes: (token: string) => ReturnType<typeof response>): Script {
	let tokens = 0;
	return ({ request }) => {
		if (request.path === '/auth/O2/token') {
			tokens += 1;
			return granted(`Atc|${tokens}`, 3600);
		}
		return pushes(request.headers.authorization?.replace('Bearer ', '') ?? '');
	};
}

describe('the ADM client', () => {
	it('asks for a token with its client id and secret, each encoded', async () => {
		const { deps, transports } = engine(amazon(() => SENT));
		await send(await admProvider.open(CREDENTIAL, 'ADM', deps), CONTENT, 'device');
		const [asked] = transports.to('/auth/O2/token');
		expect(asked?.origin).toBe('https://api.amazon.com');
		expect(asked?.request.body).toBe(
			'grant_type=client_credentials&scope=messaging%3Apush&client_id=amzn1.application-oa2-client.1&client_secret=hush%2B%2F%26%3D',
		);
	});

	it('uses HTTP/1.1 with thirty sockets at most, and others for tokens on the same host', async () => {
		const { deps, transports } = engine(amazon(() => SENT));
		const client = await admProvider.open(CREDENTIAL, 'ADM', deps);
		const [push, token] = transports.opened;
		expect(push).toMatchObject({ protocol: 'http1', settings: { maxConnections: 30, idleCloseMs: 60_000 } });
		expect(token).toMatchObject({ protocol: 'http1', settings: { maxConnections: 2 } });
		expect(push?.key).not.toBe(token?.key);
		expect(client.pace).toEqual({ ratePerSecond: 100, rampUpMs: 0, inFlight: 30, attempts: 3, maxBackoffMs: 60_000 });
	});

	it('fetches one token for a hundred sends at once', async () => {
		const { deps, transports } = engine(amazon(() => SENT));
		const client = await admProvider.open(CREDENTIAL, 'ADM', deps);
		const outcomes = await Promise.all(Array.from({ length: 100 }, async () => await send(client, CONTENT, 'device')));
		expect(outcomes.every((outcome) => outcome.class === 'ok')).toBe(true);
		expect(transports.to('/auth/O2/token')).toHaveLength(1);
		expect(new Set(transports.to('/messages').map(({ request }) => request.headers)).size).toBe(1);
		expect(transports.to('/messages')[0]?.request).toMatchObject({
			body: CONTENT.body,
			path: '/messaging/registrations/device/messages',
		});
	});

	it('gets another token when one is refused, and sends again', async () => {
		const { deps, transports } = engine(amazon((token) => (token === 'Atc|1' ? REFUSED : SENT)));
		const client = await admProvider.open(CREDENTIAL, 'ADM', deps);
		expect(await sendRenewing(client, CONTENT, 'device')).toMatchObject({ class: 'ok' });
		expect(transports.to('/auth/O2/token')).toHaveLength(2);
	});

	it('stops the credential when the second token is refused as well', async () => {
		const { deps, transports } = engine(amazon(() => REFUSED));
		const client = await admProvider.open(CREDENTIAL, 'ADM', deps);
		expect(await sendRenewing(client, CONTENT, 'device')).toMatchObject({
			class: 'config',
			stops: 'client',
			statusCode: 401,
		});
		expect(transports.to('/auth/O2/token')).toHaveLength(2);
		expect(transports.to('/messages')).toHaveLength(2);
	});

	it('asks for nothing when the message is only to be checked, and checks the address all the same', async () => {
		const { deps, transports } = engine(amazon(() => SENT));
		const client = await admProvider.open(CREDENTIAL, 'ADM', deps);
		expect(await send(client, CONTENT, 'device', { validateOnly: true })).toMatchObject({
			class: 'ok',
			message: 'Valid; not sent (ADM has no validate-only mode).',
			processed: false,
		});
		expect(await send(client, CONTENT, '', { validateOnly: true })).toMatchObject({ providerReason: 'InvalidAddress' });
		expect(transports.sent).toHaveLength(0);
	});

	it('refuses other channels, other credentials and messages made for other providers', async () => {
		const { deps, transports } = engine(amazon(() => SENT));
		await expect(admProvider.open(CREDENTIAL, 'BAIDU', deps)).rejects.toThrow(/channel BAIDU/);
		await expect(admProvider.open({ type: 'baidu', apiKey: 'a', secretKey: 'b' }, 'ADM', deps)).rejects.toThrow(
			/client id/,
		);
		const client = await admProvider.open(CREDENTIAL, 'ADM', deps);
		const baidu = { provider: 'baidu', messageType: 0, message: '{}', bytes: 2, collapsible: false } as const;
		expect(await send(client, baidu, 'device')).toMatchObject({ class: 'client-bug' });
		expect(transports.sent).toHaveLength(0);
	});
});

const REFUSALS: Readonly<Record<AmazonTokenError, readonly [number, 'config' | 'temporary', RegExp]>> = {
	invalid_client: [401, 'config', /does not know this client id, or the client secret is wrong/],
	unauthorized_client: [400, 'config', /Device Messaging/],
	invalid_scope: [400, 'config', /Device Messaging/],
	invalid_request: [400, 'config', /did not understand/],
	unsupported_grant_type: [400, 'config', /did not understand/],
	ServerError: [500, 'temporary', /trouble/],
};

describe("a refusal of Amazon's token server", () => {
	it.each(AMAZON_TOKEN_ERRORS)('%s is explained to every message and to the Test button', async (error) => {
		const [status, expected, words] = REFUSALS[error];
		const description = `Something about ${CREDENTIAL.clientSecret}`;
		const { deps, clock, transports } = engine(() => response(status, { error, error_description: description }));
		const outcome = await drive(
			clock,
			admProvider.open(CREDENTIAL, 'ADM', deps).then(async (client) => await send(client, CONTENT, 'device')),
		);
		expect(outcome).toMatchObject({ class: expected, providerStatus: status, providerReason: error, processed: false });
		expect(outcome.message).toMatch(words);
		const report = await drive(clock, admProvider.check(CREDENTIAL, deps));
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(words);
		expect(transports.to('/messages')).toHaveLength(0);
		expect(JSON.stringify([outcome, report])).not.toContain(CREDENTIAL.clientSecret);
	});

	it('HTTP 503 without a word is temporary', async () => {
		const { deps, clock } = engine(() => response(503, ''));
		const report = await drive(clock, admProvider.check(CREDENTIAL, deps));
		expect(report).toMatchObject({ ok: false, message: expect.stringMatching(/Try again later/) });
	});

	it('of any other kind names host and status', async () => {
		const { deps } = engine(() => response(404, '<html>'));
		expect(await admProvider.check(CREDENTIAL, deps)).toMatchObject({
			ok: false,
			message: expect.stringMatching(/api\.amazon\.com .*HTTP 404/),
		});
	});
});

describe("the ADM credential's test", () => {
	it('is passed when Amazon gives a token, and sends nothing', async () => {
		const { deps, transports } = engine(amazon(() => SENT));
		expect(await admProvider.check(CREDENTIAL, deps)).toEqual({
			ok: true,
			message: 'Amazon accepts the client id and the client secret for ADM.',
			channels: ['ADM'],
			warnings: [],
		});
		expect(transports.to('/messages')).toHaveLength(0);
	});
});
