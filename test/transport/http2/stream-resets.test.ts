import { HTTP2, numbers, post, send, sendAll, tally, transports } from '../client';
import {
	answer,
	breakOff,
	CANCEL,
	ENHANCE_YOUR_CALM,
	Http2TestServer,
	INTERNAL_ERROR,
	REFUSED_STREAM,
	reset,
} from '../servers/http2-server';

describe('RST_STREAM', () => {
	const factory = transports();
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start();
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('with REFUSED_STREAM is sent again by the transport and not reported', async () => {
		const refusals = new Map<string, number>();
		server.intercept = (stream, headers) => {
			const id = String(headers['x-id']);
			const times = refusals.get(id) ?? 0;
			refusals.set(id, times + 1);
			if (times >= 3 || Number(id) % 5 > 0) return false;
			reset(stream, REFUSED_STREAM);
			return true;
		};
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(100).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 100 });
		expect(server.doubled).toEqual([]);
		expect(refusals.get('5')).toBe(4);
	});

	it('with REFUSED_STREAM without end is given back as refused after 10 re-sends', async () => {
		let tries = 0;
		server.intercept = (stream) => {
			tries += 1;
			reset(stream, REFUSED_STREAM);
			return true;
		};
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'refused', code: 'REFUSED_STREAM' });
		expect(tries).toBe(11);
	}, 15_000);

	it.each([
		['CANCEL', CANCEL],
		['INTERNAL_ERROR', INTERNAL_ERROR],
		['ENHANCE_YOUR_CALM', ENHANCE_YOUR_CALM],
	])('with %s is reported as lost: the peer may have processed it', async (name, code) => {
		server.respond = (stream) => reset(stream, code);
		const transport = factory.http2({ origin: server.origin }, name, HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'lost', code: name });
	});

	it('with ENHANCE_YOUR_CALM slows down: fewer streams are open afterwards', async () => {
		let complained = false;
		let most = 0;
		server.respond = (stream, seen, session) => {
			if (!complained && session.open >= 80) {
				complained = true;
				reset(stream, ENHANCE_YOUR_CALM);
				return;
			}
			if (complained && Number(seen.id) > 1_000) most = Math.max(most, session.open);
			setTimeout(() => answer(stream, 200, seen.id), 2);
		};
		const transport = factory.http2({ origin: server.origin }, 'calm', { ...HTTP2, maxStreams: 80 });
		const first = await sendAll(
			transport,
			numbers(80).map((n) => post(n)),
		);
		expect(tally(first)).toEqual({ lost: 1, 'response 200': 79 });
		await sendAll(
			transport,
			numbers(200, 1_001).map((n) => post(n)),
		);
		expect(most).toBeLessThanOrEqual(40);
	});

	it('after the status line of a success counts as that success', async () => {
		server.respond = (stream) => {
			stream.respond({ ':status': 200, 'apns-id': 'X' });
			stream.write('{"na');
			setTimeout(() => breakOff(stream), 20);
		};
		const transport = factory.http2({ origin: server.origin }, 'cut-200', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({
			kind: 'response',
			status: 200,
			headers: { 'apns-id': 'X' },
		});
	});

	it('in the middle of an error answer is reported as lost', async () => {
		server.respond = (stream) => {
			stream.respond({ ':status': 500 });
			stream.write('{"rea');
			setTimeout(() => breakOff(stream), 20);
		};
		const transport = factory.http2({ origin: server.origin }, 'cut-500', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'lost', code: 'INTERNAL_ERROR' });
	});

	it('of one stream leaves the others and the connection alone', async () => {
		server.respond = (stream, seen) => (seen.id === '3' ? reset(stream, INTERNAL_ERROR) : answer(stream, 200, seen.id));
		const transport = factory.http2({ origin: server.origin }, 'one', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(6).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 5, lost: 1 });
		expect(server.sessions).toHaveLength(1);
	});
});
