import { connect } from 'node:net';
import { systemClock } from '../../../push/model';
import { FrameConnection } from '../../../push/transport/http2/frames/connection';
import type { StreamEnd } from '../../../push/transport/http2/contract';
import {
	DEFAULT_FRAME_SIZE,
	ERROR,
	FLAG,
	FRAME,
	LAST_STREAM_ID,
	SETTING,
} from '../../../push/transport/http2/frames/protocol';
import { ReceiveWindow } from '../../../push/transport/http2/frames/receive-window';
import { parseOrigin } from '../../../push/transport/origin';
import { HTTP2, post, send, transports, until } from '../client';
import { data, frame, FramePeer, goaway, head, ok, rst, settings, uint32, windowUpdate } from '../servers/frame-peer';
import { firstOf, Opened } from './connections';

const times = (count: number, bytes: Buffer) => Array.from({ length: count }, () => bytes);

/** RFC 9113 10.5: a peer that is broken or means harm. Always a connection error with the right code. */
describe('a hostile or broken peer', () => {
	let peer: FramePeer;
	let opened: Opened;
	let ends: readonly StreamEnd[];

	beforeEach(async () => {
		peer = await FramePeer.start();
		opened = await Opened.to(peer.port, FrameConnection);
		ends = opened.open(post(1)).ends;
		await peer.saw(FRAME.data, 1, 1);
	});
	afterEach(async () => {
		opened.connection.destroy('The test is over.');
		await peer.stop();
	});

	const HEADERS = FRAME.headers;
	const END = FLAG.endHeaders;
	const ping = frame(FRAME.ping, 0, 0, uint32(0, 0));
	const bomb = Buffer.concat([
		Buffer.from('88400161 7fa11e'.replace(/ /g, ''), 'hex'),
		Buffer.alloc(4_000, 0x61),
		Buffer.alloc(60, 0xbe),
	]);

	it.each<[string, number, Buffer[]]>([
		['a flood of SETTINGS', ERROR.calm, times(3_000, settings([SETTING.maxConcurrentStreams, 1]))],
		['a flood of PINGs', ERROR.calm, times(5_000, ping)],
		['a flood of empty DATA', ERROR.calm, [head(1), ...times(20_000, data(1, '', false))]],
		['a flood of WINDOW_UPDATEs', ERROR.calm, times(20_000, windowUpdate(1, 1))],
		['a flood of RST_STREAM on a stream that is gone', ERROR.calm, times(20_000, rst(1, 8))],
		['a flood of PRIORITY', ERROR.calm, times(20_000, frame(FRAME.priority, 0, 1, '0000000000'))],
		['a flood of frames of unknown type', ERROR.calm, times(20_000, frame(0xee, 0, 0))],
		['a flood of GOAWAYs', ERROR.calm, times(3_000, goaway(1, 0))],
		['a flood of interim responses', ERROR.calm, times(20_000, head(1, '0803313033'))],
		['a flood of answers to streams that are gone', ERROR.calm, times(20_000, ok(1))],
		[
			'CONTINUATION without end',
			ERROR.calm,
			[frame(HEADERS, 0, 1, '88'), ...times(100, frame(FRAME.continuation, 0, 1, '88'))],
		],
		[
			'empty CONTINUATION without end',
			ERROR.calm,
			[frame(HEADERS, 0, 1, '88'), ...times(100, frame(FRAME.continuation, 0, 1))],
		],
		[
			'a header block of 1 MB',
			ERROR.calm,
			[frame(HEADERS, 0, 1, '88'), ...times(64, frame(FRAME.continuation, 0, 1, Buffer.alloc(DEFAULT_FRAME_SIZE)))],
		],
		['a header bomb', ERROR.calm, [frame(HEADERS, END, 1, bomb)]],
		[
			'padding without data',
			ERROR.calm,
			[head(1), ...times(20_000, frame(FRAME.data, FLAG.padded, 1, Buffer.from([3, 0, 0, 0])))],
		],
		['a frame of 16 MB', ERROR.frameSize, [Buffer.from('ffffff000000000001', 'hex')]],
		['a frame one byte too large', ERROR.frameSize, [frame(FRAME.data, 0, 1, Buffer.alloc(DEFAULT_FRAME_SIZE + 1))]],
		['PUSH_PROMISE', ERROR.protocol, [frame(FRAME.pushPromise, END, 1, '0000000288')]],
		['SETTINGS_ENABLE_PUSH from a server', ERROR.protocol, [settings([SETTING.enablePush, 1])]],
		['an initial window above 2^31-1', ERROR.flowControl, [settings([SETTING.initialWindowSize, 2 ** 31])]],
		['a connection window above 2^31-1', ERROR.flowControl, [windowUpdate(0, 2 ** 31 - 1)]],
		['WINDOW_UPDATE of the connection by 0', ERROR.protocol, [windowUpdate(0, 0)]],
		['SETTINGS of 5 bytes', ERROR.frameSize, [frame(FRAME.settings, 0, 0, '0000000000')]],
		['an index nobody put into the table', ERROR.compression, [frame(HEADERS, END, 1, 'fe')]],
		['HEADERS on a stream of its own', ERROR.protocol, [ok(2)]],
		['something else inside a header block', ERROR.protocol, [frame(HEADERS, 0, 1, '88'), ping]],
	])('%s ends in a connection error', async (_what, code, frames) => {
		for (let at = 0; at < frames.length; at += 1_000) peer.send(...frames.slice(at, at + 1_000));
		expect(await peer.goawayCode()).toBe(code);
		await firstOf(ends);
		expect(await opened.closed()).toMatchObject({ abrupt: true });
	});

	it('that sends something else than SETTINGS first is told so', async () => {
		const other = await FramePeer.start(ok(1));
		const socket = connect(other.port, '127.0.0.1');
		const events = { limitChanged: () => undefined, goaway: () => undefined, closed: () => undefined };
		const origin = parseOrigin(`http://127.0.0.1:${other.port}`);
		const connection = new FrameConnection(
			socket,
			origin,
			{ name: 'x', withClientCertificate: false },
			'',
			events,
			systemClock,
		);
		expect(await new Promise((resolve) => connection.whenReady(resolve))).toBe(false);
		expect(connection.failure().goaway).toMatchObject({ code: 'PROTOCOL_ERROR' });
		expect(await other.goawayCode()).toBe(ERROR.protocol);
		await other.stop();
	});

	it('that never reads is not waited for when the connection is closed', async () => {
		peer.socket?.pause();
		opened.connection.destroy('Enough.');
		expect(await firstOf(ends)).toMatchObject({ kind: 'lost', detail: 'Enough.' });
		await opened.closed();
	});

	it.each<[string, Buffer[]]>([
		['an answer without status', [frame(HEADERS, END | FLAG.endStream, 1, '4001610162')]],
		['two statuses', [frame(HEADERS, END | FLAG.endStream, 1, '8888')]],
		['a status behind a header', [frame(HEADERS, END | FLAG.endStream, 1, '400161016288')]],
		['a header of HTTP/1.1 connections', [head(1, '880f2a0463686e6b'), data(1, '')]],
		['a line break in a value', [head(1, '8840016103610a62'), data(1, '')]],
		['101 Switching Protocols', [head(1, '0803313031')]],
		['DATA before HEADERS', [data(1, 'x')]],
		['trailers that do not end the stream', [head(1, '8e'), head(1, '4001610162')]],
		['a WINDOW_UPDATE by 0', [windowUpdate(1, 0)]],
		['a stream window above 2^31-1', [windowUpdate(1, 2 ** 31 - 1)]],
	])('with %s breaks one stream, and the connection goes on', async (_what, frames) => {
		peer.send(...frames);
		expect(await firstOf(ends)).toMatchObject({ kind: 'lost' });
		await peer.saw(FRAME.rstStream, 1, 1);
		const { ends: next } = opened.open(post(2));
		await peer.saw(FRAME.data, 1, 3);
		peer.send(ok(3));
		expect(await firstOf(next)).toMatchObject({ kind: 'response', status: 200 });
	});

	it('may pad, prioritise, ping and set as a busy server does, for 20,000 requests', async () => {
		let done = 0;
		for (let n = 0; n < 20_000; n += 1) {
			const id = 2 * n + 3;
			opened.connection.open(post(n), { streamEnded: () => (done += 1) });
			peer.send(windowUpdate(0, 100), windowUpdate(id, 100), head(id), data(id, 'x', false), data(id, ''));
			if (n % 100 === 0) {
				peer.send(ping, settings([SETTING.maxConcurrentStreams, n % 200 === 0 ? 1 : 1_000]));
				await until(() => done >= n);
			}
		}
		await until(() => done === 20_000);
		expect(opened.ends).toEqual([]);
	}, 30_000);
});

