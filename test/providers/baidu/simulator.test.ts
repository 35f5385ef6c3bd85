import type { BaiduContent } from '../../../push/messages/content';
import { type OutcomeClass, systemClock, type TokenAction } from '../../../push/model';
import { baiduProvider } from '../../../push/providers/baidu/provider';
import type { ProviderClient } from '../../../push/providers/provider';
import { startSimulators, type Simulators } from '../../simulators';
import { BAIDU_REASONS } from '../../simulators/baidu/reasons';
import { send, sendRenewing } from '../sending';
import { simulatedEngine, type SimulatedEngine } from '../simulated-engine';

const CONTENT: BaiduContent = {
	provider: 'baidu',
	messageType: 1,
	message: '{"title":"Hi ~*","description":"(there) ü 你好 \'!\'"}',
	expiresSeconds: 3600,
	deviceType: 3,
	topicId: 'news',
	bytes: 50,
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
	client = await baiduProvider.open(simulators.credentials.baidu, 'BAIDU', engine.deps);
});

afterEach(async () => {
	await engine.close();
});

const DEAD = new Set(['30607', '30608', '40001', '40003']);

const PLAIN: Readonly<Record<string, OutcomeClass>> = {
	'30600': 'temporary',
	'30601': 'client-bug',
	'30602': 'payload',
	'30604': 'throttle-sender',
	'30605': 'payload',
	'30606': 'auth-refresh',
	'30610': 'duplicate',
	'30611': 'payload',
	'30619': 'payload',
	'30699': 'throttle-sender',
	'40002': 'payload',
	'40005': 'duplicate',
};

/** The rest of 306xx, 400xx and 50xxx is about the account; 41xxx about timers. */
function expectedOf(code: string): readonly [OutcomeClass, TokenAction] {
	if (DEAD.has(code)) return ['token', 'remove'];
	const plain = PLAIN[code];
	if (plain !== undefined) return [plain, 'keep'];
	return [code.startsWith('41') ? 'payload' : 'config', 'keep'];
}

describe('Baidu over real connections', () => {
	it('sends a message to a device, signed as Baidu checks it', async () => {
		const outcome = await send(client, CONTENT, simulators.baidu.goodAddress());
		expect(outcome).toMatchObject({
			class: 'ok',
			message: '',
			tokenAction: 'keep',
			messageId: expect.stringMatching(/^81\d{17,}$/),
		});
		const [arrival] = simulators.baidu.arrivals;
		expect(arrival?.path).toBe('/rest/3.0/push/single_device');
		expect(Object.fromEntries(new URLSearchParams(arrival?.body))).toMatchObject({
			channel_id: simulators.baidu.goodAddress(),
			msg_type: '1',
			msg: CONTENT.message,
			msg_expires: '3600',
			device_type: '3',
			topic_id: 'news',
		});
	});

	it.each(Object.keys(BAIDU_REASONS))('tells %s for what it is, also inside HTTP 200', async (code) => {
		const [expected, tokenAction] = expectedOf(code);
		for (const inside200 of [false, true]) {
			simulators.baidu.errorsInside200 = inside200;
			const fresh = await baiduProvider.open(simulators.credentials.baidu, 'BAIDU', engine.deps);
			const outcome = await send(fresh, CONTENT, simulators.baidu.addressFor(code));
			expect(outcome).toMatchObject({ class: expected, tokenAction, providerReason: code });
			expect(outcome.providerStatus === 200).toBe(inside200);
			// Nineteen digits: a number would have lost the last ones.
			expect(outcome.messageId).toMatch(/^9\d{10,18}7*$/);
			expect(JSON.stringify(outcome)).not.toContain(simulators.credentials.baidu.secretKey);
		}
	});

	it('calls an id that Baidu does not take a matter of the address', async () => {
		simulators.baidu.fail({
			status: 400,
			body: '{"request_id":1,"error_code":30602,"error_msg":"Request Params Not Valid: channel_id"}',
		});
		expect(await send(client, CONTENT, simulators.baidu.goodAddress())).toMatchObject({
			class: 'token',
			tokenAction: 'suspect',
		});
	});

	it('signs again once when its time is refused', async () => {
		simulators.baidu.fail({ reason: '30606', times: 1 });
		expect(await sendRenewing(client, CONTENT, simulators.baidu.goodAddress())).toMatchObject({ class: 'ok' });
		expect(simulators.baidu.arrivals).toHaveLength(2);
	});

	it('blames the clock after two tries when it is an hour wrong', async () => {
		const late = simulatedEngine({ ...systemClock, now: () => Date.now() - 3_600_000 });
		const slow = await baiduProvider.open(simulators.credentials.baidu, 'BAIDU', late.deps);
		expect(await sendRenewing(slow, CONTENT, simulators.baidu.goodAddress())).toMatchObject({
			class: 'config',
			stops: 'client',
			message: expect.stringMatching(/clock/),
		});
		expect(simulators.baidu.arrivals).toHaveLength(2);
		await late.close();
	});

	it.each([
		['seconds', () => '7', 7],
		['a date', () => new Date(Date.now() + 40_000).toUTCString(), 40],
	])('obeys Retry-After as %s', async (_form, header, seconds) => {
		simulators.baidu.fail({ reason: '30699', headers: { 'retry-after': header() } });
		const { retryAfterSeconds } = await send(client, CONTENT, simulators.baidu.goodAddress());
		expect(retryAfterSeconds).toBeGreaterThan(seconds - 3);
		expect(retryAfterSeconds).toBeLessThanOrEqual(seconds);
	});

	it('opens no more than twenty sockets', async () => {
		simulators.baidu.latencyMs = 20;
		const outcomes = await Promise.all(
			Array.from({ length: 60 }, async (_, n) => await send(client, CONTENT, simulators.baidu.goodAddress(n))),
		);
		expect(outcomes.filter((outcome) => outcome.class === 'ok')).toHaveLength(60);
		expect(new Set(simulators.baidu.arrivals.map(({ connection }) => connection)).size).toBeLessThanOrEqual(20);
	});
});

describe("the Baidu credential's test, over real connections", () => {
	it('is passed without sending anything to a device', async () => {
		expect(await baiduProvider.check(simulators.credentials.baidu, engine.deps)).toMatchObject({
			ok: true,
			channels: ['BAIDU'],
		});
		expect(simulators.baidu.arrivals.map(({ path, status }) => [path, status])).toEqual([
			['/rest/3.0/topic/query_list', 200],
		]);
	});

	it.each([
		['a wrong secret key', { secretKey: 'wrong' }],
		['a wrong API key', { apiKey: 'wrong' }],
	])('says in words what is wrong with %s', async (_name, changes) => {
		const report = await baiduProvider.check({ ...simulators.credentials.baidu, ...changes }, engine.deps);
		expect(report).toMatchObject({
			ok: false,
			channels: [],
			message: expect.stringMatching(/API key or the secret key is wrong/),
		});
		expect(JSON.stringify(report)).not.toContain(simulators.credentials.baidu.secretKey);
	});

	it('blames the clock when it is an hour wrong', async () => {
		const late = simulatedEngine({ ...systemClock, now: () => Date.now() + 3_600_000 });
		const report = await baiduProvider.check(simulators.credentials.baidu, late.deps);
		await late.close();
		expect(report).toMatchObject({ ok: false, message: expect.stringMatching(/clock/) });
	});
});
