import { BAIDU_REASONS } from './baidu/reasons';
import { baiduSignature } from './baidu/signature';
import { postHttp1, type Reply } from './clients';
import { startSimulators, type Simulators } from './index';

let simulators: Simulators;

beforeAll(async () => {
	simulators = await startSimulators();
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(() => simulators.reset());

const USER_AGENT = 'BCCS_SDK/3.0 (Linux; 5.10; x86_64) NodeJS/24 (Baidu Push SDK for NodeJS v3.0.0) test';

interface Call {
	method?: string;
	fields?: Record<string, string>;
	headers?: Record<string, string>;
	sign?: string;
	verb?: string;
}

async function call({
	method = 'push/single_device',
	fields = {},
	headers = {},
	sign,
	verb = 'POST',
}: Call = {}): Promise<Reply> {
	const { apiKey, secretKey } = simulators.credentials.baidu;
	const push = {
		channel_id: simulators.baidu.goodAddress(),
		msg_type: '1',
		msg: '{"title":"ü ~*\'","description":"d"}',
	};
	const common = { apikey: apiKey, timestamp: String(Math.floor(Date.now() / 1000)), device_type: '3' };
	const all = { ...common, ...(method === 'push/single_device' ? push : {}), ...fields };
	const url = `${simulators.baidu.origin}/rest/3.0/${method}`;
	const signed = { ...all, sign: sign ?? baiduSignature('POST', url, Object.entries(all), secretKey) };
	const standard = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', 'user-agent': USER_AGENT };
	return await postHttp1(url, simulators.ca, { ...standard, ...headers }, new URLSearchParams(signed).toString(), verb);
}

const codeOf = ({ status, body }: Reply): string => `${status} ${JSON.parse(body).error_code}`;

describe('the signature', () => {
	it('is the one of the published example', () => {
		const fields: Array<[string, string]> = [
			['timestamp', '1427180905'],
			['apikey', 'Ljc710pzAa99GULCo8y48NvB'],
			['sign', 'not part of it'],
			['expires', '1313293565'],
		];
		const url = 'http://api.tuisong.baidu.com/rest/3.0/test/echo';
		expect(baiduSignature('POST', url, fields, '87772555E1C16715EBA5C85341684C58')).toBe(
			'7d14113142e2a1583b4e9dad3fba73d0',
		);
	});

	it('is refused with 30603 when it was made with another secret', async () => {
		expect(codeOf(await call({ sign: '0'.repeat(32) }))).toBe('403 30603');
	});
});

describe('a request in good order', () => {
	it('is answered with a message id and a request id that JSON.parse would round', async () => {
		const reply = await call();
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.body).response_params).toMatchObject({ msg_id: expect.stringMatching(/^\d+$/) });
		const requestId = /"request_id":(\d+),/.exec(reply.body)?.[1] ?? '';
		expect(String(JSON.parse(reply.body).request_id)).not.toBe(requestId);
		expect(simulators.baidu.arrivals[0]).toMatchObject({ address: simulators.baidu.goodAddress(), status: 200 });
	});

	it.each(['report/query_msg_status', 'report/statistic_device', 'topic/query_list', 'timer/query_list'])(
		'may ask %s',
		async (method) => {
			const reply = await call({ method });
			expect(reply.status).toBe(200);
			expect(JSON.parse(reply.body).response_params).toBeDefined();
		},
	);

	it('may be an iOS notification', async () => {
		const fields = { device_type: '4', deploy_status: '1', msg: '{"aps":{"alert":"x"}}', msg_expires: '0' };
		expect((await call({ fields })).status).toBe(200);
	});

	it('may be a transparent text', async () => {
		expect((await call({ fields: { msg_type: '0', msg: 'plain text' } })).status).toBe(200);
	});
});

describe('a request that breaks a rule', () => {
	const seconds = Math.floor(Date.now() / 1000);

	it.each<[string, string, Call]>([
		['another verb', '405 30601', { verb: 'PUT' }],
		['an unknown method', '404 30605', { method: 'push/nobody' }],
		['another User-Agent', '400 30602', { headers: { 'user-agent': 'curl/8' } }],
		['JSON', '400 30602', { headers: { 'content-type': 'application/json' } }],
		['an unknown API key', '403 30603', { fields: { apikey: 'unknown' } }],
		['a timestamp of 11 minutes ago', '408 30606', { fields: { timestamp: String(seconds - 660) } }],
		['an end in the past', '408 30606', { fields: { expires: String(seconds - 1) } }],
		['a channel id of 9 digits', '400 30602', { fields: { channel_id: '123456789' } }],
		['a channel id with letters', '400 30602', { fields: { channel_id: 'abcdefghijk' } }],
		['an unknown message type', '400 30602', { fields: { msg_type: '2' } }],
		['4097 bytes', '400 30602', { fields: { msg_type: '0', msg: 'x'.repeat(4097) } }],
		['an expiry over seven days', '400 30602', { fields: { msg_expires: '604801' } }],
		['a notification without description', '400 30602', { fields: { msg: '{"title":"t"}' } }],
		['an unknown field', '400 30602', { fields: { priority: 'high' } }],
		['an unknown device type', '400 30602', { fields: { device_type: '5' } }],
		['an unknown deploy status', '400 30602', { fields: { deploy_status: '3' } }],
		['an iOS message without aps', '400 40002', { fields: { device_type: '4', msg: '{}' } }],
	])('with %s is answered %s', async (_what, expected, request) => {
		expect(codeOf(await call(request))).toBe(expected);
	});
});

describe('failures on demand', () => {
	it.each(Object.entries(BAIDU_REASONS))(
		'%s comes with the status and text of the table',
		async (code, [status, text]) => {
			const reply = await call({ fields: { channel_id: simulators.baidu.addressFor(code, 1) } });
			expect(codeOf(reply)).toBe(`${status} ${code}`);
			expect(JSON.parse(reply.body).error_msg).toBe(text);
		},
	);

	it('come inside HTTP 200 when asked to', async () => {
		simulators.baidu.errorsInside200 = true;
		expect(codeOf(await call({ fields: { channel_id: simulators.baidu.addressFor('30608') } }))).toBe('200 30608');
		simulators.reset();
		expect(codeOf(await call({ fields: { channel_id: simulators.baidu.addressFor('30608') } }))).toBe('404 30608');
	});
});
