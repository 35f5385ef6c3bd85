import { OUTCOME_CLASS, type Outcome, type OutcomeClass, type TokenAction } from '../../../push/model';
import { APNS_REASONS, knownReason, type ApnsReason } from '../../../push/providers/apns/reasons';
import { REASON_TABLE } from '../../../push/providers/apns/reasonTable';
import {
	clockDifference,
	refusedOutcome,
	unansweredOutcome,
	type Response,
	type SentPush,
} from '../../../push/providers/apns/response';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const PUSH: SentPush = {
	credential: 'the key ABC123DEFG',
	environment: 'production',
	otherChannel: 'APNS_SANDBOX',
	topic: 'com.example.app',
	topicIsCredentials: true,
	pushType: 'alert',
	origin: 'https://api.push.apple.com',
	messageId: '123e4567-e89b-12d3-a456-426614174000',
	registeredAt: undefined,
	now: NOW,
	clockOff: undefined,
	tokenAgeSeconds: 12,
	connectionHadWorked: false,
};

const response = (status: number, body: unknown, headers: Record<string, string> = {}): Response => ({
	kind: 'response',
	status,
	headers,
	body: typeof body === 'string' ? body : JSON.stringify(body),
});
const refused = (
	status: number,
	body: unknown,
	push: Partial<SentPush> = {},
	headers: Record<string, string> = {},
): Outcome => refusedOutcome(response(status, body, headers), { ...PUSH, ...push });

interface Expected {
	readonly http: number;
	readonly class: OutcomeClass;
	/** What the result shows if this is the end of it. */
	readonly code: number;
	readonly action?: TokenAction;
	readonly stops?: Outcome['stops'];
	readonly guarded?: true;
	readonly backoffMs?: number;
	readonly advise?: number;
}

const payload: Expected = { http: 400, class: 'payload', code: 400, stops: 'message' };
const config = (http: number): Expected => ({ http, class: 'config', code: http, stops: 'client' });
const bug = (http: number, stops?: Outcome['stops']): Expected => ({
	http,
	class: 'client-bug',
	code: http,
	...(stops ? { stops } : {}),
});

/** Apple: "Handling notification responses from APNs"; written a second time, by hand, against slips in the first. */
const EXPECTED: Readonly<Record<ApnsReason, Expected>> = {
	BadCollapseId: payload,
	BadDeviceToken: { http: 400, class: 'token', code: 410, action: 'suspect', guarded: true },
	BadExpirationDate: payload,
	BadMessageId: { http: 400, class: 'payload', code: 400 },
	BadPriority: payload,
	BadTopic: config(400),
	DeviceTokenNotForTopic: { http: 400, class: 'token', code: 410, action: 'suspect', guarded: true },
	DuplicateHeaders: bug(400, 'message'),
	IdleTimeout: { http: 400, class: 'temporary', code: 500, backoffMs: 0 },
	InvalidPushType: payload,
	MissingDeviceToken: bug(400),
	MissingTopic: config(400),
	PayloadEmpty: payload,
	TopicDisallowed: config(400),
	BadCertificate: config(403),
	BadCertificateEnvironment: config(403),
	ExpiredProviderToken: { http: 403, class: 'auth-refresh', code: 403 },
	Forbidden: config(403),
	InvalidProviderToken: config(403),
	MissingProviderToken: config(403),
	UnrelatedKeyIdInToken: { http: 403, class: 'auth-refresh', code: 403 },
	BadEnvironmentKeyIdInToken: config(403),
	BadEnvironmentKeyInToken: config(403),
	BadPath: bug(404),
	MethodNotAllowed: bug(405, 'client'),
	ExpiredToken: { http: 410, class: 'token', code: 410, action: 'remove' },
	Unregistered: { http: 410, class: 'token', code: 410, action: 'remove' },
	PayloadTooLarge: { http: 413, class: 'payload', code: 413 },
	TooManyProviderTokenUpdates: { http: 429, class: 'throttle-sender', code: 429, backoffMs: 60_000, advise: 1200 },
	TooManyRequests: { http: 429, class: 'throttle-device', code: 429, backoffMs: 60_000, advise: 60 },
	InternalServerError: { http: 500, class: 'temporary', code: 500, advise: 900 },
	ServiceUnavailable: { http: 503, class: 'temporary', code: 503, advise: 900 },
	Shutdown: { http: 503, class: 'temporary', code: 503, advise: 900, backoffMs: 0 },
	FeatureNotEnabled: config(400),
	MissingChannelId: bug(400, 'message'),
	BadChannelId: payload,
	ChannelNotRegistered: { http: 400, class: 'token', code: 410, action: 'remove' },
	BadRequestParams: payload,
	BadRequestPayload: payload,
	MissingPushType: bug(400, 'message'),
	CannotCreateChannelConfig: config(400),
	MissingChannelQueueSize: bug(400, 'message'),
	TopicMismatch: config(403),
};

