import fc from 'fast-check';
import { OUTCOME_CLASSES, type Outcome } from '../../../push/model';
import {
	ERROR_INFO_REASONS,
	type ErrorInfoReason,
	FCM_ERROR_CODES,
	type FcmErrorCode,
	RPC_STATUSES,
	type RpcStatus,
} from '../../../push/providers/fcm/reasons';
import { type FcmContext, interpretFcm } from '../../../push/providers/fcm/response';
import { response } from '../scripted-transports';

const CONTEXT: FcmContext = {
	origin: 'https://fcm.googleapis.com',
	projectId: 'demo-project',
	clientEmail: 'push@demo',
	validateOnly: false,
	nowMs: Date.UTC(2026, 10, 22, 12),
};

const TYPE = 'type.googleapis.com/';
const errorCode = (code: string) => ({ '@type': `${TYPE}google.firebase.fcm.v1.FcmError`, errorCode: code });
const info = (reason: string) => ({ '@type': `${TYPE}google.rpc.ErrorInfo`, reason, domain: 'googleapis.com' });
const field = (name: string, description: string) => ({
	'@type': `${TYPE}google.rpc.BadRequest`,
	fieldViolations: [{ field: name, description }],
});
const quota = (subject: string, description = '') => ({
	'@type': `${TYPE}google.rpc.QuotaFailure`,
	violations: [{ subject, description }],
});
const retryInfo = (retryDelay: string) => ({ '@type': `${TYPE}google.rpc.RetryInfo`, retryDelay });

function answered(
	status: number,
	rpcStatus: string | undefined,
	details: object[],
	message = 'Said so.',
	headers: Record<string, string> = {},
): Outcome {
	return interpretFcm(
		response(status, { error: { code: status, message, status: rpcStatus, details } }, headers),
		CONTEXT,
	);
}

type Expected = Partial<Outcome>;

const TOKEN_REMOVED: Expected = { class: 'token', statusCode: 410, tokenAction: 'remove' };
const TROUBLE: Expected = { class: 'temporary', tokenAction: 'keep', backoffMs: 10_000 };
const QUOTA: Expected = { class: 'throttle-sender', tokenAction: 'keep', backoffMs: 60_000 };
const CONFIG_403: Expected = { class: 'config', statusCode: 403, stops: 'client', tokenAction: 'keep' };
const REFRESH: Expected = { class: 'auth-refresh', statusCode: 401, tokenAction: 'keep' };

/** HTTP status and canonical status each code comes with, and what it must mean. */
const CODES: Readonly<Record<FcmErrorCode, readonly [number, string, Expected]>> = {
	UNSPECIFIED_ERROR: [400, 'FAILED_PRECONDITION', { class: 'payload', tokenAction: 'keep' }],
	INVALID_ARGUMENT: [400, 'INVALID_ARGUMENT', { class: 'payload', tokenAction: 'keep' }],
	UNREGISTERED: [404, 'NOT_FOUND', TOKEN_REMOVED],
	UNREGISTERED_FID: [404, 'NOT_FOUND', TOKEN_REMOVED],
	SENDER_ID_MISMATCH: [
		403,
		'PERMISSION_DENIED',
		{ class: 'token', statusCode: 400, tokenAction: 'suspect', guarded: true },
	],
	QUOTA_EXCEEDED: [429, 'RESOURCE_EXHAUSTED', QUOTA],
	UNAVAILABLE: [503, 'UNAVAILABLE', { ...TROUBLE, statusCode: 503 }],
	INTERNAL: [500, 'INTERNAL', { ...TROUBLE, statusCode: 500 }],
	THIRD_PARTY_AUTH_ERROR: [401, 'UNAUTHENTICATED', { class: 'config', statusCode: 401, tokenAction: 'keep' }],
	APNS_AUTH_ERROR: [401, 'UNAUTHENTICATED', { class: 'config', statusCode: 401, tokenAction: 'keep' }],
};

