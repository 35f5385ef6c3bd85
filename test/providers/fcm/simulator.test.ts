import { generateKeyPairSync } from 'node:crypto';
import type { FcmContent } from '../../../push/messages/content';
import {
	type FcmServiceAccountCredential,
	type Outcome,
	type OutcomeClass,
	systemClock,
	type TokenAction,
} from '../../../push/model';
import { fcmProvider } from '../../../push/providers/fcm/provider';
import type { ProviderClient } from '../../../push/providers/provider';
import { startSimulators, type Simulators } from '../../simulators';
import { FCM_REASONS, type FcmReason } from '../../simulators/fcm/reasons';
import { send, sendRenewing } from '../sending';
import { simulatedEngine, type SimulatedEngine } from '../simulated-engine';

const CONTENT: FcmContent = {
	provider: 'fcm',
	message: '{"notification":{"title":"Hi","body":"there"},"data":{"a":"b"}}',
	validateOnly: false,
	bytes: 10,
	collapsible: false,
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
	client = await fcmProvider.open(simulators.credentials.fcm, 'GCM', engine.deps);
});

afterEach(async () => {
	await engine.close();
});

const REMOVE: readonly [OutcomeClass, TokenAction] = ['token', 'remove'];
const keep = (outcome: OutcomeClass): readonly [OutcomeClass, TokenAction] => [outcome, 'keep'];

const EXPECTED: Readonly<Record<FcmReason, readonly [OutcomeClass, TokenAction]>> = {
	INVALID_TOKEN: REMOVE,
	INVALID_TOKEN_FIELD: REMOVE,
	INVALID_ARGUMENT: keep('payload'),
	MESSAGE_TOO_BIG: keep('payload'),
	INVALID_DATA_KEY: keep('payload'),
	UNREGISTERED: REMOVE,
	NOT_REGISTERED: REMOVE,
	NOT_FOUND: keep('config'),
	SENDER_ID_MISMATCH: ['token', 'suspect'],
	SERVICE_DISABLED: keep('config'),
	IAM_PERMISSION_DENIED: keep('config'),
	CONSUMER_INVALID: keep('config'),
	BILLING_DISABLED: keep('config'),
	API_KEY_SERVICE_BLOCKED: keep('config'),
	PERMISSION_DENIED: keep('config'),
	THIRD_PARTY_AUTH_ERROR: keep('config'),
	APNS_AUTH_ERROR: keep('config'),
	ACCESS_TOKEN_EXPIRED: keep('auth-refresh'),
	ACCESS_TOKEN_TYPE_UNSUPPORTED: keep('auth-refresh'),
	CREDENTIALS_MISSING: keep('auth-refresh'),
	QUOTA_EXCEEDED: keep('throttle-sender'),
	DEVICE_QUOTA_EXCEEDED: keep('throttle-device'),
	TOPIC_QUOTA_EXCEEDED: keep('throttle-sender'),
	QUOTA_EXCEEDED_RETRY_INFO: keep('throttle-sender'),
	INTERNAL: keep('temporary'),
	UNAVAILABLE: keep('temporary'),
	BAD_GATEWAY: keep('temporary'),
	GATEWAY_TIMEOUT: keep('temporary'),
	REQUEST_TIMEOUT: keep('temporary'),
	UNSPECIFIED_ERROR: keep('payload'),
};

/** What must never be seen: the key of the account, its assertions, access tokens. */
function secretsIn(shown: unknown): string[] {
	const text = JSON.stringify(shown);
	const key =
		/-----BEGIN[\s\S]{100}/.exec(simulators.credentials.fcm.serviceAccountJson.replaceAll('\\n', ''))?.[0] ?? '';
	return [key.slice(-60), 'ya29.', 'eyJ', 'BEGIN', 'Bearer '].filter((secret) => text.includes(secret));
}

function changed(changes: Readonly<Record<string, unknown>>): FcmServiceAccountCredential {
	const credential = simulators.credentials.fcm;
	const file: unknown = JSON.parse(credential.serviceAccountJson);
	return { ...credential, serviceAccountJson: JSON.stringify(Object.assign({}, file, changes)) };
}

