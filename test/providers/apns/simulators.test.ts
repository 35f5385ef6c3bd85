import type { ApnsContent } from '../../../push/messages/content';
import {
	systemClock,
	systemRandom,
	type ChannelCredential,
	type ChannelType,
	type Outcome,
	type Recipient,
} from '../../../push/model';
import { apnsProvider } from '../../../push/providers/apns/provider';
import { REASON_TABLE } from '../../../push/providers/apns/reasonTable';
import { APNS_REASONS } from '../../../push/providers/apns/reasons';
import type { ProviderClient } from '../../../push/providers/provider';
import { createTransports, type TransportFactory } from '../../../push/transport';
import { startSimulators, type Simulators } from '../../simulators';
import { APNS_REASONS as SIMULATED } from '../../simulators/apns/reasons';
import { expectNoSecret } from './no-secrets';

let simulators: Simulators;
let transports: TransportFactory;

beforeAll(async () => {
	simulators = await startSimulators();
	transports = createTransports({ clock: systemClock, random: systemRandom, env: {} });
});
beforeEach(() => simulators.reset());
afterAll(async () => {
	await transports.close(0);
	await simulators.close();
});

const deps = () => ({ clock: systemClock, random: systemRandom, transports });

const CONTENT: ApnsContent = {
	provider: 'apns',
	pushType: 'alert',
	payload: '{"aps":{"alert":"Hi"}}',
	bytes: 22,
	collapsible: false,
};

const open = async (credential: ChannelCredential, channelType: ChannelType = 'APNS'): Promise<ProviderClient> =>
	await apnsProvider.open(credential, channelType, deps());

const send = async (
	client: ProviderClient,
	address: string,
	content = CONTENT,
	more: Partial<Recipient> = {},
): Promise<Outcome> =>
	await new Promise((resolve) => {
		const attempt = { messageId: systemRandom.uuid(), timeoutMs: 10_000, validateOnly: false };
		client.send(content, { ref: 0, address, channelType: client.channelType, ...more }, attempt, resolve);
	});

/** Every text of the fixtures that must never be seen. */
const secrets = (): string[] => {
	const { apnsKey, apnsSandboxKey, apnsCertificate, apnsLegacyPkcs12 } = simulators.credentials;
	return [
		apnsKey.privateKey,
		apnsSandboxKey.privateKey,
		apnsCertificate.privateKey ?? '',
		apnsLegacyPkcs12.pkcs12 ?? '',
	];
};

