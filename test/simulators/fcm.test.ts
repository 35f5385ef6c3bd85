import { constants, type ClientHttp2Session } from 'node:http2';
import {
	accessToken,
	assertion,
	connectHttp2,
	exchange,
	post,
	postHttp1,
	type AssertionChanges,
	type Reply,
} from './clients';
import { FCM_REASONS, type FcmRefusal } from './fcm/reasons';
import { startSimulators, type Simulators } from './index';

let simulators: Simulators;
let now = Date.now();
let session: ClientHttp2Session;
let bearer = '';

beforeAll(async () => {
	simulators = await startSimulators({ now: () => now });
	session = await connectHttp2(simulators.fcm.origin, { ca: simulators.ca });
});

afterAll(async () => {
	session.destroy();
	await simulators.close();
});

beforeEach(async () => {
	now = Date.now();
	simulators.reset();
	bearer = accessToken(await exchange(simulators, await assertion(simulators.credentials.fcm.serviceAccountJson)));
});

interface Send {
	message?: unknown;
	body?: string;
	path?: string;
	headers?: Record<string, string | undefined>;
}

async function send({
	message,
	body,
	path = '/v1/projects/push-simulator/messages:send',
	headers = {},
}: Send): Promise<Reply> {
	const all = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json; charset=UTF-8', ...headers };
	const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
	return await post(session, path, given, body ?? JSON.stringify({ message }));
}

const toDevice = (rest: object): Send => ({ message: { token: simulators.fcm.goodAddress(), ...rest } });

interface GoogleError {
	code: number;
	message: string;
	status: string;
	details?: Array<Record<string, unknown>>;
}

const errorOf = (reply: Reply): GoogleError => JSON.parse(reply.body).error;
const fieldsOf = (reply: Reply): unknown =>
	errorOf(reply).details?.flatMap(({ fieldViolations }) =>
		Array.isArray(fieldViolations) ? fieldViolations.map(({ field }) => field) : [],
	);

describe('the token endpoint', () => {
	const account = () => simulators.credentials.fcm.serviceAccountJson;

	it('gives a bearer token for a well-signed assertion', async () => {
		const reply = await exchange(simulators, await assertion(account()));
		expect(JSON.parse(reply.body)).toMatchObject({ expires_in: 3599, token_type: 'Bearer' });
		expect(simulators.fcm.token.requests.at(-1)).toMatchObject({ status: 200 });
	});

	it('takes its own address as the audience too', async () => {
		const signed = await assertion(account(), { audience: simulators.fcm.token.url });
		expect((await exchange(simulators, signed)).status).toBe(200);
	});

	const seconds = Math.floor(Date.now() / 1000);
	it.each<[string, number, string, string, AssertionChanges]>([
		['an unknown account', 400, 'invalid_grant', 'account not found', { issuer: 'x@example.iam.gserviceaccount.com' }],
		['an unknown key id', 400, 'invalid_grant', 'Invalid JWT Signature.', { kid: 'unknown' }],
		['a foreign audience', 400, 'invalid_grant', 'audience', { audience: 'https://example.com/token' }],
		['a lifetime over an hour', 400, 'invalid_grant', 'short-lived token', { lifetime: 3601 }],
		['a time long past', 400, 'invalid_grant', 'short-lived token', { issuedAt: seconds - 7200 }],
		['a time in the future', 400, 'invalid_grant', 'short-lived token', { issuedAt: seconds + 1200 }],
		['an unknown scope', 400, 'invalid_scope', 'scope', { scope: 'https://www.googleapis.com/auth/drive' }],
	])('refuses %s with %i %s', async (_what, status, error, text, changes) => {
		const reply = await exchange(simulators, await assertion(account(), changes));
		expect(reply.status).toBe(status);
		expect(JSON.parse(reply.body)).toMatchObject({ error, error_description: expect.stringContaining(text) });
	});

	it('refuses an assertion signed by another key', async () => {
		const { privateKey } = simulators.credentials.apnsCertificate;
		const reply = await exchange(simulators, await assertion(account(), { privateKey }));
		expect(JSON.parse(reply.body)).toMatchObject({
			error: 'invalid_grant',
			error_description: 'Invalid JWT Signature.',
		});
	});

	it.each([
		['invalid_client', 401],
		['unauthorized_client', 401],
		['disabled_client', 401],
		['invalid_scope', 400],
		['rate_limit_exceeded', 429],
		['internal_failure', 500],
		['temporarily_unavailable', 503],
	])('says %s with status %i on demand', async (reason, status) => {
		simulators.fcm.token.fail({ reason, times: 1, headers: { 'Retry-After': '3' } });
		const signed = await assertion(account());
		const reply = await exchange(simulators, signed);
		expect(reply.status).toBe(status);
		expect(JSON.parse(reply.body).error).toBe(reason);
		expect(reply.headers['retry-after']).toBe('3');
		expect((await exchange(simulators, signed)).status).toBe(200);
	});

	it('refuses GET and bodies that are no form', async () => {
		const { url } = simulators.fcm.token;
		expect((await postHttp1(url, simulators.ca, {}, '', 'GET')).status).toBe(405);
		expect((await postHttp1(url, simulators.ca, { 'content-type': 'application/json' }, '{}')).status).toBe(400);
	});
});

