import fc from 'fast-check';
import { OUTCOME_CLASS, OUTCOME_CLASSES, type Outcome } from '../../../push/model';
import { BAIDU_CODES, type BaiduCode } from '../../../push/providers/baidu/reasons';
import { interpretBaidu, readBaiduBody } from '../../../push/providers/baidu/response';
import { response } from '../scripted-transports';

const ORIGIN = 'https://api.tuisong.baidu.com';
const NOW = Date.UTC(2026, 10, 22, 12);
const read = (status: number, body: string, headers: Record<string, string> = {}) =>
	interpretBaidu(response(status, body, headers), ORIGIN, NOW);
const refusal = (code: string, text: string) =>
	`{"request_id":9876543210123456789,"error_code":${code},"error_msg":${JSON.stringify(text)}}`;

const REMOVED: Partial<Outcome> = { class: 'token', tokenAction: 'remove', statusCode: 410 };
const CONFIG: Partial<Outcome> = { class: 'config', tokenAction: 'keep', stops: 'client' };
const PAYLOAD: Partial<Outcome> = { class: 'payload', tokenAction: 'keep', stops: 'message' };
const DUPLICATE: Partial<Outcome> = { class: 'duplicate', tokenAction: 'keep' };
const UNKNOWN: Partial<Outcome> = { class: 'unknown', tokenAction: 'keep' };

/** HTTP status each code comes with, and what it must mean. */
const ROWS: Readonly<Record<BaiduCode, readonly [number, Partial<Outcome>]>> = {
	'30600': [500, { class: 'temporary', backoffMs: 2_000 }],
	'30601': [405, { class: 'client-bug', stops: 'client' }],
	'30602': [400, { class: 'payload', tokenAction: 'keep' }],
	'30603': [403, { ...CONFIG, statusCode: 403 }],
	'30604': [402, { class: 'throttle-sender', retryInRun: false, adviseSeconds: 3600, stops: 'client' }],
	'30605': [404, PAYLOAD],
	'30606': [408, { class: 'auth-refresh', tokenAction: 'keep' }],
	'30607': [408, REMOVED],
	'30608': [404, REMOVED],
	'30609': [404, CONFIG],
	'30610': [409, DUPLICATE],
	'30611': [404, PAYLOAD],
	'30612': [401, { ...CONFIG, statusCode: 401 }],
	'30613': [402, CONFIG],
	'30614': [403, { ...CONFIG, statusCode: 403 }],
	'30615': [403, { ...CONFIG, statusCode: 403 }],
	'30616': [401, { ...CONFIG, statusCode: 401 }],
	'30617': [401, { ...CONFIG, statusCode: 401 }],
	'30618': [401, { ...CONFIG, statusCode: 401 }],
	'30619': [403, PAYLOAD],
	'30620': [403, { ...CONFIG, statusCode: 403 }],
	'30621': [400, CONFIG],
	'30699': [402, { class: 'throttle-sender', backoffMs: 10_000 }],
	'40001': [400, REMOVED],
	'40002': [400, PAYLOAD],
	'40003': [400, REMOVED],
	'40004': [400, CONFIG],
	'40005': [400, DUPLICATE],
	'40006': [400, CONFIG],
	'40007': [400, CONFIG],
	'40008': [400, CONFIG],
	'40009': [400, CONFIG],
	'40010': [400, CONFIG],
	'40011': [400, CONFIG],
	'40012': [400, CONFIG],
	'41001': [400, PAYLOAD],
	'41002': [400, PAYLOAD],
	'41003': [400, PAYLOAD],
	'41004': [400, PAYLOAD],
	'41005': [400, PAYLOAD],
	'50001': [400, CONFIG],
	'50002': [400, CONFIG],
	'50003': [400, CONFIG],
	'50004': [400, CONFIG],
	'50005': [400, CONFIG],
	'50006': [400, CONFIG],
	'50007': [400, CONFIG],
	'50008': [400, CONFIG],
	'10001': [400, UNKNOWN],
	'10002': [400, UNKNOWN],
	'10003': [400, UNKNOWN],
	'10101': [400, UNKNOWN],
};