describe('APNs over TLS', () => {
	it('takes a push and hands back its id', async () => {
		const { production } = simulators.apns;
		const outcome = await send(await open(simulators.credentials.apnsKey), production.goodAddress());
		expect(outcome).toMatchObject({ class: 'ok', tokenAction: 'keep', providerStatus: 200 });
		const [arrival] = production.arrivals;
		expect(arrival).toMatchObject({ status: 200, address: production.goodAddress(), body: CONTENT.payload });
		expect(arrival?.headers).toMatchObject({
			':method': 'POST',
			':path': `/3/device/${production.goodAddress()}`,
			'apns-id': outcome.messageId,
			'apns-topic': 'com.example.app',
			'apns-push-type': 'alert',
			'apns-priority': '10',
		});
		expect(new Set(arrival?.headerNames).size).toBe(arrival?.headerNames.length);
	});

	const simulated = APNS_REASONS.filter((reason) => Object.hasOwn(SIMULATED, reason));

	it('is simulated with all reasons that a push to a device can get', () => {
		expect(simulated).toHaveLength(Object.keys(SIMULATED).length);
	});

	it.each(simulated)('answers %s and is understood', async (reason) => {
		const { production } = simulators.apns;
		const client = await open(simulators.credentials.apnsKey);
		const outcome = await send(client, production.addressFor(reason));
		const row = REASON_TABLE[reason];
		expect(outcome).toMatchObject({
			tokenAction: row.tokenAction,
			providerStatus: row.httpStatus,
			providerReason: reason,
		});
		// A key that has just worked gets one try on a new connection.
		expect(outcome.class).toBe(reason === 'InvalidProviderToken' ? 'auth-refresh' : row.class);
		expect(outcome.message).toContain(`(${reason})`);
		expect(outcome.messageId).toBe(production.arrivals.at(-1)?.headers['apns-id']);
		if (row.httpStatus === 410) expect(outcome.invalidSince).toBeLessThan(Date.now());
		expectNoSecret(outcome, ...secrets());
		expect(JSON.stringify(outcome)).not.toMatch(/bearer|eyJ/i);
	});

	it('keeps an address registered after Apple called it dead', async () => {
		const client = await open(simulators.credentials.apnsKey);
		const address = simulators.apns.production.addressFor('Unregistered');
		expect(await send(client, address, CONTENT, { registeredAt: Date.now() })).toMatchObject({
			class: 'token',
			tokenAction: 'keep',
		});
		expect(await send(client, address, CONTENT, { registeredAt: 1 })).toMatchObject({
			class: 'token',
			tokenAction: 'remove',
		});
	});

	it.each([
		['13', 13],
		[new Date(Date.now() + 7_200_000).toUTCString(), 3600],
	])('reads Retry-After: %s', async (value, seconds) => {
		simulators.apns.production.fail({ reason: 'TooManyRequests', headers: { 'retry-after': value } });
		const outcome = await send(await open(simulators.credentials.apnsKey), simulators.apns.production.goodAddress());
		expect(outcome).toMatchObject({ class: 'throttle-device', retryAfterSeconds: seconds });
	});

	it.each([
		['APNS', 'production', 'com.example.app', 'alert'],
		['APNS_SANDBOX', 'sandbox', 'com.example.app', 'alert'],
		['APNS_VOIP', 'production', 'com.example.app.voip', 'voip'],
		['APNS_VOIP_SANDBOX', 'sandbox', 'com.example.app.voip', 'voip'],
	] as const)('%s goes to %s with topic %s', async (channel, environment, topic, pushType) => {
		for (const credential of [simulators.credentials.apnsKey, simulators.credentials.apnsCertificate]) {
			const simulator = simulators.apns[environment];
			const outcome = await send(await open(credential, channel), simulator.goodAddress());
			expect(outcome).toMatchObject({ class: 'ok', message: '' });
			expect(simulator.arrivals.at(-1)?.headers).toMatchObject({ 'apns-topic': topic, 'apns-push-type': pushType });
		}
	});

	it('the token of the other environment is suspect and its sentence names the right channel', async () => {
		const outcome = await send(await open(simulators.credentials.apnsKey), simulators.apns.sandbox.goodAddress());
		expect(outcome).toMatchObject({
			class: 'token',
			tokenAction: 'suspect',
			guarded: true,
			providerReason: 'BadDeviceToken',
		});
		expect(outcome.message).toContain('APNS_SANDBOX');
	});

	it.each(['apnsCertificate', 'apnsLegacyPkcs12', 'apnsModernPkcs12'] as const)(
		'lets %s in by TLS alone',
		async (name) => {
			const { production } = simulators.apns;
			const client = await open(simulators.credentials[name]);
			expect(await send(client, production.goodAddress())).toMatchObject({ class: 'ok' });
			expect(production.arrivals.at(-1)?.headers).not.toHaveProperty('authorization');
			expect(await send(client, production.addressFor('Unregistered'))).toMatchObject({
				class: 'token',
				tokenAction: 'remove',
			});
			expect(await send(client, production.goodAddress(), { ...CONTENT, pushType: 'location' })).toMatchObject({
				class: 'config',
				stops: 'message',
				providerReason: 'TopicNotInCertificate',
			});
		},
	);

	it('uses one provider token for many pushes on all channels and both environments', async () => {
		const { production, sandbox } = simulators.apns;
		const clients = await Promise.all(
			(['APNS', 'APNS_VOIP'] as const).map(async (channel) => await open(simulators.credentials.apnsKey, channel)),
		);
		await Promise.all(
			clients.flatMap((client) =>
				Array.from({ length: 20 }, async (_, n) => await send(client, production.goodAddress(n))),
			),
		);
		await send(await open(simulators.credentials.apnsKey, 'APNS_SANDBOX'), sandbox.goodAddress());
		expect(production.arrivals).toHaveLength(40);
		expect(production.arrivals.every(({ status }) => status === 200)).toBe(true);
		expect(production.providerTokens).toBe(1);
		const used = [...production.arrivals, ...sandbox.arrivals].map(({ headers }) => headers.authorization);
		expect(new Set(used).size).toBe(1);
	});

	it('a farewell for the credential (GOAWAY) is a refusal of the credential', async () => {
		const { production } = simulators.apns;
		production.fail({ goaway: { code: 1, lastStreamId: 'previous', debug: '{"reason":"Forbidden"}' } });
		const outcome = await send(await open(simulators.credentials.apnsKey), production.goodAddress());
		expect(outcome).toMatchObject({
			class: 'config',
			stops: 'client',
			providerReason: 'Forbidden',
			tokenAction: 'keep',
		});
	});

	it('a connection cut after the push was sent leaves its fate unknown', async () => {
		const { production } = simulators.apns;
		production.fail({ cutConnection: true, times: 1 });
		const outcome = await send(await open(simulators.credentials.apnsKey), production.goodAddress());
		expect(outcome).toMatchObject({ class: 'ambiguous', tokenAction: 'keep' });
		expect(outcome.message).toMatch(/may or may not have been delivered/);
	});

	it('silence ends with the time limit', async () => {
		const { production } = simulators.apns;
		production.fail({ silence: true });
		const client = await open(simulators.credentials.apnsKey);
		const outcome = await new Promise<Outcome>((resolve) => {
			const attempt = { messageId: systemRandom.uuid(), timeoutMs: 300, validateOnly: false };
			client.send(CONTENT, { ref: 0, address: production.goodAddress(), channelType: 'APNS' }, attempt, resolve);
		});
		expect(outcome).toMatchObject({ class: 'timeout', tokenAction: 'keep' });
		expect(outcome.message).toMatch(/within 0\.3 s/);
	});
});