describe('a message in good order', () => {
	it('is answered with its name', async () => {
		const reply = await send(toDevice({ notification: { title: 'Hi' } }));
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.body).name).toMatch(/^projects\/push-simulator\/messages\/0:\d+/);
		expect(simulators.fcm.arrivals[0]).toMatchObject({ address: simulators.fcm.goodAddress(), status: 200 });
	});

	it.each(['validate_only', 'validateOnly'])('is only checked with %s', async (name) => {
		const body = JSON.stringify({ [name]: true, message: { token: simulators.fcm.goodAddress() } });
		expect(JSON.parse((await send({ body })).body).name).toBe('projects/push-simulator/messages/fake_message_id');
	});

	it.each<[string, object]>([
		['a topic', { topic: 'news' }],
		['a condition', { condition: "'a' in topics && ('b' in topics || 'c' in topics)" }],
		['an installation id', { fid: 'cAbCdEfGhIjKlMnOpQrStU' }],
	])('may go to %s', async (_what, target) => {
		expect((await send({ message: target })).status).toBe(200);
	});

	it('may use every documented field, in both notations', async () => {
		const snake = {
			data: { key: 'value' },
			notification: { title: 't', body: 'b', image: 'https://example.com/i.png' },
			android: {
				collapse_key: 'c',
				priority: 'HIGH',
				ttl: '3.5s',
				restricted_package_name: 'p',
				data: { k: 'v' },
				direct_boot_ok: true,
				fcm_options: { analytics_label: 'label' },
				notification: {
					icon: 'i',
					color: '#a1B2c3',
					channel_id: 'ch',
					title_loc_args: ['x'],
					event_time: '2026-01-01T00:00:00Z',
					notification_priority: 'PRIORITY_HIGH',
					visibility: 'PUBLIC',
					notification_count: 3,
					vibrate_timings: ['1s', '0.5s'],
					light_settings: {
						color: { red: 1, green: 0, blue: 0, alpha: 1 },
						light_on_duration: '1s',
						light_off_duration: '1s',
					},
					proxy: 'ALLOW',
				},
			},
			apns: {
				headers: { 'apns-priority': '10' },
				payload: { aps: { badge: 1 } },
				fcm_options: { image: 'https://e.com' },
			},
			webpush: { headers: { TTL: '1' }, notification: { title: 't' }, fcm_options: { link: 'https://example.com' } },
			fcm_options: { analytics_label: 'label' },
		};
		expect((await send(toDevice(snake))).status).toBe(200);
		const camel = {
			android: { collapseKey: 'c', fcmOptions: { analyticsLabel: 'l' }, notification: { channelId: 'c' } },
		};
		expect((await send(toDevice(camel))).status).toBe(200);
	});
});

