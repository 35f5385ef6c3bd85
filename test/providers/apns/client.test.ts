import { createPrivateKey } from 'node:crypto';
import type { ApnsContent, ChannelContent } from '../../../push/messages/content';
import { systemRandom, type ApnsCertificateCredential, type Outcome, type Recipient } from '../../../push/model';
import { ApnsClient } from '../../../push/providers/apns/client';
import { apnsProvider } from '../../../push/providers/apns/provider';
import type { ProviderClient, SendAttempt } from '../../../push/providers/provider';
import { keyCredential, keyIdentity } from './key-identity';
import { expectNoSecret, pushErrorOf } from './no-secrets';
import { pushCertificate, rsaKeyPem } from './push-certificates';
import { answered, ScriptedTransports, type ScriptedTransport } from './scripted-transport';
import { DAY, MINUTE, TurnedClock } from './turned-clock';

const ID = '123e4567-e89b-12d3-a456-426614174000';
const ADDRESS = 'ab'.repeat(32);
const CONTENT: ApnsContent = {
	provider: 'apns',
	pushType: 'alert',
	payload: '{"aps":{"alert":"Hi"}}',
	bytes: 22,
	collapsible: false,
};
const ATTEMPT: SendAttempt = { messageId: ID, timeoutMs: 15_000, validateOnly: false };
const recipient = (change: Partial<Recipient> = {}): Recipient => ({
	ref: 1,
	address: ADDRESS,
	channelType: 'APNS',
	...change,
});

let clock: TurnedClock;
let transports: ScriptedTransports;
beforeEach(() => {
	clock = new TurnedClock();
	transports = new ScriptedTransports();
});

const deps = () => ({ clock, random: systemRandom, transports });
const openKey = async (credential = keyCredential()): Promise<ProviderClient> =>
	await apnsProvider.open(credential, 'APNS', deps());
const certificate = (to = clock.now() + 100 * DAY): ApnsCertificateCredential => ({
	type: 'apnsCertificate',
	certificate: pushCertificate({ keyPem: rsaKeyPem(), to }) + rsaKeyPem(),
});

/** Sends and hands back the outcome-to-be and the handle, once the request has reached the transport. */
async function send(client: ProviderClient, content: ChannelContent = CONTENT, to = recipient(), attempt = ATTEMPT) {
	const outcomes: Outcome[] = [];
	const before = sentSoFar();
	const handle = client.send(content, to, attempt, (outcome) => outcomes.push(outcome));
	expect(outcomes).toHaveLength(0);
	while (outcomes.length === 0 && sentSoFar() === before) await turn();
	return { outcomes, handle };
}

const sentSoFar = (): number => [...transports.pools.values()].reduce((sum, { sent }) => sum + sent.length, 0);

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

/** Sends one push and answers it. */
async function roundTrip(
	client: ProviderClient,
	pool: () => ScriptedTransport,
	status: number,
	reason?: string,
): Promise<Outcome> {
	const { outcomes } = await send(client);
	pool().sent.at(-1)?.answer(answered(status, reason));
	const [outcome, ...others] = outcomes;
	if (!outcome || others.length > 0) throw new Error(`${outcomes.length} outcomes`);
	return outcome;
}