const INFOS: Readonly<Record<ErrorInfoReason, readonly [number, string, Expected]>> = {
	SERVICE_DISABLED: [403, 'PERMISSION_DENIED', CONFIG_403],
	IAM_PERMISSION_DENIED: [403, 'PERMISSION_DENIED', CONFIG_403],
	CONSUMER_INVALID: [403, 'PERMISSION_DENIED', CONFIG_403],
	CONSUMER_SUSPENDED: [403, 'PERMISSION_DENIED', CONFIG_403],
	RESOURCE_PROJECT_INVALID: [400, 'INVALID_ARGUMENT', { ...CONFIG_403, statusCode: 400 }],
	BILLING_DISABLED: [403, 'PERMISSION_DENIED', CONFIG_403],
	USER_PROJECT_DENIED: [403, 'PERMISSION_DENIED', CONFIG_403],
	ACCOUNT_STATE_INVALID: [401, 'UNAUTHENTICATED', { ...CONFIG_403, statusCode: 401 }],
	SECURITY_POLICY_VIOLATED: [403, 'PERMISSION_DENIED', CONFIG_403],
	LOCATION_TAX_POLICY_VIOLATED: [403, 'PERMISSION_DENIED', CONFIG_403],
	API_KEY_INVALID: [400, 'INVALID_ARGUMENT', { ...CONFIG_403, statusCode: 400 }],
	API_KEY_SERVICE_BLOCKED: [403, 'PERMISSION_DENIED', CONFIG_403],
	API_KEY_HTTP_REFERRER_BLOCKED: [403, 'PERMISSION_DENIED', CONFIG_403],
	API_KEY_IP_ADDRESS_BLOCKED: [403, 'PERMISSION_DENIED', CONFIG_403],
	API_KEY_ANDROID_APP_BLOCKED: [403, 'PERMISSION_DENIED', CONFIG_403],
	API_KEY_IOS_APP_BLOCKED: [403, 'PERMISSION_DENIED', CONFIG_403],
	ACCESS_TOKEN_EXPIRED: [401, 'UNAUTHENTICATED', REFRESH],
	ACCESS_TOKEN_TYPE_UNSUPPORTED: [401, 'UNAUTHENTICATED', REFRESH],
	ACCESS_TOKEN_SCOPE_INSUFFICIENT: [403, 'PERMISSION_DENIED', CONFIG_403],
	CREDENTIALS_MISSING: [401, 'UNAUTHENTICATED', REFRESH],
	RATE_LIMIT_EXCEEDED: [429, 'RESOURCE_EXHAUSTED', QUOTA],
	RESOURCE_QUOTA_EXCEEDED: [429, 'RESOURCE_EXHAUSTED', QUOTA],
};

const STATUSES: Readonly<Record<RpcStatus, readonly [number, Expected]>> = {
	CANCELLED: [499, TROUBLE],
	UNKNOWN: [500, TROUBLE],
	INVALID_ARGUMENT: [400, { class: 'payload' }],
	DEADLINE_EXCEEDED: [504, { ...TROUBLE, statusCode: 504 }],
	NOT_FOUND: [404, { class: 'config', statusCode: 400, stops: 'client', tokenAction: 'keep' }],
	ALREADY_EXISTS: [409, { class: 'unknown', tokenAction: 'keep' }],
	PERMISSION_DENIED: [403, CONFIG_403],
	UNAUTHENTICATED: [401, REFRESH],
	RESOURCE_EXHAUSTED: [429, QUOTA],
	FAILED_PRECONDITION: [400, { class: 'payload' }],
	ABORTED: [409, TROUBLE],
	OUT_OF_RANGE: [400, { class: 'payload' }],
	UNIMPLEMENTED: [501, { class: 'temporary' }],
	INTERNAL: [500, TROUBLE],
	UNAVAILABLE: [503, TROUBLE],
	DATA_LOSS: [500, TROUBLE],
};

