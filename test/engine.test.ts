import { compileNotification, createEngine, type DirectCredentials, engine } from '../push';
import type { ChannelType, DeliveryResult } from '../push/model';
import { type Simulators, startSimulators } from './simulators';

let simulators: Simulators;
const own = createEngine({ env: {} });

beforeAll(async () => {
	simulators = await startSimulators();
});

afterEach(() => simulators.reset());

afterAll(async () => {
	await own.close(1_000);
	await simulators.close();
});

const message = compileNotification({ title: 'Hello', body: 'World' });

async function sendTo(channels: readonly ChannelType[], credentials: DirectCredentials): Promise<DeliveryResult[]> {
	const { apns, fcm, baidu, adm } = simulators;
	const address: Readonly<Record<ChannelType, string>> = {
		APNS: apns.production.goodAddress(),
		APNS_SANDBOX: apns.sandbox.goodAddress(),
		APNS_VOIP: apns.production.goodAddress(),
		APNS_VOIP_SANDBOX: apns.sandbox.goodAddress(),
		GCM: fcm.goodAddress(),
		BAIDU: baidu.goodAddress(),
		ADM: adm.goodAddress(),
	};
	const recipients = channels.map((channelType, ref) => ({ ref, channelType, address: address[channelType] }));
	const results: DeliveryResult[] = [];
	for await (const batch of own.send([{ message, recipients }], credentials)) results.push(...batch);
	return results.sort((a, b) => a.ref - b.ref);
}

test('one send reaches all seven channels', async () => {
	const { apnsKey, fcm, baidu, adm } = simulators.credentials;
	const channels = ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'BAIDU', 'ADM'] as const;
	const results = await sendTo(channels, { apns: apnsKey, fcm, baidu, adm });
	expect(results.map(({ deliveryStatus }) => deliveryStatus)).toEqual(channels.map(() => 'SUCCESSFUL'));
});

test("a channel without a credential gets AWS's own words", async () => {
	const [result] = await sendTo(['GCM'], {});
	expect(result).toMatchObject({
		deliveryStatus: 'PERMANENT_FAILURE',
		statusCode: 400,
		providerReason: 'ChannelNotConfigured',
		statusMessage: `No channel of type GCM is enabled for the application ${'0'.repeat(32)}`,
		attempts: 0,
	});
});

test('a broken credential does not keep the other channels from being sent to', async () => {
	const broken = { type: 'fcmServiceAccount', serviceAccountJson: 'SECRET no JSON' } as const;
	const [apple, google] = await sendTo(['APNS', 'GCM'], { apns: simulators.credentials.apnsKey, fcm: broken });
	expect(apple?.deliveryStatus).toBe('SUCCESSFUL');
	expect(google).toMatchObject({
		deliveryStatus: 'PERMANENT_FAILURE',
		providerReason: 'InvalidCredential',
		attempts: 0,
	});
	expect(JSON.stringify(google)).not.toContain('SECRET');
	// Alone, it is a mistake of the caller.
	await expect(sendTo(['GCM'], { fcm: broken })).rejects.toMatchObject({ code: 'InvalidCredential' });
});

test('connections and provider tokens are shared by all sends of an engine', async () => {
	const { production } = simulators.apns;
	const before = production.connections.opened;
	for (let n = 0; n < 5; n++) await sendTo(['APNS', 'APNS_VOIP'], { apns: simulators.credentials.apnsKey });
	expect(production.connections.opened - before).toBeLessThanOrEqual(1);
	expect(production.providerTokens).toBeLessThanOrEqual(1);
	expect(production.arrivals).toHaveLength(10);
});

test('the process has one engine', () => {
	expect(engine()).toBe(engine());
});

test('of credentials the provider is asked itself', async () => {
	const { fcm, adm } = simulators.credentials;
	expect(await own.checkCredential(fcm)).toMatchObject({ ok: true, channels: ['GCM'] });
	expect(await own.checkCredential({ ...adm, clientSecret: 'wrong' })).toMatchObject({ ok: false });
});

test.each(['GCM', 'ADM'] as const)(
	'an engine that was closed and is used again gets new access tokens (%s)',
	async (channelType) => {
		await sendTo([channelType], simulators.credentials);
		await own.close(100);
		// The token that is still at hand is refused: another one is asked for, over connections that were closed.
		(channelType === 'GCM' ? simulators.fcm : simulators.adm).token.expireAll();
		expect(await sendTo([channelType], simulators.credentials)).toMatchObject([{ deliveryStatus: 'SUCCESSFUL' }]);
	},
);