describe('an APNs client', () => {
	it('puts one push on the wire', async () => {
		const client = await openKey();
		const { outcomes } = await send(client);
		const sent = transports.only.sent[0];
		expect(sent?.request).toMatchObject({
			method: 'POST',
			path: `/3/device/${ADDRESS}`,
			headers: {
				authorization: expect.stringMatching(/^bearer [\w-]+\.[\w-]+\.[\w-]+$/),
				'apns-topic': 'com.example.app',
				'apns-push-type': 'alert',
				'apns-priority': '10',
			},
			ownHeaders: { 'apns-id': ID },
			body: CONTENT.payload,
			timeoutMs: 15_000,
			wellFormed: true,
		});
		sent?.answer(answered(200, undefined, { 'apns-id': 'theirs' }));
		expect(outcomes).toEqual([
			{ class: 'ok', message: '', tokenAction: 'keep', messageId: 'theirs', providerStatus: 200 },
		]);
	});

	it('sends all recipients of a content with the same header object', async () => {
		const client = await openKey();
		await send(client);
		await send(client, CONTENT, recipient({ address: 'cd'.repeat(32) }));
		const [first, second] = transports.only.sent;
		expect(second?.request.headers).toBe(first?.request.headers);
	});

	it('asks for connections as Apple wants them used', async () => {
		const client = await openKey();
		expect(transports.only.settings).toEqual({
			maxConnections: 4,
			maxStreams: 900,
			firstRequestAlone: true,
			idleCloseMs: 600_000,
			pingAfterIdleMs: 60_000,
			pingTimeoutMs: 5_000,
			connectTimeoutMs: 10_000,
		});
		expect(client.pace).toEqual({ rampUpMs: 0, inFlight: 2_000, attempts: 3, maxBackoffMs: 60_000 });
		expect(client.capacity).toBe(42);
		expect(client.warnings()).toEqual([]);
	});

	it('leads to Apple, or to the endpoints of the credential', async () => {
		const origins = async (connection: Parameters<typeof keyCredential>[0]): Promise<string[]> => {
			transports = new ScriptedTransports();
			const credential = keyCredential(connection);
			await apnsProvider.open(credential, 'APNS', deps());
			await apnsProvider.open(credential, 'APNS_VOIP_SANDBOX', deps());
			return [...transports.pools.values()].map(({ target }) => target.origin);
		};
		expect(await origins(undefined)).toEqual(['https://api.push.apple.com', 'https://api.sandbox.push.apple.com']);
		expect(await origins({ endpoint: 'https://gateway.example:8443/' })).toEqual(['https://gateway.example:8443']);
		expect(await origins({ endpoint: ' ', sandboxEndpoint: 'https://two.example' })).toEqual([
			'https://api.push.apple.com',
			'https://two.example',
		]);
	});

	it.each([
		['nonsense', 'InvalidCredential'],
		['http://gateway.example', 'EgressRefused'],
		['https://169.254.169.254', 'EgressRefused'],
		['https://gateway.example/path', 'EgressRefused'],
	])('refuses the endpoint %s', async (endpoint, code) => {
		const error = await pushErrorOf(async () => await openKey(keyCredential({ endpoint })));
		expect(error.code).toBe(code);
	});

	it('separates credentials and channels by keys that hold no secret', async () => {
		const credential = keyCredential();
		const one = await apnsProvider.open(credential, 'APNS', deps());
		const same = await apnsProvider.open({ ...credential }, 'APNS', deps());
		const voip = await apnsProvider.open(credential, 'APNS_VOIP', deps());
		const other = await apnsProvider.open(keyCredential(), 'APNS', deps());
		expect(same.key).toBe(one.key);
		expect(new Set([one.key, voip.key, other.key]).size).toBe(3);
		// Alert and VoIP pushes of one key share the connections.
		expect(transports.pools.size).toBe(2);
		expectNoSecret([one.key, [...transports.pools.keys()]], credential.privateKey);
	});

	it('checks everything and sends nothing when asked only to validate', async () => {
		const client = await openKey();
		const attempt = { ...ATTEMPT, validateOnly: true };
		expect((await send(client, CONTENT, recipient(), attempt)).outcomes).toMatchObject([
			{ class: 'ok', statusCode: 200, message: 'Valid; not sent (APNs has no validate-only mode).', messageId: ID },
		]);
		expect((await send(client, { ...CONTENT, bytes: 5000 }, recipient(), attempt)).outcomes).toMatchObject([
			{ class: 'payload' },
		]);
		expect((await send(client, CONTENT, recipient({ address: 'x' }), attempt)).outcomes).toMatchObject([
			{ class: 'token' },
		]);
		expect(transports.only.sent).toHaveLength(0);
	});

	it('refuses bad addresses, bad message ids and the contents of others without sending', async () => {
		const client = await openKey();
		const body: ChannelContent = { provider: 'adm', body: '{}', bytes: 2, collapsible: false };
		expect((await send(client, CONTENT, recipient({ address: 'none' }))).outcomes).toMatchObject([
			{ providerReason: 'InvalidAddress' },
		]);
		const own = recipient({ messageId: '1' });
		expect((await send(client, CONTENT, own, { ...ATTEMPT, messageId: '1' })).outcomes).toMatchObject([
			{ providerReason: 'InvalidMessageId' },
		]);
		expect((await send(client, body)).outcomes).toMatchObject([
			{ class: 'client-bug', providerReason: 'WrongContent', stops: 'message' },
		]);
		expect(transports.only.sent).toHaveLength(0);
	});

	it('checks the payload of each content, although the rest of it was checked with another', async () => {
		const client = await openKey();
		const filled = (bytes: number) => ({ ...CONTENT, payload: 'x'.repeat(bytes), bytes });
		for (const bytes of [10, 5_000, 5_000, 20]) await send(client, filled(bytes));
		const same = filled(5_000);
		for (const content of [same, same]) {
			expect((await send(client, content)).outcomes).toMatchObject([{ providerReason: 'PayloadTooLarge' }]);
		}
		await send(client, { ...filled(30), priority: 5, collapseId: 'c', timeToLiveSeconds: 0 });
		const { sent } = transports.only;
		expect(sent.map(({ request }) => request.body.length)).toEqual([10, 20, 30]);
		expect(sent[1]?.request.headers).toBe(sent[0]?.request.headers);
		expect(sent[2]?.request.headers).toMatchObject({
			'apns-priority': '5',
			'apns-collapse-id': 'c',
			'apns-expiration': '0',
		});
	});

	it('connects while the provider token is being made, and not again afterwards', async () => {
		const client = await openKey();
		await send(client);
		await send(client);
		expect(transports.only.warmUps).toBe(1);
	});

	it('takes requests back, also while the provider token is being made', async () => {
		const client = await openKey();
		const outcomes: Outcome[] = [];
		const early = client.send(CONTENT, recipient(), ATTEMPT, (outcome) => outcomes.push(outcome));
		early.cancel();
		early.cancel();
		// The next push waits for the same token: once it is out, the first one would be too.
		const late = await send(client);
		expect(outcomes).toMatchObject([{ class: 'cancelled', message: 'Stopped before the message was sent.' }]);
		expect(transports.only.sent).toHaveLength(1);
		late.handle.cancel();
		await turn();
		expect(transports.only.sent[0]?.cancelled).toBe(true);
		expect(late.outcomes).toMatchObject([{ class: 'cancelled' }]);
	});
});