describe('the window a peer may use', () => {
	it('is given back when half of it is used, and must not be exceeded', () => {
		const window = new ReceiveWindow(100);
		expect([window.take(49), window.take(1), window.take(40), window.take(50)]).toEqual([0, 50, 0, 90]);
		expect(() => window.take(101)).toThrow(expect.objectContaining({ code: ERROR.flowControl }));
	});
});

describe('stream ids', () => {
	it('are used up some day: the connection takes no more, and what is open ends normally', async () => {
		const peer = await FramePeer.start();
		const ends: StreamEnd[] = [];
		const connection = new FrameConnection(
			connect(peer.port, '127.0.0.1'),
			parseOrigin(`http://127.0.0.1:${peer.port}`),
			{ name: 'x', withClientCertificate: false },
			'127.0.0.1',
			{ limitChanged: () => undefined, goaway: () => undefined, closed: () => undefined },
			systemClock,
			LAST_STREAM_ID - 2,
		);
		await new Promise((resolve) => connection.whenReady(resolve));
		const owner = { streamEnded: (end: StreamEnd) => ends.push(end) };
		expect([1, 2, 3, 4].map((n) => connection.open(post(n), owner) !== undefined)).toEqual([true, true, false, false]);
		await peer.saw(FRAME.data, 2);
		expect(peer.of(FRAME.headers).map(({ stream }) => stream)).toEqual([LAST_STREAM_ID - 2, LAST_STREAM_ID]);
		peer.send(ok(LAST_STREAM_ID), ok(LAST_STREAM_ID - 2));
		await until(() => ends.length === 2);
		expect(ends).toMatchObject([{ status: 200 }, { status: 200 }]);
		connection.destroy('The test is over.');
		await peer.stop();
	});
});

describe('a peer that speaks no HTTP/2', () => {
	it('is said to be so', async () => {
		const peer = await FramePeer.start(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
		const factory = transports();
		const transport = factory.http2({ origin: `http://127.0.0.1:${peer.port}` }, 'h1', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'unreachable' });
		await factory.close(0);
		await peer.stop();
	});
});