describe('a request that breaks a rule', () => {
	it('is CREDENTIALS_MISSING without a token, ACCESS_TOKEN_EXPIRED with a dead one', async () => {
		const missing = await send({ ...toDevice({}), headers: { authorization: undefined } });
		expect(errorOf(missing)).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
		expect(errorOf(missing).details).toMatchObject([{ reason: 'CREDENTIALS_MISSING' }]);
		simulators.fcm.token.expireAll();
		expect(errorOf(await send(toDevice({}))).details).toMatchObject([{ reason: 'ACCESS_TOKEN_EXPIRED' }]);
	});

	it('is refused once the lifetime of its token is over', async () => {
		simulators.fcm.token.lifetimeSeconds = 60;
		bearer = accessToken(await exchange(simulators, await assertion(simulators.credentials.fcm.serviceAccountJson)));
		expect((await send(toDevice({}))).status).toBe(200);
		now += 61_000;
		expect((await send(toDevice({}))).status).toBe(401);
	});

	it('is refused for a foreign project and an unknown path', async () => {
		const foreign = await send({ ...toDevice({}), path: '/v1/projects/other/messages:send' });
		expect(errorOf(foreign)).toMatchObject({ code: 403, details: [{ reason: 'CONSUMER_INVALID' }] });
		expect((await send({ ...toDevice({}), path: '/fcm/send' })).status).toBe(404);
	});

	it('is INVALID_TOKEN for what is no registration token', async () => {
		const reply = await send({ message: { token: 'abc' } });
		expect(errorOf(reply)).toMatchObject({
			code: 400,
			message: 'The registration token is not a valid FCM registration token',
			details: [{ errorCode: 'INVALID_ARGUMENT' }],
		});
	});

	it.each<[string, string, object]>([
		['an unknown field', 'message', { bogus: 1 }],
		['an unknown nested field', 'message.android', { android: { bogus: 1 } }],
		['data that is no text', 'message.data[1].value', { data: { a: 'x', b: 1 } }],
		['a ttl without unit', 'message.android.ttl', { android: { ttl: '5' } }],
		['a ttl over four weeks', 'message.android.ttl', { android: { ttl: '2419201s' } }],
		['a priority out of the list', 'message.android.priority', { android: { priority: 'URGENT' } }],
		['a colour by name', 'message.android.notification.color', { android: { notification: { color: 'red' } } }],
		...['2027-01-10T09:00:00', '2027-01-10T09:00Z', '2027-01-10', '2027-13-10T09:00:00Z'].map(
			(time): [string, string, object] => [
				`the event time ${time}`,
				'message.android.notification.event_time',
				{ android: { notification: { event_time: time } } },
			],
		),
		[
			'an APNs header that is a number',
			'message.apns.headers[0].value',
			{ apns: { headers: { 'apns-priority': 10 } } },
		],
		['a link without TLS', 'message.webpush.fcm_options.link', { webpush: { fcm_options: { link: 'http://e.com' } } }],
		['a title that is a number', 'message.notification.title', { notification: { title: 5 } }],
		['a second target', 'message.topic', { topic: 'news' }],
	])('with %s names the field %s', async (_what, field, message) => {
		const reply = await send(toDevice(message));
		expect(errorOf(reply)).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
		expect(fieldsOf(reply)).toEqual([field]);
	});

	it.each<[string, Send]>([
		['no message', { body: '{}' }],
		['no target', { message: { data: {} } }],
		['a field beside the message', { body: '{"message":{"topic":"t"},"dry_run":true}' }],
		['a topic with its old prefix', { message: { topic: '/topics/news' } }],
		['six topics in a condition', { message: { condition: "'a' in topics || ".repeat(5) + "'a' in topics" } }],
		['no JSON', { body: 'to=abc' }],
	])('with %s is an invalid argument', async (_what, request) => {
		expect(errorOf(await send(request))).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
	});

	it.each(['from', 'message_type', 'google.x', 'gcm.notification.title'])(
		'may not use the data key %s',
		async (key) => {
			const reply = await send(toDevice({ data: { [key]: 'x' } }));
			expect(errorOf(reply).message).toBe(`Invalid data payload key: ${key}`);
		},
	);

	it('may hold 4096 bytes of data and notification and no more', async () => {
		expect((await send(toDevice({ data: { k: 'x'.repeat(4095) } }))).status).toBe(200);
		const reply = await send(toDevice({ data: { k: 'x'.repeat(4090) }, notification: { title: 'x' } }));
		expect(errorOf(reply).message).toContain('too big');
	});
});

describe('failures on demand', () => {
	it.each(Object.entries<FcmRefusal>(FCM_REASONS))('%s is answered as the table says', async (reason, refusal) => {
		const reply = await send({ message: { token: simulators.fcm.addressFor(reason, 2) } });
		expect(reply.status).toBe(refusal.status);
		if (refusal.html) {
			expect(reply.headers['content-type']).toContain('text/html');
			return;
		}
		const error = errorOf(reply);
		expect(error).toMatchObject({ code: refusal.status, status: refusal.word, message: refusal.message });
		const details = Object.assign({}, ...(error.details ?? []));
		expect(details.errorCode).toBe(refusal.errorCode);
		expect(details.reason).toBe(refusal.info);
		expect(details.retryDelay).toBe(refusal.retryDelay === undefined ? undefined : `${refusal.retryDelay}s`);
	});

	it.each(['7', 'Wed, 21 Oct 2026 07:28:00 GMT'])('carry Retry-After: %s', async (value) => {
		simulators.fcm.fail({ reason: 'UNAVAILABLE', headers: { 'retry-after': value } });
		const reply = await send(toDevice({}));
		expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': value } });
	});
});

describe('the connection', () => {
	it('allows 100 streams', () => {
		expect(session.remoteSettings.maxConcurrentStreams).toBe(100);
	});

	it('is closed with ENHANCE_YOUR_CALM after more than two PINGs', async () => {
		const nervous = await connectHttp2(simulators.fcm.origin, { ca: simulators.ca });
		const goaway = new Promise((resolve) => {
			nervous.once('goaway', (code: number, _last: number, data?: Buffer) => resolve([code, data?.toString()]));
		});
		for (let count = 0; count < 3; count++) nervous.ping(() => undefined);
		expect(await goaway).toEqual([constants.NGHTTP2_ENHANCE_YOUR_CALM, 'too_many_pings']);
		expect(simulators.fcm.connections.pings).toBe(3);
	});
});
