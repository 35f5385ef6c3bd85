import type { AdmContent } from '../../../push/messages/content';
import type { Outcome, OutcomeClass, TokenAction } from '../../../push/model';
import { admProvider } from '../../../push/providers/adm/provider';
import type { ProviderClient } from '../../../push/providers/provider';
import { startSimulators, type Simulators } from '../../simulators';
import { ADM_REASONS, type AdmReason } from '../../simulators/adm/reasons';
import { send, sendRenewing } from '../sending';
import { simulatedEngine, type SimulatedEngine } from '../simulated-engine';

const CONTENT: AdmContent = {
	provider: 'adm',
	body: '{"data":{"message":"your message"},"md5":"qzF+HgArKZjJrpfcTbiFxg==","expiresAfter":3600,"consolidationKey":"k"}',
	bytes: 19,
	collapsible: true,
};

let simulators: Simulators;
let engine: SimulatedEngine;
let client: ProviderClient;

beforeAll(async () => {
	simulators = await startSimulators();
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(async () => {
	simulators.reset();
	engine = simulatedEngine();
	client = await admProvider.open(simulators.credentials.adm, 'ADM', engine.deps);
});

afterEach(async () => {
	await engine.close();
});

const EXPECTED: Readonly<Record<AdmReason, readonly [OutcomeClass, TokenAction]>> = {
	CanonicalId: ['ok', 'replace'],
	InvalidRegistrationId: ['token', 'remove'],
	InvalidData: ['payload', 'keep'],
	InvalidConsolidationKey: ['payload', 'keep'],
	InvalidExpiration: ['payload', 'keep'],
	InvalidChecksum: ['payload', 'keep'],
	InvalidType: ['client-bug', 'keep'],
	Unregistered: ['token', 'remove'],
	AccessTokenExpired: ['auth-refresh', 'keep'],
	MessageTooLarge: ['payload', 'keep'],
	MaxRateExceeded: ['throttle-sender', 'keep'],
	InternalServerError: ['temporary', 'keep'],
	ServiceUnavailable: ['temporary', 'keep'],
};

describe('ADM over real connections', () => {
	it('sends a message to a device', async () => {
		const address = simulators.adm.goodAddress();
		const outcome = await send(client, CONTENT, address);
		expect(outcome).toMatchObject({
			class: 'ok',
			tokenAction: 'keep',
			messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
		});
		expect(outcome.updatedToken).toBeUndefined();
		const [arrival] = simulators.adm.arrivals;
		expect(arrival).toMatchObject({
			address,
			body: CONTENT.body,
			path: `/messaging/registrations/${encodeURIComponent(address)}/messages`,
		});
	});

	it.each(Object.keys(ADM_REASONS).filter((reason): reason is AdmReason => reason in EXPECTED))(
		'tells %s for what it is',
		async (reason) => {
			const outcome = await send(client, CONTENT, simulators.adm.addressFor(reason));
			const [expected, tokenAction] = EXPECTED[reason];
			expect(outcome).toMatchObject({ class: expected, tokenAction, providerStatus: ADM_REASONS[reason] });
			expect(outcome.messageId).toMatch(/^[0-9a-f-]{36}$/);
			for (const secret of [simulators.credentials.adm.clientSecret, 'Atc|', 'Bearer'])
				expect(JSON.stringify(outcome)).not.toContain(secret);
		},
	);

	it('gives the canonical registration id', async () => {
		const address = simulators.adm.addressFor('CanonicalId');
		const { updatedToken } = await send(client, CONTENT, address);
		expect(updatedToken).toMatch(/\S/);
		expect(updatedToken).not.toBe(address);
	});

	it.each([
		['seconds', () => '7', 7],
		['a date', () => new Date(Date.now() + 40_000).toUTCString(), 40],
	])('obeys Retry-After as %s', async (_form, header, seconds) => {
		simulators.adm.fail({ reason: 'MaxRateExceeded', headers: { 'Retry-After': header() } });
		const { retryAfterSeconds } = await send(client, CONTENT, simulators.adm.goodAddress());
		expect(retryAfterSeconds).toBeGreaterThan(seconds - 3);
		expect(retryAfterSeconds).toBeLessThanOrEqual(seconds);
	});

	it('gets another token when all of them expire in the middle, and loses nothing', async () => {
		await send(client, CONTENT, simulators.adm.goodAddress());
		simulators.adm.token.expireAll();
		const outcomes = await Promise.all(
			Array.from({ length: 50 }, async (_, n) => await sendRenewing(client, CONTENT, simulators.adm.goodAddress(n))),
		);
		expect(outcomes.filter((outcome) => outcome.class === 'ok')).toHaveLength(50);
		expect(simulators.adm.token.requests).toHaveLength(2);
	});

	it('stops after two tries when every token is refused', async () => {
		simulators.adm.fail({ reason: 'AccessTokenExpired' });
		expect(await sendRenewing(client, CONTENT, simulators.adm.goodAddress())).toMatchObject({
			class: 'config',
			stops: 'client',
			statusCode: 401,
		});
		expect(simulators.adm.arrivals).toHaveLength(2);
	});

	it('waits for a token server that says 503 twice', async () => {
		simulators.adm.token.fail({ reason: 'ServiceUnavailable', times: 2 });
		expect(await send(client, CONTENT, simulators.adm.goodAddress())).toMatchObject({ class: 'ok' });
		expect(simulators.adm.token.requests.map(({ status }) => status)).toEqual([503, 503, 200]);
	});

	it.each([
		['seconds', () => '90', 90],
		['a date', () => new Date(Date.now() + 90_000).toUTCString(), 90],
	])('passes on how long the token server asks to wait, as %s', async (_form, header, seconds) => {
		simulators.adm.token.fail({ reason: 'ServiceUnavailable', headers: { 'Retry-After': header() } });
		const outcome: Outcome = await send(client, CONTENT, simulators.adm.goodAddress());
		expect(outcome.class).toBe('temporary');
		expect(outcome.retryAfterSeconds).toBeGreaterThan(seconds - 3);
		expect(outcome.retryAfterSeconds).toBeLessThanOrEqual(seconds);
		expect(simulators.adm.token.requests).toHaveLength(1);
	});

	it('opens no more than thirty sockets', async () => {
		simulators.adm.latencyMs = 20;
		const outcomes = await Promise.all(
			Array.from({ length: 90 }, async (_, n) => await send(client, CONTENT, simulators.adm.goodAddress(n))),
		);
		expect(outcomes.filter((outcome) => outcome.class === 'ok')).toHaveLength(90);
		expect(new Set(simulators.adm.arrivals.map(({ connection }) => connection)).size).toBeLessThanOrEqual(30);
	});

	it('tells a lost answer for what it is', async () => {
		simulators.adm.fail({ cutConnection: true, times: 1 });
		expect(await send(client, CONTENT, simulators.adm.goodAddress())).toMatchObject({
			class: 'ambiguous',
			tokenAction: 'keep',
		});
	});
});

describe("the ADM credential's test, over real connections", () => {
	it('is passed without sending anything to a device', async () => {
		expect(await admProvider.check(simulators.credentials.adm, engine.deps)).toMatchObject({
			ok: true,
			channels: ['ADM'],
		});
		expect(simulators.adm.arrivals).toHaveLength(0);
	});

	it.each([
		['a wrong client id', { clientId: 'amzn1.application-oa2-client.wrong' }],
		['a wrong client secret', { clientSecret: 'wrong' }],
	])('says in words what is wrong with %s', async (_name, changes) => {
		const report = await admProvider.check({ ...simulators.credentials.adm, ...changes }, engine.deps);
		expect(report).toMatchObject({
			ok: false,
			channels: [],
			message: expect.stringMatching(/does not know this client id, or the client secret is wrong/),
		});
		expect(JSON.stringify(report)).not.toContain(simulators.credentials.adm.clientSecret);
	});

	it.each([
		['invalid_scope', /Device Messaging/],
		['unauthorized_client', /Device Messaging/],
		['ServerError', /Try again later/],
	])('says in words what to do about %s', async (reason, words) => {
		simulators.adm.token.fail({ reason });
		expect(await admProvider.check(simulators.credentials.adm, engine.deps)).toMatchObject({
			ok: false,
			message: expect.stringMatching(words),
		});
	});
});
