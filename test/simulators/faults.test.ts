import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session, type Settings } from 'node:http2';
import { accessToken, clientCredentials, connectHttp2, post, postHttp1, providerToken, type Reply } from './clients';
import { RawHttp2Client } from './raw-http2-client';
import { startSimulators, type ApnsSimulator, type Simulators } from './index';

const { NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR, NGHTTP2_REFUSED_STREAM, NGHTTP2_INTERNAL_ERROR } = constants;

let simulators: Simulators;
let apns: ApnsSimulator;
let token = '';
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
	simulators = await startSimulators();
	apns = simulators.apns.production;
});

afterAll(async () => {
	await simulators.close();
});

beforeEach(async () => {
	simulators.reset();
	token = await providerToken(simulators.credentials.apnsKey);
});

afterEach(() => {
	for (const session of sessions.splice(0)) session.destroy();
});

async function connected(): Promise<ClientHttp2Session> {
	const session = await connectHttp2(apns.origin, { ca: simulators.ca });
	sessions.push(session);
	return session;
}

async function push(session: ClientHttp2Session, address = apns.goodAddress()): Promise<Reply> {
	const headers = { authorization: `bearer ${token}`, 'apns-topic': 'com.example.app', 'apns-push-type': 'alert' };
	return await post(session, `/3/device/${address}`, headers, '{"aps":{"alert":"x"}}');
}

const nextLimit = async (session: ClientHttp2Session): Promise<number | undefined> => {
	const [settings]: Settings[] = await once(session, 'remoteSettings');
	return settings?.maxConcurrentStreams;
};

/** A session over which many streams may go. */
async function warm(): Promise<ClientHttp2Session> {
	const session = await connected();
	const raised = nextLimit(session);
	await push(session);
	await raised;
	return session;
}

const goawayOf = async (session: ClientHttp2Session): Promise<unknown[]> => {
	const [code, last, data]: [number, number, Buffer | undefined] = await new Promise((resolve) => {
		session.once('goaway', (...parts: [number, number, Buffer | undefined]) => resolve(parts));
	});
	return [code, last, data?.toString('utf8')];
};

describe('stream limits', () => {
	it('are one until a valid provider token came, then a thousand', async () => {
		const session = await connected();
		expect(session.remoteSettings.maxConcurrentStreams).toBe(1);
		const raised = nextLimit(session);
		await push(session);
		expect(await raised).toBe(1000);
	});

	it('stay at one while tokens are wrong', async () => {
		const session = await connected();
		token = 'wrong';
		expect((await push(session)).status).toBe(403);
		expect(session.remoteSettings.maxConcurrentStreams).toBe(1);
	});

	it('start high when the first request need not be alone', async () => {
		apns.behaviour.firstRequestAlone = false;
		expect((await connected()).remoteSettings.maxConcurrentStreams).toBe(1000);
	});

	it('are high at once for a client certificate', async () => {
		const { certificate, privateKey } = simulators.credentials.apnsCertificate;
		const session = await connectHttp2(apns.origin, { ca: simulators.ca, cert: certificate, key: privateKey });
		sessions.push(session);
		if (session.remoteSettings.maxConcurrentStreams === 1) await nextLimit(session);
		expect(session.remoteSettings.maxConcurrentStreams).toBe(1000);
	});

	it('drop to one after a refusal and recover after a success when switched on, 410 not counting', async () => {
		apns.behaviour.oneStreamAfterError = true;
		const session = await warm();
		await push(session, apns.addressFor('Unregistered'));
		expect(session.remoteSettings.maxConcurrentStreams).toBe(1000);
		const dropped = nextLimit(session);
		await push(session, apns.addressFor('BadDeviceToken'));
		expect(await dropped).toBe(1);
		const raised = nextLimit(session);
		await push(session);
		expect(await raised).toBe(1000);
	});

	it('can be set for open connections', async () => {
		const session = await warm();
		const lowered = nextLimit(session);
		apns.setStreamLimit(3);
		expect(await lowered).toBe(3);
	});

	it('are counted', async () => {
		const session = await warm();
		apns.latencyMs = 30;
		await Promise.all(Array.from({ length: 8 }, async () => await push(session)));
		expect(apns.connections).toMatchObject({ open: 1, maxInFlight: 8, maxStreams: 8 });
	});

	it('refuse what a client opens before it has read the first SETTINGS, as not processed', async () => {
		const session = connect(apns.origin, { ca: simulators.ca });
		session.on('error', () => undefined);
		sessions.push(session);
		const results = await Promise.allSettled([push(session), push(session), push(session)]);
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
		expect(results[1]).toMatchObject({ reason: { message: expect.stringContaining('REFUSED_STREAM') } });
		expect(apns.arrivals).toHaveLength(1);
	});

	it('that a client ignores end its connection', async () => {
		const client = await RawHttp2Client.connect(Number(new URL(simulators.fcm.origin).port), simulators.ca);
		const headers = { ':method': 'POST', ':path': '/', ':scheme': 'https', ':authority': 'localhost' };
		for (let count = 0; count <= 100; count++) client.open(count * 2 + 1, headers);
		expect(await client.goaway()).toMatchObject({
			code: NGHTTP2_PROTOCOL_ERROR,
			debug: expect.stringContaining('max'),
		});
		await client.closed;
		expect(simulators.fcm.connections.maxStreams).toBe(100);
	});
});