describe("FCM's answer", () => {
	it.each(FCM_ERROR_CODES)('with the error code %s means what its row says', (code) => {
		const [status, rpcStatus, expected] = CODES[code];
		const outcome = answered(status, rpcStatus, [errorCode(code)]);
		expect(outcome).toMatchObject({
			...expected,
			providerStatus: status,
			providerReason: code,
			providerMessage: 'Said so.',
		});
		expect(outcome.stops).toBe(expected.stops);
		expect(outcome.message).toMatch(/\S.*\.$/);
	});

	it.each(ERROR_INFO_REASONS)('with the reason %s means what its row says', (reason) => {
		const [status, rpcStatus, expected] = INFOS[reason];
		const outcome = answered(status, rpcStatus, [info(reason)]);
		expect(outcome).toMatchObject({ ...expected, providerStatus: status, providerReason: reason });
		expect(outcome.message).toMatch(/\S.*\.$/);
	});

	it.each(RPC_STATUSES)('with the status %s alone means what its row says', (rpcStatus) => {
		const [status, expected] = STATUSES[rpcStatus];
		expect(answered(status, rpcStatus, [])).toMatchObject({ ...expected, providerReason: rpcStatus });
	});

	it.each([
		[400, { class: 'payload', tokenAction: 'keep' }],
		[401, REFRESH],
		[403, CONFIG_403],
		[404, { class: 'config', stops: 'client' }],
		[405, { class: 'client-bug' }],
		[408, { ...TROUBLE, statusCode: 408 }],
		[413, { class: 'payload', statusCode: 413 }],
		[418, { class: 'unknown', statusCode: 418 }],
		[429, QUOTA],
		[500, { ...TROUBLE, statusCode: 500 }],
		[502, { ...TROUBLE, statusCode: 502 }],
		[503, { ...TROUBLE, statusCode: 503 }],
		[504, { ...TROUBLE, statusCode: 504 }],
	])('of a gateway (HTML, HTTP %i) is read by its status', (status, expected) => {
		const outcome = interpretFcm(response(status, '<!DOCTYPE html><p>Sorry'), CONTEXT);
		expect(outcome).toMatchObject({ ...expected, providerStatus: status });
		expect(outcome.providerReason).toBeUndefined();
		expect(outcome.message).not.toContain('DOCTYPE');
	});

	it('that it accepted the message gives its name as the message id', () => {
		expect(interpretFcm(response(200, { name: 'projects/p/messages/0:1' }), CONTEXT)).toEqual({
			class: 'ok',
			message: '',
			tokenAction: 'keep',
			providerStatus: 200,
			messageId: 'projects/p/messages/0:1',
		});
	});

	it('to validate_only says that nothing was sent', () => {
		const outcome = interpretFcm(response(200, { name: 'projects/p/messages/fake_message_id' }), {
			...CONTEXT,
			validateOnly: true,
		});
		expect(outcome).toMatchObject({ class: 'ok', message: 'Valid; FCM checked it and sent nothing.' });
	});

	it('is no success when HTTP 200 comes with a page', () => {
		expect(interpretFcm(response(200, '<html>Log in'), CONTEXT).class).toBe('unknown');
	});

	describe('INVALID_ARGUMENT', () => {
		it.each([
			[
				'the text about the token',
				[errorCode('INVALID_ARGUMENT')],
				'The registration token is not a valid FCM registration token',
			],
			['a violation of message.token', [field('message.token', 'Invalid')], 'Request contains an invalid argument.'],
			['a violation of message.fid', [field('message.fid', 'Invalid')], 'Request contains an invalid argument.'],
		])('condemns the token with %s', (_name, details, message) => {
			expect(answered(400, 'INVALID_ARGUMENT', details, message)).toMatchObject({
				class: 'token',
				statusCode: 400,
				tokenAction: 'remove',
				providerReason: expect.stringContaining('INVALID_ARGUMENT'),
				providerMessage: message,
			});
		});

		it('names the field that is wrong, and stops the message', () => {
			const outcome = answered(400, 'INVALID_ARGUMENT', [
				errorCode('INVALID_ARGUMENT'),
				field('message.android.ttl', 'Invalid duration'),
			]);
			expect(outcome).toMatchObject({ class: 'payload', stops: 'message', tokenAction: 'keep' });
			expect(outcome.message).toContain('message.android.ttl: Invalid duration');
		});

		it.each(['Android message is too big', 'Message too big', 'Payload size exceeds the limit'])(
			'is about the size: %s',
			(message) => {
				expect(answered(400, 'INVALID_ARGUMENT', [errorCode('INVALID_ARGUMENT')], message)).toMatchObject({
					class: 'payload',
					statusCode: 413,
					stops: 'message',
				});
			},
		);

		it('is about a data key', () => {
			expect(
				answered(400, 'INVALID_ARGUMENT', [errorCode('INVALID_ARGUMENT')], 'Invalid data payload key: from'),
			).toMatchObject({
				class: 'payload',
				stops: 'message',
				message: expect.stringContaining('Invalid data payload key: from'),
			});
		});

		it.each(['message.topic', 'message.condition'])(
			'about %s is the recipient’s own, and stops nobody else',
			(name) => {
				const outcome = answered(400, 'INVALID_ARGUMENT', [
					errorCode('INVALID_ARGUMENT'),
					field(name, 'Invalid expression'),
				]);
				expect(outcome).toMatchObject({ class: 'payload', tokenAction: 'keep' });
				expect(outcome.message).toContain(`${name}: Invalid expression`);
				expect(outcome.stops).toBeUndefined();
			},
		);

		it('costs no address and stops nothing when it does not say what is wrong', () => {
			const outcome = answered(
				400,
				'INVALID_ARGUMENT',
				[errorCode('INVALID_ARGUMENT')],
				'Request contains an invalid argument.',
			);
			expect(outcome).toMatchObject({ class: 'payload', tokenAction: 'keep' });
			expect(outcome.stops).toBeUndefined();
		});
	});

	describe('is decided in order', () => {
		it('by the error code before everything else', () => {
			const outcome = answered(401, 'UNAUTHENTICATED', [
				info('ACCESS_TOKEN_EXPIRED'),
				errorCode('THIRD_PARTY_AUTH_ERROR'),
			]);
			expect(outcome).toMatchObject({ class: 'config', providerReason: 'THIRD_PARTY_AUTH_ERROR' });
			expect(outcome.stops).toBeUndefined();
		});

		it('by the reason before the status', () => {
			expect(answered(403, 'PERMISSION_DENIED', [info('ACCESS_TOKEN_EXPIRED')])).toMatchObject({
				class: 'auth-refresh',
			});
		});

		it('by the status before HTTP', () => {
			expect(answered(400, 'UNAVAILABLE', [])).toMatchObject({ class: 'temporary' });
		});

		it('by HTTP for words nobody knows yet', () => {
			expect(answered(503, 'BUSY', [errorCode('FULL_MOON'), info('TIDE')])).toMatchObject({
				class: 'temporary',
				providerReason: 'FULL_MOON',
			});
		});

		it('never by the text about UNREGISTERED', () => {
			expect(answered(404, 'NOT_FOUND', [], 'Requested entity was not found.')).toMatchObject({
				class: 'config',
				tokenAction: 'keep',
			});
		});
	});

	describe('that it is too fast', () => {
		it.each([
			['the project', quota('project:123', 'Send requests per minute'), 'throttle-sender'],
			['a topic', quota('topic', 'Topic message rate exceeded'), 'throttle-sender'],
			['a device', quota('device', 'Device message rate exceeded'), 'throttle-device'],
		])('is about %s', (_name, detail, expected) => {
			expect(answered(429, 'RESOURCE_EXHAUSTED', [errorCode('QUOTA_EXCEEDED'), detail])).toMatchObject({
				class: expected,
				backoffMs: 60_000,
			});
		});

		it.each([
			['7', 7],
			['Sun, 22 Nov 2026 12:00:40 GMT', 40],
			['999999', 3600],
		])('says how long to wait in Retry-After: %s', (header, seconds) => {
			expect(answered(429, 'RESOURCE_EXHAUSTED', [], '', { 'retry-after': header }).retryAfterSeconds).toBe(seconds);
		});

		it.each([
			['30s', 30],
			['1.2s', 2],
			['soon', undefined],
		])('says how long to wait in RetryInfo: %s', (delay, seconds) => {
			expect(answered(429, 'RESOURCE_EXHAUSTED', [retryInfo(delay)]).retryAfterSeconds).toBe(seconds);
		});

		it('is obeyed at its longest when both say something', () => {
			expect(answered(503, 'UNAVAILABLE', [retryInfo('30s')], '', { 'retry-after': '7' }).retryAfterSeconds).toBe(30);
			expect(answered(503, 'UNAVAILABLE', [retryInfo('3s')], '', { 'retry-after': '7' }).retryAfterSeconds).toBe(7);
		});
	});

	it('can be anything at all without breaking the reader', () => {
		const anything = fc.oneof(
			fc.string(),
			fc.json(),
			fc
				.record({ error: fc.record({ message: fc.jsonValue(), status: fc.jsonValue(), details: fc.jsonValue() }) })
				.map((body) => JSON.stringify(body)),
			fc
				.array(
					fc.record({
						'@type': fc.constantFrom(`${TYPE}google.rpc.BadRequest`, `${TYPE}google.firebase.fcm.v1.FcmError`),
						fieldViolations: fc.jsonValue(),
						errorCode: fc.jsonValue(),
					}),
				)
				.map((details) => JSON.stringify({ error: { details } })),
		);
		fc.assert(
			fc.property(fc.integer({ min: 100, max: 599 }), anything, (status, body) => {
				expect(OUTCOME_CLASSES).toContain(interpretFcm(response(status, body), CONTEXT).class);
			}),
		);
	});

	it('that never came is told as what it is', () => {
		expect(interpretFcm({ kind: 'lost', code: 'ECONNRESET', detail: '' }, CONTEXT)).toMatchObject({
			class: 'ambiguous',
			tokenAction: 'keep',
		});
		expect(interpretFcm({ kind: 'timeout', afterMs: 15_000 }, CONTEXT)).toMatchObject({ class: 'timeout' });
	});
});
