import { HTTP2, post, send, sendAll, numbers, tally, transports, until } from '../client';
import { Http2TestServer } from '../servers/http2-server';
import { Wire } from '../servers/wire';

/** Connections that were idle for hours stop answering without being closed; peers then fail until they are restarted. */
describe('an idle connection', () => {
	const factory = transports();
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start();
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

	it('is pinged before it is used again, and used when it answers', async () => {
		const transport = factory.http2({ origin: server.origin }, 'a', { ...HTTP2, pingAfterIdleMs: 50 });
		await send(transport, post(1));
		await pause(80);
		const answers = await sendAll(
			transport,
			numbers(10, 2).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 10 });
		expect(server.pings).toBe(1);
		expect(server.sessions).toHaveLength(1);
	});

	it('is not pinged while it is used often enough', async () => {
		const transport = factory.http2({ origin: server.origin }, 'b', { ...HTTP2, pingAfterIdleMs: 2_000 });
		for (const n of numbers(5)) await send(transport, post(n));
		expect(server.pings).toBe(0);
	});

	it('is never pinged without pingAfterIdleMs', async () => {
		const transport = factory.http2({ origin: server.origin }, 'c', HTTP2);
		await send(transport, post(1));
		await pause(80);
		await send(transport, post(2));
		expect(server.pings).toBe(0);
	});

	it('that lost its network is replaced after a failed ping, and the request goes out once', async () => {
		const wire = await Wire.to(server.port);
		const settings = { ...HTTP2, pingAfterIdleMs: 30, pingTimeoutMs: 150 };
		const transport = factory.http2({ origin: `http://127.0.0.1:${wire.port}` }, 'd', settings);
		await send(transport, post(1));
		wire.freeze();
		await pause(60);
		const answers = await sendAll(
			transport,
			numbers(20, 2).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 20 });
		expect(wire.connections).toBe(2);
		expect(server.doubled).toEqual([]);
		await wire.stop();
	});

	it('is closed after idleCloseMs, and a new one is opened when needed', async () => {
		const transport = factory.http2({ origin: server.origin }, 'e', { ...HTTP2, idleCloseMs: 50 });
		await send(transport, post(1));
		expect(server.live).toHaveLength(1);
		await until(() => server.live.length === 0);
		expect(await send(transport, post(2))).toMatchObject({ kind: 'response', status: 200 });
		expect(server.sessions).toHaveLength(2);
	});

	it('is not closed while a request is open', async () => {
		server.respond = (stream, seen) =>
			setTimeout(() => {
				stream.respond({ ':status': 200 });
				stream.end(seen.id);
			}, 200);
		const transport = factory.http2({ origin: server.origin }, 'f', { ...HTTP2, idleCloseMs: 40 });
		expect(await send(transport, post(1))).toMatchObject({ kind: 'response', body: '1' });
		expect(server.sessions).toHaveLength(1);
	});
});
