import { HTTP2, numbers, post, send, sendAll, tally, transports, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';

describe('the timeout of a request', () => {
	const factory = transports();
	let server: Http2TestServer;

	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('ends a request that is never answered and resets its stream', async () => {
		const resets: number[] = [];
		server = await Http2TestServer.start({
			respond: (stream) => stream.on('close', () => resets.push(stream.rstCode)),
		});
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		expect(await send(transport, post(1, { timeoutMs: 100 }))).toEqual({ kind: 'timeout', afterMs: 100 });
		await until(() => resets.length === 1);
		expect(resets).toEqual([8]);
	});

	it('does not run while the request is queued', async () => {
		// 10 requests one after another, 60 ms each: the last waits far longer than its timeout of 250 ms.
		server = await Http2TestServer.start({
			maxConcurrentStreams: 1,
			respond: (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 60),
		});
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(10).map((n) => post(n, { timeoutMs: 250 })),
		);
		expect(tally(answers)).toEqual({ 'response 200': 10 });
	});

	it('covers the whole answer: a body that never ends is a timeout', async () => {
		server = await Http2TestServer.start({
			respond: (stream) => {
				stream.respond({ ':status': 500 });
				stream.write('{');
			},
		});
		const transport = factory.http2({ origin: server.origin }, 'c', HTTP2);
		expect(await send(transport, post(1, { timeoutMs: 100 }))).toEqual({ kind: 'timeout', afterMs: 100 });
	});

	it('without a single answer meanwhile takes the silent connection out of use', async () => {
		server = await Http2TestServer.start({
			respond: (stream, seen, session) => (session.number === 1 ? undefined : answer(stream, 200, seen.id)),
		});
		const transport = factory.http2({ origin: server.origin }, 'd', HTTP2);
		expect(await send(transport, post(1, { timeoutMs: 100 }))).toMatchObject({ kind: 'timeout' });
		expect(await send(transport, post(2))).toMatchObject({ kind: 'response', status: 200 });
		expect(server.sessions).toHaveLength(2);
	});

	it('of one request on a connection that answers others keeps the connection', async () => {
		server = await Http2TestServer.start({
			respond: (stream, seen) => (seen.id === '1' ? undefined : answer(stream, 200, seen.id)),
		});
		const transport = factory.http2({ origin: server.origin }, 'e', HTTP2);
		const silent = send(transport, post(1, { timeoutMs: 200 }));
		await until(() => server.requests.length === 1);
		await send(transport, post(2));
		expect(await silent).toMatchObject({ kind: 'timeout' });
		await send(transport, post(3));
		expect(server.sessions).toHaveLength(1);
	});
});
