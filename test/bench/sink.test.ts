import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { createAuthority } from '../transport/servers/authority';
import { ADDRESS } from './clients/devices';
import { ENDED } from './clients/types';
import { judge } from './judge';
import { FLAG, FRAME, frame } from './sink/answers';
import { Sink } from './sink/sink';
import type { SinkSettings } from './sink/types';

const authority = createAuthority();
let sink: Sink;
const sessions: ClientHttp2Session[] = [];

beforeAll(async () => {
	sink = await Sink.start(authority.issue('localhost'));
});

afterEach(() => {
	for (const session of sessions.splice(0)) session.destroy();
});

afterAll(async () => await sink.close());

interface Ended {
	readonly status: number | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	/** `NGHTTP2_...` number; 0 without a reset. */
	readonly code: number;
}

async function open(settings: SinkSettings): Promise<ClientHttp2Session> {
	sink.configure(settings);
	return await openAnother();
}

async function openAnother(): Promise<ClientHttp2Session> {
	const session = connect(sink.address.origin, { ca: authority.ca });
	session.on('error', () => undefined);
	sessions.push(session);
	await once(session, 'remoteSettings');
	return session;
}

async function push(session: ClientHttp2Session, device: number, shape: 'apns' | 'fcm' = 'apns'): Promise<Ended> {
	const address = ADDRESS[shape](device);
	const stream = session.request({
		':method': 'POST',
		':path': shape === 'apns' ? `/3/device/${address}` : '/v1/projects/p/messages:send',
		// Long enough to push others out of the table of 4,096 bytes soon.
		'x-number': String(device).repeat(40),
	});
	let headers: IncomingHttpHeaders = {};
	let body = '';
	stream.on('response', (answer) => {
		headers = answer;
	});
	stream.on('error', () => undefined);
	stream.setEncoding('utf8').on('data', (text: string) => {
		body += text;
	});
	stream.end(shape === 'apns' ? '{"aps":{}}' : JSON.stringify({ message: { token: address, data: {} } }));
	await new Promise((resolve) => stream.once('close', resolve));
	const status = headers[':status'];
	return { status: status === undefined ? undefined : Number(status), headers, body, code: stream.rstCode ?? 0 };
}

/** A frame of HEADERS with nothing but `:status: 200`. */
const ANSWER_BYTES = 10;

/** Counts the bytes of answers; the other frames of the sink have other lengths. */
function answerBytes([chunk]: readonly unknown[]): number {
	if (!Buffer.isBuffer(chunk)) return 0;
	let bytes = 0;
	for (let at = 0; at < chunk.length; at += 9 + chunk.readUIntBE(at, 3)) {
		if (chunk[at + 3] === FRAME.headers) bytes += ANSWER_BYTES;
	}
	return bytes;
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from);

test('every push in APNs shape is answered with 200, and counted by device', async () => {
	const session = await open({ shape: 'apns', maxStreams: 1000, delayMs: 0 });
	const ends = await Promise.all(numbers(300).map(async (device) => await push(session, device)));
	expect(ends.every(({ status, body, code }) => status === 200 && body === '' && code === 0)).toBe(true);
	await push(session, 7);
	const report = sink.report();
	expect(report).toMatchObject({ accepted: 301, connections: 1, anonymous: 0, overLimit: 0, complaints: [] });
	expect([...report.acceptedByDevice]).toEqual(numbers(300).map((device) => (device === 7 ? 2 : 1)));
	expect(report.requestsByConnection).toEqual([301]);
});

test('FCM shape answers with a body, more of them than the window of the client holds at once', async () => {
	const session = await open({ shape: 'fcm', maxStreams: 100, delayMs: 0 });
	const ends = await Promise.all(numbers(5000).map(async (device) => await push(session, device, 'fcm')));
	for (const { status, body, headers } of ends) {
		expect(status).toBe(200);
		expect(headers['content-type']).toBe('application/json; charset=UTF-8');
		expect(JSON.parse(body)).toEqual({ name: 'projects/p/messages/1' });
	}
	expect(sink.report()).toMatchObject({ accepted: 5000, anonymous: 0, complaints: [] });
	expect(sink.report().maxInFlight).toBeLessThanOrEqual(100);
});

test('delayed answers are open until they are given, over all connections; warm-up is not counted', async () => {
	const session = await open({ shape: 'apns', maxStreams: 1000, delayMs: 20, measuredFrom: 10 });
	await Promise.all(numbers(10).map(async (device) => await push(session, device)));
	await push(session, 10);
	const other = await openAnother();
	const both = numbers(60, 11).map(async (device) => await push(device % 2 === 0 ? session : other, device));
	expect((await Promise.all(both)).every(({ status }) => status === 200)).toBe(true);
	expect(sink.report()).toMatchObject({
		accepted: 61,
		maxInFlight: 60,
		maxInFlightOfConnection: 30,
		maxConnections: 2,
	});
});

