import { DEFAULT_FRAME_SIZE, FLAG, FRAME, SETTING } from '../../../push/transport/http2/frames/protocol';
import { post, until } from '../client';
import { data, frame, FramePeer, goaway, head, ok, rst, settings, uint32, windowUpdate } from '../servers/frame-peer';
import { answer, Http2TestServer } from '../servers/http2-server';
import { firstOf, IMPLEMENTATIONS, Opened } from './connections';

const ACK = FLAG.ack;

/** What both connections have to do alike, whatever is underneath. */
describe.each(IMPLEMENTATIONS)('an HTTP/2 connection (%s)', (_name, Kind) => {
	let peer: FramePeer;
	let opened: Opened;

	const start = async (greeting?: Buffer) => {
		peer = await FramePeer.start(greeting);
		opened = await Opened.to(peer.port, Kind);
	};
	afterEach(async () => {
		opened.connection.destroy('The test is over.');
		await peer.stop();
	});

	describe('requests', () => {
		it('go out as HEADERS and DATA with pseudo-headers first', async () => {
			await start();
			opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			expect(Object.entries(peer.headersOf(1)).sort()).toEqual([
				[':authority', `127.0.0.1:${peer.port}`],
				[':method', 'POST'],
				[':path', '/3/device/1'],
				[':scheme', 'http'],
				['content-type', 'application/json'],
				['x-id', '1'],
			]);
			expect(peer.bodyOf(1)).toBe('{"n":"1"}');
			expect(peer.of(FRAME.data, 1).at(-1)?.flags).toBe(FLAG.endStream);
		});

		it('with headers too long for one frame go on in CONTINUATION', async () => {
			await start();
			const long = 'v'.repeat(2 * DEFAULT_FRAME_SIZE);
			const { ends } = opened.open(post(1, { headers: { 'x-long': long } }));
			await peer.saw(FRAME.data, 1, 1);
			expect(peer.of(FRAME.headers, 1)[0]?.flags).not.toBe(FLAG.endHeaders);
			expect(peer.of(FRAME.continuation, 1).at(-1)?.flags).toBe(FLAG.endHeaders);
			expect(peer.headersOf(1)['x-long']).toBe(long);
			peer.send(ok(1));
			expect(await firstOf(ends)).toMatchObject({ kind: 'response', status: 200 });
		});

		it('with a body larger than the window wait for WINDOW_UPDATE of stream and connection', async () => {
			await start(settings([SETTING.initialWindowSize, 10]));
			const body = 'ä'.repeat(40_000);
			const { ends } = opened.open(post(1, { body }));
			await until(() => peer.bodyOf(1).length > 0);
			await peer.saw(FRAME.settings, 2);
			expect(Buffer.byteLength(peer.bodyOf(1))).toBe(10);
			peer.send(windowUpdate(1, 1_000_000));
			await until(() => Buffer.concat(peer.of(FRAME.data, 1).map(({ payload }) => payload)).length === 65_535);
			peer.send(windowUpdate(0, 1_000_000));
			await until(() => peer.of(FRAME.data, 1).at(-1)?.flags === FLAG.endStream);
			expect(peer.bodyOf(1)).toBe(body);
			expect(peer.of(FRAME.data, 1).every(({ payload }) => payload.length <= DEFAULT_FRAME_SIZE)).toBe(true);
			peer.send(ok(1));
			expect(await firstOf(ends)).toMatchObject({ kind: 'response' });
		});

		it('wait while SETTINGS have made their windows negative', async () => {
			await start(settings([SETTING.initialWindowSize, 100]));
			opened.open(post(1, { body: 'x'.repeat(150) }));
			await peer.saw(FRAME.data, 1, 1);
			peer.send(settings([SETTING.initialWindowSize, 10]), windowUpdate(1, 80), frame(FRAME.ping, 0, 0, uint32(0, 1)));
			await peer.saw(FRAME.ping);
			expect(peer.bodyOf(1)).toHaveLength(100);
			peer.send(settings([SETTING.initialWindowSize, 60]));
			await until(() => peer.bodyOf(1).length === 140);
			peer.send(windowUpdate(1, 10));
			await until(() => peer.bodyOf(1).length === 150);
		});

		it('have ids of their own, one after the other', async () => {
			await start();
			for (const n of [1, 2, 3]) opened.open(post(n));
			await peer.saw(FRAME.data, 3);
			expect(peer.of(FRAME.headers).map(({ stream }) => stream)).toEqual([1, 3, 5]);
		});

		it('that HTTP/2 cannot carry are given back, and the connection goes on', async () => {
			await start();
			expect(await opened.end(post(1, { headers: { connection: 'close' } }))).toMatchObject({ kind: 'impossible' });
			const { ends } = opened.open(post(2));
			const { stream } = await peer.saw(FRAME.headers);
			peer.send(ok(stream));
			expect(await firstOf(ends)).toMatchObject({ kind: 'response' });
		});

		it('that are taken back are reset with CANCEL and report nothing', async () => {
			await start();
			const { ends, stream } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			stream?.reset();
			expect((await peer.saw(FRAME.rstStream, 1, 1)).payload.readUInt32BE(0)).toBe(8);
			peer.send(ok(1));
			const { ends: others } = opened.open(post(2));
			await peer.saw(FRAME.headers, 1, 3);
			peer.send(ok(3));
			await firstOf(others);
			expect(ends).toEqual([]);
		});
	});

	describe('answers', () => {
		const answered = async (...frames: Buffer[]) => {
			const { ends } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			peer.send(...frames);
			return await firstOf(ends);
		};

		it('have their status, headers and body', async () => {
			await start();
			// Literals with incremental indexing, the second time from the table.
			expect(await answered(head(1, '8e 40 01 61 01 62 5c 01 33'.replace(/ /g, '')), data(1, 'abc'))).toEqual({
				kind: 'response',
				status: 500,
				headers: { a: 'b', 'content-length': '3' },
				body: 'abc',
			});
			const { ends } = opened.open(post(2));
			await peer.saw(FRAME.data, 1, 3);
			peer.send(head(3, '88bf'), data(3, 'ü'));
			expect(await firstOf(ends)).toEqual({ kind: 'response', status: 200, headers: { a: 'b' }, body: 'ü' });
		});

		it('come through padding, priority, CONTINUATION, unknown frames and settings', async () => {
			await start(settings([0x99, 7]));
			const headers = frame(
				FRAME.headers,
				FLAG.padded | FLAG.priority,
				1,
				`03 00000000 10 88 000000`.replace(/ /g, ''),
			);
			expect(
				await answered(
					frame(0xfa, 0xff, 1, '010203'),
					headers,
					frame(FRAME.continuation, 0, 1, '40'),
					frame(FRAME.continuation, FLAG.endHeaders, 1, '01610162'),
					frame(FRAME.data, FLAG.padded, 1, Buffer.from('\x02ab\0\0', 'latin1')),
					frame(FRAME.data, FLAG.padded | FLAG.endStream, 1, Buffer.from('\x00c', 'latin1')),
				),
			).toEqual({ kind: 'response', status: 200, headers: { a: 'b' }, body: 'abc' });
		});

		it('are read whatever the packets they come in', async () => {
			await start();
			const { ends } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			await peer.drip(
				Buffer.concat([head(1, '88400161 0162'.replace(/ /g, '')), data(1, 'hel', false), data(1, 'lo')]),
			);
			expect(await firstOf(ends)).toMatchObject({ status: 200, headers: { a: 'b' }, body: 'hello' });
		});

		it('may be announced by interim responses and end with trailers', async () => {
			await start();
			const interim = head(1, '0803313033');
			const trailers = frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, 1, '4001740131');
			expect(await answered(interim, head(1), data(1, 'x', false), trailers)).toMatchObject({ status: 200, body: 'x' });
		});

		it('keep coming while the receiver gives the windows back', async () => {
			await start();
			const piece = 'p'.repeat(DEFAULT_FRAME_SIZE);
			for (let n = 0; n < 100; n += 1) {
				const id = 2 * n + 1;
				const { ends } = opened.open(post(n));
				await peer.saw(FRAME.headers, 1, id);
				peer.send(head(id), ...[0, 1, 2, 3].map((at) => data(id, piece, at === 3)));
				expect(await firstOf(ends)).toMatchObject({ status: 200, body: piece.repeat(4) });
			}
			expect(peer.of(FRAME.windowUpdate, 0).length).toBeGreaterThan(0);
		});

		it('without a status, or in which names have capitals, are no answers', async () => {
			await start();
			for (const [id, block] of [
				[1, '400161 0162'],
				[3, '88400141 0162'],
			] as const) {
				const { ends } = opened.open(post(id));
				await peer.saw(FRAME.data, 1, id);
				peer.send(frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, id, block.replace(/ /g, '')));
				expect(await firstOf(ends)).toMatchObject({ kind: 'lost' });
			}
		});

		it('shorter than announced are lost unless they say success', async () => {
			await start();
			expect(await answered(head(1, '8e5c0139'), data(1, 'abc'))).toMatchObject({ kind: 'lost' });
		});
	});

	describe('settings', () => {
		it('are acknowledged and change the stream limit, up and down', async () => {
			await start(settings([SETTING.maxConcurrentStreams, 1]));
			expect(opened.connection.streamLimit).toBe(1);
			for (const limit of [1_000, 1, 0]) {
				peer.send(settings([SETTING.maxConcurrentStreams, limit]));
				await until(() => opened.connection.streamLimit === limit);
			}
			expect(opened.limitChanges).toHaveLength(3);
			await until(() => peer.of(FRAME.settings).filter(({ flags }) => flags === ACK).length === 4);
		});

		it('shrink and grow the header table of requests', async () => {
			await start(settings([SETTING.headerTableSize, 0]));
			const sizes = [60, 0, 4_096];
			for (let n = 0; n < 12; n += 1) {
				const id = 2 * n + 1;
				if (n % 4 === 3) {
					peer.send(settings([SETTING.headerTableSize, sizes[(n - 3) / 4] ?? 0]));
					await until(() => peer.of(FRAME.settings).filter(({ flags }) => flags === ACK).length === 2 + (n - 3) / 4);
				}
				opened.open(post(n));
				await peer.saw(FRAME.data, 1, id);
				expect(peer.headersOf(id)).toMatchObject({ ':path': `/3/device/${n}`, 'x-id': String(n) });
			}
		});
	});

	describe('PING', () => {
		it('of the peer is answered with the same bytes', async () => {
			await start();
			peer.send(frame(FRAME.ping, 0, 0, '0102030405060708'));
			const pong = await peer.saw(FRAME.ping);
			expect([pong.flags, pong.payload.toString('hex')]).toEqual([ACK, '0102030405060708']);
		});

		it('of ours is alive when answered and dead when the connection ends', async () => {
			await start();
			const answers: boolean[] = [];
			opened.connection.ping((alive) => answers.push(alive));
			const ping = await peer.saw(FRAME.ping);
			peer.send(frame(FRAME.ping, ACK, 0, ping.payload));
			await until(() => answers.length === 1);
			opened.connection.ping((alive) => answers.push(alive));
			await peer.saw(FRAME.ping, 2);
			peer.socket?.destroy();
			await until(() => answers.length === 2);
			expect(answers).toEqual([true, false]);
		});
	});

	describe('GOAWAY', () => {
		it('gives streams above the last one back unprocessed and lets the others be answered', async () => {
			await start();
			const streams = [1, 2, 3].map((n) => opened.open(post(n)));
			await peer.saw(FRAME.data, 3);
			peer.send(goaway(3, 0, '{"reason":"Shutdown"}'));
			const sentAway = { kind: 'unprocessed', by: 'goaway', detail: expect.stringContaining('Shutdown') };
			expect(await firstOf(streams[2]?.ends ?? [])).toMatchObject(sentAway);
			expect(opened.aways).toMatchObject([{ code: 'GOAWAY_NO_ERROR', slowDown: false }]);
			expect(opened.open(post(4)).stream).toBeUndefined();
			peer.send(ok(3), ok(1));
			expect(await firstOf(streams[0]?.ends ?? [])).toMatchObject({ kind: 'response' });
			expect(await firstOf(streams[1]?.ends ?? [])).toMatchObject({ kind: 'response' });
		});

		it('with an error code makes lost what is not above the last one', async () => {
			await start();
			const streams = [1, 2].map((n) => opened.open(post(n)));
			await peer.saw(FRAME.data, 2);
			peer.send(goaway(1, 11));
			expect(await firstOf(streams[1]?.ends ?? [])).toMatchObject({ kind: 'unprocessed' });
			expect(await firstOf(streams[0]?.ends ?? [])).toMatchObject({ kind: 'lost', code: 'GOAWAY_ENHANCE_YOUR_CALM' });
			expect(opened.aways).toMatchObject([{ slowDown: true }]);
			expect(await opened.closed()).toMatchObject({ abrupt: true });
		});

		it('is ours when we close, and open streams are waited for', async () => {
			await start();
			const { ends } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			opened.connection.close();
			expect(opened.open(post(2)).stream).toBeUndefined();
			await peer.saw(FRAME.goaway);
			expect(peer.ended).toBe(false);
			peer.send(ok(1));
			expect(await firstOf(ends)).toMatchObject({ kind: 'response' });
			expect(await opened.closed()).toMatchObject({ abrupt: false });
		});
	});

	describe('RST_STREAM', () => {
		it.each([
			[7, { kind: 'unprocessed', by: 'refused', code: 'REFUSED_STREAM' }],
			[8, { kind: 'lost', code: 'CANCEL' }],
			[11, { kind: 'lost', code: 'ENHANCE_YOUR_CALM', slowDown: true }],
		])('with code %i ends the stream', async (code, end) => {
			await start();
			const { ends } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			peer.send(rst(1, code));
			expect(await firstOf(ends)).toMatchObject(end);
			expect(opened.ends).toEqual([]);
		});
	});

	describe('the end of the connection', () => {
		it('makes lost what was written, but not a success that had begun', async () => {
			await start();
			const streams = [1, 2].map((n) => opened.open(post(n)));
			await peer.saw(FRAME.data, 2);
			peer.send(head(3), data(3, 'par', false));
			await new Promise((resolve) => setTimeout(resolve, 50));
			peer.socket?.resetAndDestroy();
			expect(await firstOf(streams[0]?.ends ?? [])).toMatchObject({ kind: 'lost' });
			expect(await firstOf(streams[1]?.ends ?? [])).toMatchObject({ kind: 'response', status: 200, body: 'par' });
			expect(await opened.closed()).toMatchObject({ abrupt: true });
		});

		it('by our own hand says why', async () => {
			await start();
			const { ends } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			opened.connection.destroy('Enough.');
			expect(await firstOf(ends)).toMatchObject({ kind: 'lost', detail: 'Enough.' });
			await opened.closed();
			expect(opened.ends).toHaveLength(1);
		});
	});

	describe('broken rules end the connection and lose what was open', () => {
		it.each<[string, Buffer]>([
			['PUSH_PROMISE', frame(FRAME.pushPromise, FLAG.endHeaders, 1, '0000000288')],
			['DATA on the connection', frame(FRAME.data, 0, 0, '00')],
			['SETTINGS on a stream', frame(FRAME.settings, 0, 1)],
			['SETTINGS of 5 bytes', frame(FRAME.settings, 0, 0, '0000000000')],
			['an acknowledgement with a payload', frame(FRAME.settings, ACK, 0, '000300000001')],
			['an initial window above 2^31-1', settings([SETTING.initialWindowSize, 2 ** 31])],
			['a maximum frame size of 1', settings([SETTING.maxFrameSize, 1])],
			['PING of 7 bytes', frame(FRAME.ping, 0, 0, '00000000000000')],
			['RST_STREAM of 3 bytes', frame(FRAME.rstStream, 0, 1, '000000')],
			['WINDOW_UPDATE of 3 bytes', frame(FRAME.windowUpdate, 0, 0, '000000')],
			['a connection window above 2^31-1', windowUpdate(0, 2 ** 31 - 1)],
			['HEADERS on a stream that was never opened', ok(9)],
			['CONTINUATION out of nothing', frame(FRAME.continuation, FLAG.endHeaders, 1, '88')],
			[
				'a frame inside a header block',
				Buffer.concat([frame(FRAME.headers, 0, 1, '88'), frame(FRAME.ping, 0, 0, '0000000000000000')]),
			],
			['a header block that cannot be decoded', frame(FRAME.headers, FLAG.endHeaders, 1, 'ff')],
			['padding larger than its frame', frame(FRAME.data, FLAG.padded, 1, 'ff00')],
			['a frame larger than allowed', frame(FRAME.data, 0, 1, Buffer.alloc(DEFAULT_FRAME_SIZE + 1))],
		])('%s', async (_what, bytes) => {
			await start();
			const { ends } = opened.open(post(1));
			await peer.saw(FRAME.data, 1, 1);
			peer.send(bytes);
			expect(await firstOf(ends)).toMatchObject({ kind: 'lost' });
			expect(await opened.closed()).toMatchObject({ abrupt: true });
		});
	});

	it('carries 2,000 requests to a server of node:http2 and brings each its own answer', async () => {
		await start();
		const server = await Http2TestServer.start({
			respond: (stream, seen) => answer(stream, 200, seen.body, { 'x-n': seen.id }),
		});
		const other = await Opened.to(server.port, Kind);
		const all = await Promise.all(Array.from({ length: 2_000 }, async (_, n) => await other.end(post(n))));
		all.forEach((end, n) =>
			expect(end).toMatchObject({ status: 200, body: `{"n":"${n}"}`, headers: { 'x-n': String(n) } }),
		);
		other.connection.close();
		expect(await other.closed()).toMatchObject({ abrupt: false });
		await server.stop();
	});
});