describe('a key that cannot sign', () => {
	it('ends every push once, with a sentence and no secret', async () => {
		const identity = { ...(await keyIdentity()), signingKey: createPrivateKey(rsaKeyPem()) };
		const origin = 'https://api.push.apple.com';
		const options = { identity, channelType: 'APNS', environment: 'production', origin, purpose: 'send' } as const;
		const client = new ApnsClient(options, deps());
		const { outcomes, handle } = await send(client);
		handle.cancel();
		await turn();
		expect(outcomes).toMatchObject([
			{ class: 'config', stops: 'client', providerReason: 'CannotSign', processed: false },
		]);
		expect(outcomes[0]?.message).toMatch(/^The key ABC123DEFG cannot sign .* Enter the \.p8 file again/);
		expectNoSecret(outcomes, rsaKeyPem());
	});
});

describe('a client with a certificate', () => {
	it('shows it to TLS and sends no authorization', async () => {
		const client = await apnsProvider.open(certificate(), 'APNS', deps());
		await send(client);
		const { target, settings, sent } = transports.only;
		expect(target.clientCertificate?.cert).toMatch(/BEGIN CERTIFICATE/);
		expect(target.clientCertificate?.key).toMatch(/BEGIN PRIVATE KEY/);
		expect(settings.firstRequestAlone).toBe(false);
		expect(sent[0]?.request.headers).not.toHaveProperty('authorization');
	});

	it('warns from 30 days before its end, and stops all sending after it', async () => {
		const client = await apnsProvider.open(certificate(clock.now() + 31 * DAY), 'APNS', deps());
		expect(client.warnings()).toEqual([]);
		clock.pass(20 * DAY);
		expect(client.warnings()).toEqual([expect.stringMatching(/expires in 11 days/)]);
		clock.pass(12 * DAY);
		expect((await send(client)).outcomes).toMatchObject([
			{
				class: 'config',
				stops: 'client',
				providerReason: 'CertificateExpired',
				message: expect.stringMatching(/expired on 2026-12-24/),
			},
		]);
		expect(transports.only.sent).toHaveLength(0);
	});
});

