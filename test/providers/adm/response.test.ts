import fc from 'fast-check';
import { OUTCOME_CLASSES, type Outcome } from '../../../push/model';
import { ADM_REASONS, type AdmReason } from '../../../push/providers/adm/reasons';
import { interpretAdm } from '../../../push/providers/adm/response';
import { response } from '../scripted-transports';

const CONTEXT = { origin: 'https://api.amazon.com', registrationId: 'old-id', nowMs: Date.UTC(2026, 10, 22, 12) };
const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
	interpretAdm(response(status, body, headers), CONTEXT);

const PAYLOAD: Partial<Outcome> = { class: 'payload', tokenAction: 'keep', stops: 'message' };

/** HTTP status each reason comes with, and what it must mean. */
const ROWS: Readonly<Record<AdmReason, readonly [number, Partial<Outcome>]>> = {
	InvalidRegistrationId: [400, { class: 'token', tokenAction: 'remove', statusCode: 410, guarded: true }],
	Unregistered: [400, { class: 'token', tokenAction: 'remove', statusCode: 410 }],
	InvalidData: [400, PAYLOAD],
	InvalidConsolidationKey: [400, PAYLOAD],
	InvalidExpiration: [400, PAYLOAD],
	InvalidChecksum: [400, PAYLOAD],
	InvalidType: [400, { class: 'client-bug', tokenAction: 'keep', stops: 'client' }],
	AccessTokenExpired: [401, { class: 'auth-refresh', tokenAction: 'keep', statusCode: 401 }],
	MessageTooLarge: [413, { ...PAYLOAD, statusCode: 413 }],
	MaxRateExceeded: [429, { class: 'throttle-sender', tokenAction: 'keep', backoffMs: 2_000 }],
};

describe("ADM's answer", () => {
	it.each(ADM_REASONS)('with the reason %s means what its row says', (reason) => {
		const [status, expected] = ROWS[reason];
		const outcome = read(status, { reason }, { 'x-amzn-requestid': 'id-1' });
		expect(outcome).toMatchObject({ ...expected, providerStatus: status, providerReason: reason, messageId: 'id-1' });
		expect(outcome.stops).toBe(expected.stops);
		expect(outcome.guarded).toBe(expected.guarded);
		expect(outcome.message).toMatch(/\S.*\.$/);
	});

	it('takes the old way of saying "too fast" (HTTP 403) for the same', () => {
		expect(read(403, { reason: 'MaxRateExceeded' })).toMatchObject({ class: 'throttle-sender', providerStatus: 403 });
	});

	it.each([
		[400, { class: 'payload', tokenAction: 'keep' }],
		[401, { class: 'auth-refresh', statusCode: 401 }],
		[403, { class: 'config', statusCode: 403, stops: 'client' }],
		[404, { class: 'client-bug', stops: 'client' }],
		[410, { class: 'token', tokenAction: 'suspect' }],
		[413, { class: 'payload', statusCode: 413 }],
		[418, { class: 'unknown' }],
		[429, { class: 'throttle-sender', backoffMs: 2_000 }],
		[500, { class: 'temporary', statusCode: 500, backoffMs: 2_000 }],
		[502, { class: 'temporary', statusCode: 502 }],
		[503, { class: 'temporary', statusCode: 503, backoffMs: 2_000 }],
	])('without a reason (HTTP %i) is read by its status', (status, expected) => {
		for (const body of ['', '<html>Sorry', { reason: 'FullMoon' }]) expect(read(status, body)).toMatchObject(expected);
	});

	it('keeps a reason nobody knows yet', () => {
		expect(read(400, { reason: 'FullMoon' }).providerReason).toBe('FullMoon');
	});

	it('that it accepted the message gives its id and keeps the address', () => {
		expect(read(200, { registrationID: 'old-id' }, { 'x-amzn-requestid': 'id-1' })).toEqual({
			class: 'ok',
			message: '',
			tokenAction: 'keep',
			providerStatus: 200,
			messageId: 'id-1',
		});
	});

	it('with another registration id tells to replace the address', () => {
		expect(read(200, { registrationID: 'new-id' })).toMatchObject({
			class: 'ok',
			tokenAction: 'replace',
			updatedToken: 'new-id',
		});
	});

	it('is no success when HTTP 200 comes with a page', () => {
		expect(read(200, '<html>Log in')).toMatchObject({ class: 'unknown', tokenAction: 'keep' });
	});

	it.each([
		[429, '7', 7],
		[503, 'Sun, 22 Nov 2026 12:00:40 GMT', 40],
		[403, '99999', 3600],
	])('says how long to wait in Retry-After (HTTP %i, %s)', (status, header, seconds) => {
		expect(
			read(status, status === 503 ? '' : { reason: 'MaxRateExceeded' }, { 'retry-after': header }).retryAfterSeconds,
		).toBe(seconds);
	});

	it('can be anything at all without breaking the reader', () => {
		const odd = fc
			.record({ reason: fc.jsonValue(), registrationID: fc.jsonValue() })
			.map((body) => JSON.stringify(body));
		fc.assert(
			fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json(), odd), (status, body) => {
				expect(OUTCOME_CLASSES).toContain(read(status, body).class);
			}),
		);
	});
});