describe('header names', () => {
	it('in upper case are a protocol error', async () => {
		const client = await RawHttp2Client.connect(Number(new URL(apns.origin).port), simulators.ca);
		client.open(1, {
			':method': 'POST',
			':path': '/',
			':scheme': 'https',
			':authority': 'localhost',
			'Apns-Topic': 'a',
		});
		client.end(1, '{}');
		expect(await client.reset(1)).toBe(NGHTTP2_PROTOCOL_ERROR);
		expect(apns.arrivals).toHaveLength(0);
		client.destroy();
	});
});

describe('GOAWAY', () => {
	it('on demand answers the request it came with and none above it', async () => {
		const session = await warm();
		apns.latencyMs = 20;
		apns.fail({ times: 1, delayMs: 0, goaway: { code: NGHTTP2_NO_ERROR, debug: '{"reason":"Shutdown"}' } });
		const gone = goawayOf(session);
		const results = await Promise.allSettled([push(session), push(session)]);
		expect(await gone).toEqual([NGHTTP2_NO_ERROR, 3, '{"reason":"Shutdown"}']);
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
		expect(apns.arrivals.map(({ status }) => status)).toEqual([200, 200, 0]);
	});

	it('with the previous stream as the last leaves its own request unanswered and unprocessed', async () => {
		const session = await warm();
		apns.fail({ times: 1, goaway: { code: NGHTTP2_NO_ERROR, lastStreamId: 'previous' } });
		const gone = goawayOf(session);
		await expect(push(session)).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
		expect(await gone).toEqual([NGHTTP2_NO_ERROR, 1, undefined]);
	});

	it('with the previous stream as the last refuses even the first request of a connection', async () => {
		apns.fail({ times: 1, goaway: { code: NGHTTP2_NO_ERROR, lastStreamId: 'previous' } });
		const session = await connected();
		await expect(push(session)).rejects.toThrow('NGHTTP2_REFUSED_STREAM');
	});

	it('lets the requests below it finish before the connection closes', async () => {
		const session = await warm();
		apns.latencyMs = 40;
		const early = push(session);
		const gone = goawayOf(session);
		setTimeout(() => apns.goaway(NGHTTP2_NO_ERROR), 10);
		expect((await gone)[0]).toBe(NGHTTP2_NO_ERROR);
		expect((await early).status).toBe(200);
		await once(session, 'close');
	});

	it('in error closes the connection', async () => {
		const session = await warm();
		const gone = goawayOf(session);
		const closed = new Promise((resolve) => session.once('close', resolve));
		apns.goaway(NGHTTP2_PROTOCOL_ERROR, 'Maximum active streams violated');
		expect(await gone).toEqual([NGHTTP2_PROTOCOL_ERROR, 1, 'Maximum active streams violated']);
		await closed;
		expect((await push(await connected())).status).toBe(200);
	});
});