describe('authorization that is refused', () => {
	const pool = (): ScriptedTransport => transports.only;

	it('a token too old is replaced once, for all requests sent with it', async () => {
		const client = await openKey();
		expect((await roundTrip(client, pool, 200)).class).toBe('ok');
		clock.pass(30 * MINUTE);
		const first = await send(client);
		const second = await send(client);
		for (const sent of pool().sent.slice(1)) sent.answer(answered(403, 'ExpiredProviderToken'));
		for (const { outcomes } of [first, second]) {
			const [outcome] = outcomes;
			if (!outcome) throw new Error('no outcome');
			expect(outcome.class).toBe('auth-refresh');
			expect(await client.renewAuthorization(outcome)).toBe(true);
		}
		await roundTrip(client, pool, 200);
		expect(new Set(pool().sent.map(({ request }) => request.headers.authorization)).size).toBe(2);
	});

	it('a token too old although it is young points at the clock and is kept', async () => {
		const client = await openKey();
		await roundTrip(client, pool, 200);
		clock.pass(5 * MINUTE);
		const outcome = await roundTrip(client, pool, 403, 'ExpiredProviderToken');
		expect(outcome.message).toMatch(/300 s ago too old .* clock/);
		expect(await client.renewAuthorization(outcome)).toBe(false);
		await roundTrip(client, pool, 200);
		expect(new Set(pool().sent.map(({ request }) => request.headers.authorization)).size).toBe(1);
	});

	it('is shared by every client of the engine with the same key', async () => {
		const credential = keyCredential();
		const one = await openKey(credential);
		await roundTrip(one, pool, 200);
		const again = await openKey({ ...credential });
		await roundTrip(again, pool, 200);
		const [first, second] = pool().sent;
		expect(second?.request.headers.authorization).toBe(first?.request.headers.authorization);
	});

	it('InvalidProviderToken on a connection that never worked is a wrong credential', async () => {
		const client = await openKey();
		expect(await roundTrip(client, pool, 403, 'InvalidProviderToken')).toMatchObject({
			class: 'config',
			stops: 'client',
		});
		expect(pool().renewals).toEqual([]);
	});

	it('InvalidProviderToken on a connection that had worked gets one new connection, and only one', async () => {
		const client = await openKey();
		// A refused device shows that the credential works.
		await roundTrip(client, pool, 400, 'BadDeviceToken');
		const first = await send(client);
		const second = await send(client);
		for (const sent of pool().sent.slice(1)) sent.answer(answered(403, 'InvalidProviderToken'));
		for (const { outcomes } of [first, second]) {
			const [outcome] = outcomes;
			if (!outcome) throw new Error('no outcome');
			expect(outcome.class).toBe('auth-refresh');
			expect(await client.renewAuthorization(outcome)).toBe(true);
		}
		expect(pool().renewals).toEqual(['InvalidProviderToken']);
		expect((await roundTrip(client, pool, 403, 'InvalidProviderToken')).class).toBe('config');
	});

	it('UnrelatedKeyIdInToken gets a new connection, and only one as long as nothing works', async () => {
		const client = await openKey();
		const outcome = await roundTrip(client, pool, 403, 'UnrelatedKeyIdInToken');
		expect(outcome.class).toBe('auth-refresh');
		expect(await client.renewAuthorization(outcome)).toBe(true);
		expect(pool().renewals).toEqual(['UnrelatedKeyIdInToken']);
		const again = await roundTrip(client, pool, 403, 'UnrelatedKeyIdInToken');
		expect(await client.renewAuthorization(again)).toBe(false);
		expect(pool().renewals).toHaveLength(1);
	});

	it.each(['Shutdown', 'IdleTimeout'])('%s leaves the connections once, not once per request', async (reason) => {
		const client = await openKey();
		await send(client);
		await send(client);
		for (const sent of pool().sent) sent.answer(answered(503, reason));
		expect(pool().renewals).toEqual([reason]);
		// A service that says so again and again is not flooded with new connections.
		await roundTrip(client, pool, 503, reason);
		expect(pool().renewals).toHaveLength(1);
		clock.pass(5_000);
		await roundTrip(client, pool, 503, reason);
		expect(pool().renewals).toHaveLength(2);
	});
});