describe('FCM over real connections', () => {
	it('sends a message to a device', async () => {
		const address = simulators.fcm.goodAddress();
		const outcome = await send(client, CONTENT, address);
		expect(outcome).toMatchObject({
			class: 'ok',
			message: '',
			tokenAction: 'keep',
			messageId: expect.stringMatching(/^projects\/.+\/messages\/.+/),
		});
		const [arrival] = simulators.fcm.arrivals;
		expect(arrival?.address).toBe(address);
		expect(JSON.parse(arrival?.body ?? '')).toEqual({
			message: { token: address, notification: { title: 'Hi', body: 'there' }, data: { a: 'b' } },
		});
		expect(arrival?.headers['content-type']).toBe('application/json; charset=UTF-8');
	});

	it.each(Object.keys(FCM_REASONS).filter((reason): reason is FcmReason => reason in EXPECTED))(
		'tells %s for what it is',
		async (reason) => {
			const outcome = await send(client, CONTENT, simulators.fcm.addressFor(reason));
			const [expected, tokenAction] = EXPECTED[reason];
			expect(outcome).toMatchObject({ class: expected, tokenAction, providerStatus: FCM_REASONS[reason].status });
			expect(outcome.message).toMatch(/\S/);
			expect(secretsIn(outcome)).toEqual([]);
		},
	);

	it('calls a token of a wrong shape what FCM calls it', async () => {
		expect(await send(client, CONTENT, 'no-such-device')).toMatchObject({
			class: 'token',
			tokenAction: 'remove',
			statusCode: 400,
		});
	});

	it.each([
		['seconds', () => '7', 7],
		['a date', () => new Date(Date.now() + 40_000).toUTCString(), 40],
	])('obeys Retry-After as %s', async (_form, header, seconds) => {
		simulators.fcm.fail({ reason: 'UNAVAILABLE', headers: { 'retry-after': header() } });
		const { retryAfterSeconds } = await send(client, CONTENT, simulators.fcm.goodAddress());
		expect(retryAfterSeconds).toBeGreaterThan(seconds - 3);
		expect(retryAfterSeconds).toBeLessThanOrEqual(seconds);
	});

	it('asks FCM to check only', async () => {
		expect(await send(client, CONTENT, simulators.fcm.goodAddress(), { validateOnly: true })).toMatchObject({
			class: 'ok',
			message: 'Valid; FCM checked it and sent nothing.',
			messageId: expect.stringContaining('fake_message_id'),
		});
	});

	it('fetches one token for a hundred sends at once over two clients', async () => {
		const second = await fcmProvider.open(simulators.credentials.fcm, 'GCM', engine.deps);
		const outcomes = await Promise.all(
			Array.from(
				{ length: 100 },
				async (_, n) => await send(n % 2 ? client : second, CONTENT, simulators.fcm.goodAddress(n)),
			),
		);
		expect(outcomes.filter((outcome) => outcome.class === 'ok')).toHaveLength(100);
		expect(simulators.fcm.token.requests).toHaveLength(1);
	});

	it('gets another token when all of them expire in the middle, and loses nothing', async () => {
		await send(client, CONTENT, simulators.fcm.goodAddress());
		simulators.fcm.token.expireAll();
		const outcomes = await Promise.all(
			Array.from({ length: 50 }, async (_, n) => await sendRenewing(client, CONTENT, simulators.fcm.goodAddress(n))),
		);
		expect(outcomes.filter((outcome) => outcome.class === 'ok')).toHaveLength(50);
		expect(simulators.fcm.token.requests).toHaveLength(2);
	});

	it('stops after two tries when every token is refused', async () => {
		simulators.fcm.fail({ reason: 'ACCESS_TOKEN_EXPIRED' });
		expect(await sendRenewing(client, CONTENT, simulators.fcm.goodAddress())).toMatchObject({
			class: 'config',
			stops: 'client',
			statusCode: 401,
		});
		expect(simulators.fcm.arrivals).toHaveLength(2);
		expect(simulators.fcm.token.requests).toHaveLength(2);
	});

	it('waits for a token server that says 503 twice', async () => {
		simulators.fcm.token.fail({ reason: 'temporarily_unavailable', times: 2 });
		expect(await send(client, CONTENT, simulators.fcm.goodAddress())).toMatchObject({ class: 'ok' });
		expect(simulators.fcm.token.requests.map(({ status }) => status)).toEqual([503, 503, 200]);
	});

	it('waits for a slow token server', async () => {
		simulators.fcm.token.fail({ delayMs: 100, times: 1 });
		expect(await send(client, CONTENT, simulators.fcm.goodAddress())).toMatchObject({ class: 'ok' });
	});

	it('gives up on a token server that never answers, and sends once it does again', async () => {
		simulators.fcm.token.fail({ silence: true, times: 3 });
		const outcomes = await Promise.all(
			[1, 2, 3].map(async (n) => await send(client, CONTENT, simulators.fcm.goodAddress(n))),
		);
		for (const outcome of outcomes) {
			expect(outcome).toMatchObject({
				class: 'temporary',
				providerReason: 'TokenTimeout',
				retryAfterSeconds: expect.any(Number),
				processed: false,
			});
		}
		expect(simulators.fcm.arrivals).toHaveLength(0);
		let last: Outcome | undefined;
		for (let n = 0; n < 100 && last?.class !== 'ok'; n++) {
			last = await send(client, CONTENT, simulators.fcm.goodAddress());
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect(last).toMatchObject({ class: 'ok' });
	});

	it('tells a lost answer for what it is', async () => {
		await send(client, CONTENT, simulators.fcm.goodAddress());
		simulators.fcm.fail({ cutConnection: true, times: 1 });
		expect(await send(client, CONTENT, simulators.fcm.goodAddress())).toMatchObject({
			class: 'ambiguous',
			tokenAction: 'keep',
		});
	});

	it('never pings', async () => {
		for (let n = 0; n < 3; n++) await send(client, CONTENT, simulators.fcm.goodAddress(n));
		expect(simulators.fcm.connections.pings).toBe(0);
	});
});

describe("the FCM credential's test, over real connections", () => {
	it('is passed, and leaves no trace on any device', async () => {
		const report = await fcmProvider.check(simulators.credentials.fcm, engine.deps);
		expect(report).toMatchObject({ ok: true, channels: ['GCM'], warnings: [] });
		expect(simulators.fcm.arrivals).toHaveLength(1);
		expect(JSON.parse(simulators.fcm.arrivals[0]?.body ?? '')).toMatchObject({ validate_only: true });
	});

	const stranger = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});

	it.each([
		['a key of another account', { private_key: stranger.privateKey }, /create a new key/],
		['an account that was deleted', { client_email: 'gone@demo.iam.gserviceaccount.com' }, /was deleted/],
		['another project', { project_id: 'another-project' }, /no project another-project/],
	])('says in words what is wrong with %s', async (_name, changes, words) => {
		const report = await fcmProvider.check(changed(changes), engine.deps);
		expect(report).toMatchObject({ ok: false, channels: [], message: expect.stringMatching(words) });
		expect(secretsIn(report)).toEqual([]);
	});

	it('blames the clock when it is a day wrong', async () => {
		const yesterday = simulatedEngine({ ...systemClock, now: () => Date.now() - 86_400_000 });
		const report = await fcmProvider.check(simulators.credentials.fcm, yesterday.deps);
		await yesterday.close();
		expect(report).toMatchObject({ ok: false, message: expect.stringMatching(/clock/) });
	});

	it('asks for the CA when the server cannot prove who it is', async () => {
		const { connection } = simulators.credentials.fcm;
		const credential = { ...simulators.credentials.fcm, connection: { ...connection, ca: '' } };
		expect(await fcmProvider.check(credential, engine.deps)).toMatchObject({
			ok: false,
			message: expect.stringMatching(/CA certificate/),
		});
	});

	it('says so when nobody is there', async () => {
		const connection = { ...simulators.credentials.fcm.connection, tokenEndpoint: 'https://127.0.0.1:9/token' };
		const report = await fcmProvider.check({ ...simulators.credentials.fcm, connection }, engine.deps);
		expect(report).toMatchObject({ ok: false, message: expect.stringMatching(/No connection to .*127\.0\.0\.1:9/) });
	});
});