test('after the GOAWAY streams are ignored, and the ones before it answered', async () => {
	const session = await open({ shape: 'apns', maxStreams: 1000, delayMs: 5, faults: { goawayEvery: 20 } });
	const left = once(session, 'goaway');
	const ends = await Promise.all(numbers(50).map(async (device) => await push(session, device)));
	await left;
	expect(ends.filter(({ status }) => status === 200)).toHaveLength(20);
	expect(sink.report().accepted).toBe(20);
});

test('refused streams are not processed, reset ones are and the sender cannot know', async () => {
	const session = await open({ shape: 'apns', maxStreams: 1000, delayMs: 0, faults: { refuseEvery: 10 } });
	const refused = await Promise.all(numbers(20).map(async (device) => await push(session, device)));
	expect(refused.filter(({ code }) => code === 7)).toHaveLength(2);
	expect(sink.report().acceptedByDevice[1]).toBe(0);
	expect((await push(session, 1)).status).toBe(200);

	const another = await open({ shape: 'apns', maxStreams: 1000, delayMs: 0, faults: { resetEvery: 10 } });
	const reset = await Promise.all(numbers(20).map(async (device) => await push(another, device)));
	expect(reset.filter(({ code }) => code === 2)).toHaveLength(2);
	expect(sink.report().accepted).toBe(20);
	expect([...sink.report().untoldByDevice].filter((untold) => untold === 1)).toHaveLength(2);
});

test('busy answers carry Retry-After, come once per device, and tries that come too early are noticed', async () => {
	const session = await open({ shape: 'fcm', maxStreams: 100, delayMs: 0, faults: { busyEvery: 5, busyStatus: 503 } });
	const first = await push(session, 1, 'fcm');
	expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
	expect(JSON.parse(first.body)).toMatchObject({ error: { status: 'UNAVAILABLE' } });
	expect((await push(session, 1, 'fcm')).status).toBe(200);
	expect(sink.report()).toMatchObject({ accepted: 1, tooEarly: 1 });
});

test('a cut connection leaves accepted pushes that nobody was told about', async () => {
	const session = await open({ shape: 'apns', maxStreams: 1000, delayMs: 50, faults: { cutEvery: 30 } });
	const ends = await Promise.all(numbers(30).map(async (device) => await push(session, device)));
	expect(ends.every(({ status }) => status === undefined)).toBe(true);
	const report = sink.report();
	expect(report.accepted).toBe(30);
	expect([...report.untoldByDevice]).toEqual(numbers(30).map(() => 1));
});

test('the limit of streams goes to one and back', async () => {
	const session = await open({ shape: 'apns', maxStreams: 1000, delayMs: 0, faults: { flapMs: 10 } });
	const limits: Array<number | undefined> = [];
	session.on('remoteSettings', ({ maxConcurrentStreams }) => limits.push(maxConcurrentStreams));
	while (limits.length < 2) await once(session, 'remoteSettings');
	// On a busy machine the first change may have been before anybody listened.
	expect(new Set(limits.slice(0, 2))).toEqual(new Set([1, 1000]));
});

test('node keeps to the limit it was given, and a client that does not is noticed', async () => {
	const session = await open({ shape: 'apns', maxStreams: 2, delayMs: 5 });
	await Promise.all(numbers(20).map(async (device) => await push(session, device)));
	expect(sink.report()).toMatchObject({ accepted: 20, overLimit: 0, maxInFlight: 2 });

	const { port } = new URL(sink.address.origin);
	const socket = connectTls({ port: Number(port), host: '127.0.0.1', ca: authority.ca, ALPNProtocols: ['h2'] });
	const path = `/3/device/${ADDRESS.apns(20)}`;
	// `:path` as a literal without Huffman code (RFC 7541 6.2.2).
	const block = Buffer.concat([Buffer.from([0x04, path.length]), Buffer.from(path)]);
	const requests = [1, 3, 5].map((stream) => frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, block));
	socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
	socket.write(Buffer.concat([frame(FRAME.settings, 0, 0), frame(FRAME.settings, FLAG.ack, 0), ...requests]));
	for (let read = 0; read < 3 * ANSWER_BYTES; read += answerBytes(await once(socket, 'data')));
	socket.destroy();
	expect(sink.report()).toMatchObject({ accepted: 23, overLimit: 1, maxInFlightOfConnection: 3 });
	expect(sink.report().acceptedByDevice[20]).toBe(3);
});

test('results are held against what was accepted', () => {
	const said = ENDED.saidDouble;
	const { accepted, refused, unknown, never } = ENDED;
	const ends = [accepted, accepted, refused, refused, unknown, unknown, never, accepted, accepted + said];
	const times = [1, 0, 0, 1, 1, 1, 1, 2, 2];
	const untold = [0, 0, 0, 0, 1, 0, 0, 0, 1];
	expect(judge(Uint8Array.from(ends), Uint8Array.from(times), Uint8Array.from(untold))).toEqual({
		lost: 1,
		falseSuccess: 1,
		falseFailure: 1,
		doubledUnsaid: 1,
		doubledSaid: 1,
		needlesslyUnknown: 1,
		unknown: 2,
		failed: 1,
		wrong: 5,
	});
});