describe('every reason of APNs', () => {
	it.each(APNS_REASONS)('%s', (reason) => {
		const expected = EXPECTED[reason];
		expect(REASON_TABLE[reason].httpStatus).toBe(expected.http);
		const outcome = refused(expected.http, { reason });
		expect({ code: outcome.statusCode ?? OUTCOME_CLASS[outcome.class].statusCode, ...outcome }).toMatchObject({
			class: expected.class,
			code: expected.code,
			tokenAction: expected.action ?? 'keep',
			providerStatus: expected.http,
			providerReason: reason,
			messageId: PUSH.messageId,
		});
		expect(outcome.stops).toBe(expected.stops);
		expect(outcome.guarded).toBe(expected.guarded);
		expect(outcome.backoffMs).toBe(expected.backoffMs);
		expect(outcome.adviseSeconds).toBe(expected.advise);
		// The sentence names the reason, so that people can search for it, and says something more.
		expect(outcome.message).toContain(`(${reason})`);
		expect(outcome.message).toMatch(/^[A-Z].{40,}[.]$/);
	});

	it('is expected here, no more and no fewer', () => {
		expect(Object.keys(EXPECTED).sort()).toEqual([...APNS_REASONS].sort());
		expect(APNS_REASONS).toHaveLength(43);
	});
});

describe('sentences', () => {
	it.each<[ApnsReason, string]>([
		[
			'BadEnvironmentKeyIdInToken',
			'APNs refused the key ABC123DEFG for environment production (BadEnvironmentKeyIdInToken). Create a key for production at developer.apple.com, or send on the APNS_SANDBOX channel.',
		],
		[
			'TopicDisallowed',
			'APNs does not let the key ABC123DEFG send to the topic com.example.app (TopicDisallowed). Check the bundle id, or use a credential that covers this app.',
		],
		[
			'ExpiredProviderToken',
			'APNs calls the token made with the key ABC123DEFG 12 s ago too old (ExpiredProviderToken). Set the clock of the n8n server.',
		],
	])('%s names key, environment and what to do', (reason, sentence) => {
		expect(refused(REASON_TABLE[reason].httpStatus, { reason }).message).toBe(sentence);
	});

	it('tell how far the clock is off when the answer had a date', () => {
		const off = clockDifference(response(403, '', { date: 'Mon, 23 Nov 2026 13:01:00 GMT' }), NOW);
		expect(off).toBe('61 minutes behind');
		expect(refused(403, { reason: 'ExpiredProviderToken' }, { clockOff: off }).message).toMatch(
			/: it is 61 minutes behind\.$/,
		);
		expect(refused(403, { reason: 'InvalidProviderToken' }, { clockOff: off }).message).toMatch(
			/is 61 minutes behind: set it\.$/,
		);
		expect(clockDifference(response(403, '', { date: 'Mon, 23 Nov 2026 11:59:00 GMT' }), NOW)).toBe('1 minute ahead');
		expect(clockDifference(response(403, '', { date: 'Mon, 23 Nov 2026 12:00:20 GMT' }), NOW)).toBeUndefined();
		expect(clockDifference(response(403, '', { date: 'yesterday' }), NOW)).toBeUndefined();
		expect(clockDifference(response(403, ''), NOW)).toBeUndefined();
	});
});

describe('reach of a refusal', () => {
	it.each(['BadTopic', 'MissingTopic', 'TopicDisallowed'] as const)(
		'%s stops only the message when its topic is its own',
		(reason) => {
			expect(refused(400, { reason }, { topicIsCredentials: false }).stops).toBe('message');
		},
	);

	it('InvalidProviderToken gets one try on a new connection if this one had worked', () => {
		expect(refused(403, { reason: 'InvalidProviderToken' }).class).toBe('config');
		expect(refused(403, { reason: 'InvalidProviderToken' }, { connectionHadWorked: true }).class).toBe('auth-refresh');
	});
});

describe('dead tokens', () => {
	const at = NOW - 86_400_000;

	it.each(['Unregistered', 'ExpiredToken'] as const)('%s condemns an address registered before', (reason) => {
		for (const registeredAt of [undefined, at - 1, at]) {
			expect(refused(410, { reason, timestamp: at }, { registeredAt })).toMatchObject({
				tokenAction: 'remove',
				invalidSince: at,
			});
		}
	});

	it.each(['Unregistered', 'ExpiredToken'] as const)('%s spares an address registered afterwards', (reason) => {
		const outcome = refused(410, { reason, timestamp: at }, { registeredAt: at + 1 });
		expect(outcome).toMatchObject({ class: 'token', tokenAction: 'keep', invalidSince: at, providerReason: reason });
		expect(outcome.message).toMatch(/registered it again/);
	});

	it('without a timestamp there is nothing to compare with', () => {
		const outcome = refused(410, { reason: 'Unregistered' }, { registeredAt: NOW });
		expect(outcome).toMatchObject({ tokenAction: 'remove' });
		expect(outcome.invalidSince).toBeUndefined();
	});

	it.each(['soon', null, -1, {}])('a timestamp of %j is no timestamp', (timestamp) => {
		expect(refused(410, { reason: 'Unregistered', timestamp }).invalidSince).toBeUndefined();
	});
});