describe("Baidu's answer", () => {
	it.each(BAIDU_CODES)('with the code %s means what its row says, whatever the HTTP status', (code) => {
		const [status, expected] = ROWS[code];
		for (const given of [status, 200]) {
			const outcome = read(given, refusal(code, 'Said so'));
			expect(outcome).toMatchObject({
				...expected,
				providerStatus: given,
				providerReason: code,
				providerMessage: 'Said so',
			});
			expect(outcome.stops).toBe(expected.stops);
			expect(outcome.messageId).toBe('9876543210123456789');
			expect(outcome.message).toMatch(/\S.*\.$/);
		}
	});

	it('counts what was done already as a duplicate, not as a failure', () => {
		expect(OUTCOME_CLASS[read(409, refusal('30610', 'Duplicate Operation')).class]).toMatchObject({
			status: 'DUPLICATE',
			statusCode: 200,
		});
	});

	it('that a field is not valid is about the address when it names channel_id, and costs no address by itself', () => {
		expect(read(400, refusal('30602', 'Request Params Not Valid: channel_id'))).toMatchObject({
			class: 'token',
			tokenAction: 'suspect',
		});
	});

	it('that it accepted the message gives its id', () => {
		expect(
			read(200, '{"request_id":9876543210123456789,"response_params":{"msg_id":"8100000000000000001","send_time":1}}'),
		).toEqual({
			class: 'ok',
			message: '',
			tokenAction: 'keep',
			providerStatus: 200,
			messageId: '8100000000000000001',
		});
	});

	it.each([
		['{"request_id":9876543210123456789,"response_params":{"msg_id":8100000000000000003}}', '8100000000000000003'],
		['{"request_id":9876543210123456789,"response_params":{}}', '9876543210123456789'],
		['{"request_id":42}', '42'],
		['{"request_id":42,"error_code":0,"error_msg":""}', '42'],
	])('keeps every digit of its numbers: %s', (body, messageId) => {
		expect(read(200, body)).toMatchObject({ class: 'ok', messageId });
	});

	it('keeps the digits of integers of any length, and leaves texts and fractions as they are', () => {
		fc.assert(
			fc.property(
				fc.bigInt({ min: 0n }),
				fc.string(),
				fc.double({ noNaN: true, noDefaultInfinity: true }),
				(big, text, fraction) => {
					const body = readBaiduBody(
						`{"n":${big},"t":${JSON.stringify(`${text}${big}`)},"f":${JSON.stringify(fraction)}}`,
					);
					expect(String(body?.n)).toBe(String(big));
					expect(body?.t).toBe(`${text}${big}`);
					expect(Number(body?.f)).toBe(Object.is(fraction, -0) ? 0 : fraction);
				},
			),
		);
	});

	it.each([
		[500, 'temporary'],
		[502, 'temporary'],
		[429, 'throttle-sender'],
		[403, 'config'],
		[404, 'client-bug'],
		[200, 'unknown'],
	])('of a gateway (HTML, HTTP %i) is read by its status', (status, expected) => {
		expect(read(status, '<html>Sorry')).toMatchObject({ class: expected, providerStatus: status, tokenAction: 'keep' });
	});

	it.each([
		[503, 'temporary'],
		[400, 'payload'],
		[200, 'unknown'],
	])('with a code nobody knows yet (HTTP %i) is never a success', (status, expected) => {
		expect(read(status, refusal('39999', 'New'))).toMatchObject({ class: expected, providerReason: '39999' });
	});

	it.each([
		['9', 9],
		['Sun, 22 Nov 2026 12:01:00 GMT', 60],
	])('says how long to wait in Retry-After: %s', (header, seconds) => {
		expect(read(402, refusal('30699', 'Too frequent'), { 'retry-after': header }).retryAfterSeconds).toBe(seconds);
		expect(read(503, '', { 'retry-after': header }).retryAfterSeconds).toBe(seconds);
	});

	it('can be anything at all without breaking the reader', () => {
		const odd = fc.record({
			error_code: fc.jsonValue(),
			error_msg: fc.jsonValue(),
			request_id: fc.jsonValue(),
			response_params: fc.jsonValue(),
		});
		fc.assert(
			fc.property(
				fc.integer({ min: 100, max: 599 }),
				fc.oneof(
					fc.string(),
					fc.json(),
					odd.map((body) => JSON.stringify(body)),
				),
				(status, body) => {
					expect(OUTCOME_CLASSES).toContain(read(status, body).class);
				},
			),
		);
	});
});