describe('streams and connections that break', () => {
	it.each([NGHTTP2_REFUSED_STREAM, NGHTTP2_INTERNAL_ERROR])(
		'RST_STREAM %i comes instead of an answer',
		async (resetCode) => {
			const session = await warm();
			apns.fail({ times: 1, resetCode });
			await expect(push(session)).rejects.toThrow();
			expect(apns.arrivals.at(-1)?.status).toBe(0);
			expect((await push(session)).status).toBe(200);
		},
	);

	it('a cut connection has read the request and says nothing', async () => {
		const session = await warm();
		apns.fail({ times: 1, cutConnection: true });
		await expect(push(session)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(apns.arrivals).toHaveLength(2);
		expect((await push(await connected())).status).toBe(200);
	});

	it('cutting all connections resets them', async () => {
		const session = await warm();
		const broken = once(session, 'close');
		apns.cutConnections();
		await broken;
		expect(session.destroyed).toBe(true);
	});

	it('silence leaves a request open while others are answered', async () => {
		const session = await warm();
		apns.fail({ address: apns.goodAddress(1), silence: true });
		let answered = false;
		const silent = push(session, apns.goodAddress(1)).then(() => (answered = true));
		expect((await push(session, apns.goodAddress(2))).status).toBe(200);
		expect(answered).toBe(false);
		session.destroy();
		await expect(silent).rejects.toThrow();
	});

	it('a frozen connection answers neither requests nor PINGs, new ones do', async () => {
		const session = await warm();
		apns.freezeConnections();
		let heard = false;
		session.ping(() => (heard = true));
		const lost = push(session).then(
			() => (heard = true),
			() => false,
		);
		expect((await push(await connected())).status).toBe(200);
		expect(heard).toBe(false);
		expect(apns.connections.pings).toBe(0);
		session.destroy();
		expect(await lost).toBe(false);
	});

	it('PINGs of a healthy connection are answered and counted', async () => {
		const session = await warm();
		await new Promise<void>((resolve) => {
			session.ping(() => resolve());
		});
		expect(apns.connections.pings).toBe(1);
	});
});

describe('HTTP/1.1', () => {
	const ask = async (): Promise<Reply> => await clientCredentials(simulators);

	it('connections can be cut after the request was read', async () => {
		simulators.adm.token.fail({ times: 1, cutConnection: true });
		await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(simulators.adm.token.requests).toMatchObject([{ status: 0 }]);
		expect((await ask()).status).toBe(200);
	});

	it('requests can stay without an answer', async () => {
		simulators.adm.fail({ address: simulators.adm.goodAddress(1), silence: true });
		const headers = {
			authorization: `Bearer ${accessToken(await ask())}`,
			'content-type': 'application/json',
			accept: 'application/json',
			'x-amzn-type-version': 'com.amazon.device.messaging.ADMMessage@1.0',
			'x-amzn-accept-type': 'com.amazon.device.messaging.ADMSendResult@1.0',
		};
		const url = (n: number) =>
			`${simulators.adm.origin}/messaging/registrations/${encodeURIComponent(simulators.adm.goodAddress(n))}/messages`;
		let answered = false;
		const silent = postHttp1(url(1), simulators.ca, headers, '{"data":{}}').then(() => (answered = true));
		expect((await postHttp1(url(2), simulators.ca, headers, '{"data":{}}')).status).toBe(200);
		expect(answered).toBe(false);
		simulators.adm.cutConnections();
		await expect(silent).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect(simulators.adm.arrivals.map(({ status }) => status)).toEqual([0, 200]);
	});
});