describe('answers that are new to us', () => {
	it.each<[number, OutcomeClass, number]>([
		[300, 'unknown', 300],
		[400, 'payload', 400],
		[401, 'auth-refresh', 401],
		[403, 'config', 403],
		[404, 'client-bug', 404],
		[405, 'client-bug', 405],
		[408, 'temporary', 408],
		[410, 'token', 410],
		[411, 'payload', 400],
		[413, 'payload', 413],
		[415, 'payload', 400],
		[418, 'unknown', 418],
		[425, 'throttle-sender', 429],
		[429, 'throttle-sender', 429],
		[500, 'temporary', 500],
		[502, 'temporary', 502],
		[599, 'temporary', 599],
	])('fall back on the status: %d is %s', (status, outcomeClass, code) => {
		for (const body of [
			{ reason: 'NewIn2027' },
			'',
			'<html>Bad gateway</html>',
			'[1]',
			'null',
			'{"reason":7}',
			`{"reason":"${'x'.repeat(99)}"}`,
		]) {
			const outcome = refused(status, body);
			expect({ code: outcome.statusCode, ...outcome }).toMatchObject({
				class: outcomeClass,
				code,
				providerStatus: status,
			});
			expect(outcome.message).toContain(String(status));
		}
		expect(refused(status, { reason: 'NewIn2027' })).toMatchObject({ providerReason: 'NewIn2027' });
	});

	it('never condemn an address: only the two named reasons do', () => {
		expect(refused(410, '')).toMatchObject({ tokenAction: 'suspect', guarded: true });
		expect(refused(400, { reason: 'BadDeviceTokenX' }).tokenAction).toBe('keep');
	});

	it('let nothing of a strange body into the words', () => {
		expect(JSON.stringify(refused(502, '<script>alert(1)</script>'))).not.toContain('script');
		expect(JSON.stringify(refused(400, { reason: 'a\u0000b<c>' }))).not.toContain('<c>');
	});

	it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', ''])('the word %j is no reason', (word) => {
		expect(knownReason(word)).toBeUndefined();
		expect(refused(400, { reason: word }).class).toBe('payload');
	});
});

describe('Retry-After', () => {
	it('is obeyed in seconds and as a date', () => {
		expect(refused(429, { reason: 'TooManyRequests' }, {}, { 'retry-after': '7' }).retryAfterSeconds).toBe(7);
		expect(
			refused(503, { reason: 'ServiceUnavailable' }, {}, { 'retry-after': 'Mon, 23 Nov 2026 12:02:00 GMT' })
				.retryAfterSeconds,
		).toBe(120);
		expect(refused(503, { reason: 'ServiceUnavailable' }).retryAfterSeconds).toBeUndefined();
	});
});

describe('farewells of APNs (GOAWAY)', () => {
	const lost = (reason: string) =>
		({
			kind: 'lost',
			code: 'GOAWAY_PROTOCOL_ERROR',
			detail: `api.push.apple.com is closing the connection (GOAWAY PROTOCOL_ERROR: ${reason}).`,
		}) as const;

	it.each(['BadCertificate', 'BadCertificateEnvironment', 'Forbidden', 'TopicDisallowed'] as const)(
		'%s is about the credential, whatever became of the request',
		(reason) => {
			expect(unansweredOutcome(lost(reason), PUSH)).toMatchObject({
				class: 'config',
				stops: 'client',
				providerReason: reason,
			});
			expect(unansweredOutcome({ ...lost(reason), kind: 'refused' }, PUSH)).toMatchObject({
				class: 'config',
				providerReason: reason,
			});
			expect(unansweredOutcome({ kind: 'lost', code: 'X', detail: JSON.stringify({ reason }) }, PUSH)).toMatchObject({
				class: 'config',
			});
		},
	);

	it('InvalidProviderToken on a connection that had worked leaves a lost request lost, and lets a refused one go again', () => {
		const push = { ...PUSH, connectionHadWorked: true };
		expect(unansweredOutcome(lost('InvalidProviderToken'), push)).toMatchObject({ class: 'ambiguous' });
		expect(unansweredOutcome({ ...lost('InvalidProviderToken'), kind: 'refused' }, push)).toMatchObject({
			class: 'auth-refresh',
			processed: false,
		});
	});

	it('Shutdown lets a refused request go again at once and leaves a lost one lost', () => {
		expect(unansweredOutcome({ ...lost('Shutdown'), kind: 'refused' }, PUSH)).toMatchObject({
			class: 'temporary',
			backoffMs: 0,
		});
		expect(unansweredOutcome(lost('Shutdown'), PUSH)).toMatchObject({ class: 'ambiguous' });
	});

	it('other words are only words', () => {
		expect(unansweredOutcome(lost('too_many_pings'), PUSH)).toMatchObject({ class: 'ambiguous' });
		expect(unansweredOutcome({ kind: 'lost', code: 'ECONNRESET', detail: 'Forbidden' }, PUSH)).toMatchObject({
			class: 'ambiguous',
		});
		expect(unansweredOutcome({ kind: 'timeout', afterMs: 1 }, PUSH)).toMatchObject({
			class: 'timeout',
			messageId: PUSH.messageId,
		});
	});
});
