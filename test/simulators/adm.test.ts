import { admChecksum } from './adm/request-rules';
import { ADM_REASONS } from './adm/reasons';
import { accessToken, clientCredentials, postHttp1, type Reply } from './clients';
import { startSimulators, type Simulators } from './index';

let simulators: Simulators;
let bearer = '';

beforeAll(async () => {
	simulators = await startSimulators();
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(async () => {
	simulators.reset();
	bearer = accessToken(await clientCredentials(simulators));
});

const HEADERS = {
	'Content-Type': 'application/json',
	Accept: 'application/json',
	'X-Amzn-Type-Version': 'com.amazon.device.messaging.ADMMessage@1.0',
	'X-Amzn-Accept-Type': 'com.amazon.device.messaging.ADMSendResult@1.0',
};

interface Send {
	address?: string;
	headers?: Record<string, string>;
	body?: object;
}

async function send({
	address = simulators.adm.goodAddress(),
	headers = {},
	body = { data: { k: 'v' } },
}: Send = {}): Promise<Reply> {
	const url = `${simulators.adm.origin}/messaging/registrations/${encodeURIComponent(address)}/messages`;
	const all = { Authorization: `Bearer ${bearer}`, ...HEADERS, ...headers };
	return await postHttp1(url, simulators.ca, all, JSON.stringify(body));
}

const reasonOf = ({ status, body }: Reply): string => `${status} ${body === '' ? '' : JSON.parse(body).reason}`;

describe('the token endpoint', () => {
	it('gives a token for the right id and secret, at both of its addresses', async () => {
		const reply = await clientCredentials(simulators);
		expect(JSON.parse(reply.body)).toMatchObject({ expires_in: 3600, scope: 'messaging:push', token_type: 'bearer' });
		const { clientId, clientSecret } = simulators.credentials.adm;
		const form = `grant_type=client_credentials&scope=messaging%3Apush&client_id=${clientId}&client_secret=${clientSecret}`;
		const type = { 'content-type': 'application/x-www-form-urlencoded' };
		expect((await postHttp1(`${simulators.adm.origin}/auth/O2/token`, simulators.ca, type, form)).status).toBe(200);
	});

	it.each([
		['a wrong secret', 401, 'invalid_client', { client_secret: 'wrong' }],
		['an unknown id', 401, 'invalid_client', { client_id: 'unknown' }],
		['another scope', 400, 'invalid_scope', { scope: 'profile' }],
		['another grant', 400, 'unsupported_grant_type', { grant_type: 'password' }],
	])('refuses %s with %i %s', async (_what, status, error, changes) => {
		const reply = await clientCredentials(simulators, changes);
		expect(reply.status).toBe(status);
		expect(JSON.parse(reply.body).error).toBe(error);
	});

	it.each([
		['unauthorized_client', 400],
		['ServerError', 500],
		['ServiceUnavailable', 503],
	])('says %s with status %i on demand', async (reason, status) => {
		simulators.adm.token.fail({ reason, times: 1 });
		expect((await clientCredentials(simulators)).status).toBe(status);
		expect((await clientCredentials(simulators)).status).toBe(200);
		expect(simulators.adm.token.requests.map((request) => request.status).slice(-2)).toEqual([status, 200]);
	});
});

describe('a message in good order', () => {
	it('is answered with its own registration id', async () => {
		const reply = await send({ body: { data: { message: 'your message' } } });
		expect(JSON.parse(reply.body)).toEqual({ registrationID: simulators.adm.goodAddress() });
		expect(reply.headers['x-amzn-requestid']).toBeDefined();
		expect(reply.headers['x-amzn-data-md5']).toBe('qzF+HgArKZjJrpfcTbiFxg==');
		expect(simulators.adm.arrivals[0]).toMatchObject({ address: simulators.adm.goodAddress(), status: 200 });
		expect(simulators.adm.arrivals[0]?.headerNames).toContain('X-Amzn-Type-Version');
	});

	it('gets another id back when Amazon has a newer one, which then is good', async () => {
		const old = simulators.adm.addressFor('CanonicalId');
		const first = await send({ address: old });
		const { registrationID } = JSON.parse(first.body);
		expect(first.status).toBe(200);
		expect(registrationID).not.toBe(old);
		const second = await send({ address: registrationID });
		expect(JSON.parse(second.body)).toEqual({ registrationID });
	});

	it('may use every documented field', async () => {
		const data = { b: 'zwei', a: 'ü' };
		const body = { data, consolidationKey: 'c', expiresAfter: 2_678_400, priority: 'high', md5: admChecksum(data) };
		expect((await send({ body })).status).toBe(200);
		expect((await send({ body: { notification: { title: 't' } } })).status).toBe(200);
	});
});

describe('the checksum', () => {
	it.each([
		[{}, '1B2M2Y8AsgTpgAmY7PhCfg=='],
		[{ message: 'your message' }, 'qzF+HgArKZjJrpfcTbiFxg=='],
	])('of %j is %s', (data, expected) => {
		expect(admChecksum(data)).toBe(expected);
	});
});

describe('a request that breaks a rule', () => {
	it.each<[string, string, Send]>([
		['without type version', '400 InvalidType', { headers: { 'X-Amzn-Type-Version': '' } }],
		['with another accept type', '400 InvalidType', { headers: { 'X-Amzn-Accept-Type': 'x' } }],
		['accepting anything', '400 InvalidType', { headers: { Accept: '*/*' } }],
		['of another content type', '400 InvalidType', { headers: { 'Content-Type': 'text/plain' } }],
		['with a number as data', '400 InvalidData', { body: { data: { k: 1 } } }],
		['with neither data nor notification', '400 InvalidData', { body: {} }],
		['with an unknown field', '400 InvalidData', { body: { data: {}, ttl: 1 } }],
		['with a strange priority', '400 InvalidData', { body: { data: {}, priority: 'urgent' } }],
		[
			'with a long consolidation key',
			'400 InvalidConsolidationKey',
			{ body: { data: {}, consolidationKey: 'c'.repeat(65) } },
		],
		['that expires at once', '400 InvalidExpiration', { body: { data: {}, expiresAfter: 0 } }],
		['that lives over 31 days', '400 InvalidExpiration', { body: { data: {}, expiresAfter: 2_678_401 } }],
		['with a wrong checksum', '400 InvalidChecksum', { body: { data: { k: 'v' }, md5: 'AAAA' } }],
		['of 6145 bytes', '413 MessageTooLarge', { body: { data: { k: 'x'.repeat(6144) } } }],
		['to what is no registration id', '400 InvalidRegistrationId', { address: 'device' }],
		['with a foreign token', '401 AccessTokenExpired', { headers: { Authorization: 'Bearer Atc|other' } }],
	])('%s is answered %s', async (_what, expected, request) => {
		expect(reasonOf(await send(request))).toBe(expected);
	});

	it('may hold exactly 6144 bytes', async () => {
		expect((await send({ body: { data: { k: 'x'.repeat(6143) } } })).status).toBe(200);
	});

	it('is refused after all tokens were made to expire', async () => {
		simulators.adm.token.expireAll();
		expect(reasonOf(await send())).toBe('401 AccessTokenExpired');
	});
});

describe('failures on demand', () => {
	const silent = ['InternalServerError', 'ServiceUnavailable'];

	it.each(Object.entries(ADM_REASONS).filter(([reason]) => reason !== 'CanonicalId'))(
		'%s is answered with status %i',
		async (reason, status) => {
			const reply = await send({ address: simulators.adm.addressFor(reason, 5) });
			expect(reasonOf(reply)).toBe(`${status} ${silent.includes(reason) ? '' : reason}`);
		},
	);

	it.each(['30', 'Wed, 21 Oct 2026 07:28:00 GMT'])('MaxRateExceeded can carry Retry-After: %s', async (value) => {
		simulators.adm.fail({ reason: 'MaxRateExceeded', headers: { 'Retry-After': value } });
		expect(await send()).toMatchObject({ status: 429, headers: { 'retry-after': value } });
	});

	it('AccessTokenExpired can come once and then no more', async () => {
		simulators.adm.fail({ reason: 'AccessTokenExpired', times: 1 });
		expect([(await send()).status, (await send()).status]).toEqual([401, 200]);
	});
});
