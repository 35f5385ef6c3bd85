import type { BaiduContent } from '../../../push/messages/content';
import type { BaiduCredential } from '../../../push/model';
import { baiduProvider } from '../../../push/providers/baidu/provider';
import { ManualClock } from '../manual-clock';
import { response, type Script, ScriptedTransports } from '../scripted-transports';
import { send, sendRenewing } from '../sending';

const random = { uuid: () => '00000000-0000-4000-8000-000000000000', fraction: () => 0 };
const CREDENTIAL: BaiduCredential = { type: 'baidu', apiKey: 'api-key', secretKey: 'very-secret-key' };
const CONTENT: BaiduContent = {
	provider: 'baidu',
	messageType: 1,
	message: '{"description":"Hi"}',
	bytes: 20,
	collapsible: false,
};
const CHANNEL_ID = '3000000000000000001';
const SENT = response(200, '{"request_id":1,"response_params":{"msg_id":"2"}}');
const TOO_OLD = response(408, '{"request_id":1,"error_code":30606,"error_msg":"Request Time Expires Timeout"}');

function engine(script: Script) {
	const clock = new ManualClock();
	const transports = new ScriptedTransports(script);
	return { clock, transports, deps: { clock, random, transports } };
}

const timestampOf = (body: string | undefined) => new URLSearchParams(body).get('timestamp');

describe('the Baidu client', () => {
	it('uses HTTP/1.1 with twenty sockets at most', async () => {
		const { deps, transports } = engine(() => SENT);
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		expect(transports.opened).toEqual([
			expect.objectContaining({
				protocol: 'http1',
				target: { origin: 'https://api.tuisong.baidu.com' },
				settings: { maxConnections: 20, idleCloseMs: 30_000, connectTimeoutMs: 10_000 },
			}),
		]);
		expect(client.pace).toEqual({ ratePerSecond: 50, rampUpMs: 0, inFlight: 20, attempts: 3, maxBackoffMs: 60_000 });
	});

	it('signs each try with the time it is made', async () => {
		const { deps, transports, clock } = engine((_sent, number) => (number === 1 ? TOO_OLD : SENT));
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		const refused = await send(client, CONTENT, CHANNEL_ID);
		await clock.advance(20_000);
		expect(refused.class).toBe('auth-refresh');
		expect(await client.renewAuthorization(refused)).toBe(true);
		expect(await send(client, CONTENT, CHANNEL_ID)).toMatchObject({ class: 'ok', messageId: '2' });
		const [first, second] = transports.sent.map(({ request }) => Number(timestampOf(request.body)));
		expect((second ?? 0) - (first ?? 0)).toBe(20);
	});

	it('signs again once when its time is refused, and then blames the clock', async () => {
		const { deps, transports } = engine(() => TOO_OLD);
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		const outcomes = await Promise.all(
			Array.from({ length: 10 }, async () => await sendRenewing(client, CONTENT, CHANNEL_ID)),
		);
		for (const outcome of outcomes) {
			expect(outcome).toMatchObject({
				class: 'config',
				stops: 'client',
				providerReason: '30606',
				message: expect.stringContaining('clock'),
			});
		}
		expect(transports.sent).toHaveLength(20);
		expect(await send(client, CONTENT, CHANNEL_ID)).toMatchObject({ class: 'config' });
	});

	it('signs again the next time too, once the clock was right in between', async () => {
		let wrong = true;
		const { deps } = engine(() => (wrong ? TOO_OLD : SENT));
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		await sendRenewing(client, CONTENT, CHANNEL_ID);
		wrong = false;
		expect(await send(client, CONTENT, CHANNEL_ID)).toMatchObject({ class: 'ok' });
		wrong = true;
		expect(await send(client, CONTENT, CHANNEL_ID)).toMatchObject({ class: 'auth-refresh' });
	});

	it('has nothing to renew for any other outcome', async () => {
		const { deps } = engine(() =>
			response(403, '{"request_id":1,"error_code":30603,"error_msg":"Authentication Failed"}'),
		);
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		const refused = await send(client, CONTENT, CHANNEL_ID);
		expect(refused).toMatchObject({ class: 'config', stops: 'client' });
		expect(await client.renewAuthorization(refused)).toBe(false);
	});

	it('sends nothing when the message is only to be checked, and checks the address all the same', async () => {
		const { deps, transports } = engine(() => SENT);
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		expect(await send(client, CONTENT, CHANNEL_ID, { validateOnly: true })).toMatchObject({
			class: 'ok',
			message: 'Valid; not sent (Baidu has no validate-only mode).',
			processed: false,
		});
		expect(await send(client, CONTENT, 'abc', { validateOnly: true })).toMatchObject({
			providerReason: 'InvalidAddress',
		});
		expect(transports.sent).toHaveLength(0);
	});

	it('refuses other channels, other credentials and messages made for other providers', async () => {
		const { deps, transports } = engine(() => SENT);
		await expect(baiduProvider.open(CREDENTIAL, 'GCM', deps)).rejects.toThrow(/channel GCM/);
		await expect(baiduProvider.open({ type: 'adm', clientId: 'a', clientSecret: 'b' }, 'BAIDU', deps)).rejects.toThrow(
			/API key/,
		);
		const client = await baiduProvider.open(CREDENTIAL, 'BAIDU', deps);
		expect(await send(client, { provider: 'adm', body: '{}', bytes: 2, collapsible: false }, CHANNEL_ID)).toMatchObject(
			{ class: 'client-bug' },
		);
		expect(transports.sent).toHaveLength(0);
	});
});

describe("the Baidu credential's test", () => {
	const refusal = (status: number, code: number, text: string) =>
		response(status, { request_id: 1, error_code: code, error_msg: text });

	it.each([
		['a list', response(200, '{"request_id":1,"response_params":{"total_num":0,"result":[]}}')],
		['that there is no data', refusal(404, 30605, 'Data Required Not Found')],
	])('asks for something that reaches no device, and is passed by %s', async (_name, answer) => {
		const { deps, transports } = engine(() => answer);
		expect(await baiduProvider.check(CREDENTIAL, deps)).toEqual({
			ok: true,
			message: 'Baidu accepts the API key and the secret key.',
			channels: ['BAIDU'],
			warnings: [],
		});
		expect(transports.sent.map(({ request }) => request.path)).toEqual(['/rest/3.0/topic/query_list']);
	});

	it.each([
		['the keys are wrong', refusal(403, 30603, 'Authentication Failed'), /API key or the secret key/],
		['the clock is wrong', TOO_OLD, /clock/],
		['the application is not approved', refusal(401, 30616, 'Not approved'), /approved/],
		['the keys are wrong, inside HTTP 200', refusal(200, 30603, 'Authentication Failed'), /API key or the secret key/],
		['Baidu is in trouble', refusal(500, 30600, 'Internal'), /Try again later/],
		['somebody else answers', response(200, '<html>'), /not Baidu's/],
		['nobody answers', { kind: 'timeout', afterMs: 15_000 } as const, /did not answer/],
	])('says in words that %s', async (_name, answer, words) => {
		const { deps } = engine(() => answer);
		const report = await baiduProvider.check(CREDENTIAL, deps);
		expect(report).toMatchObject({ ok: false, channels: [] });
		expect(report.message).toMatch(words);
		expect(JSON.stringify(report)).not.toContain('very-secret-key');
	});
});
