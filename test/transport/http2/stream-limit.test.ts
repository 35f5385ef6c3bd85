import { HTTP2, numbers, post, send, sendAll, tally, transports, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';

describe("the peer's limit of concurrent streams", () => {
	const factory = transports();
	let server: Http2TestServer;

	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('is known before the first stream is opened: a limit of 1 is kept from the very first request', async () => {
		server = await Http2TestServer.start({
			maxConcurrentStreams: 1,
			respond: (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 2),
		});
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(50).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 50 });
		expect(server.maxStreamsPerSession).toBe(1);
	});

	it('is never exceeded by 5,000 requests at a limit of 100, and is used in full', async () => {
		server = await Http2TestServer.start({
			maxConcurrentStreams: 100,
			respond: (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 5),
		});
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(5_000).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 5_000 });
		expect(server.maxStreamsPerSession).toBe(100);
		expect(server.doubled).toEqual([]);
		expect(server.processed.size).toBe(5_000);
	});

	it('is bounded by our own setting as well', async () => {
		server = await Http2TestServer.start({
			maxConcurrentStreams: 1_000,
			respond: (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 5),
		});
		const transport = factory.http2({ origin: server.origin }, 'c', { ...HTTP2, maxStreams: 7 });
		await sendAll(
			transport,
			numbers(100).map((n) => post(n)),
		);
		expect(server.maxInFlight).toBe(7);
	});

	it('is followed while it changes from 1 to 1,000 and back to 1', async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 1 });
		let limit = 1;
		let openedUnderOne = 0;
		server.respond = (stream, seen, session) => {
			if (limit === 1 && session.open > 1) openedUnderOne += 1;
			setTimeout(() => answer(stream, 200, seen.id), 3);
		};
		const change = async (to: number) => {
			const [session] = server.live;
			await new Promise<void>((resolve) => session?.session.settings({ maxConcurrentStreams: to }, () => resolve()));
			limit = to;
		};
		const transport = factory.http2({ origin: server.origin }, 'd', HTTP2);

		await sendAll(
			transport,
			numbers(20).map((n) => post(n)),
		);
		expect(server.maxStreamsPerSession).toBe(1);

		await change(1_000);
		await sendAll(
			transport,
			numbers(2_000, 100).map((n) => post(n)),
		);
		expect(server.maxStreamsPerSession).toBe(1_000);

		await change(1);
		const last = sendAll(
			transport,
			numbers(20, 5_000).map((n) => post(n)),
		);
		expect(tally(await last)).toEqual({ 'response 200': 20 });
		expect(openedUnderOne).toBe(0);
		expect(server.sessions).toHaveLength(1);
	});

	it('opens waiting requests when it is raised although no answer has come', async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 1, respond: () => undefined });
		const transport = factory.http2({ origin: server.origin }, 'e', HTTP2);
		const handles = numbers(5).map((n) => transport.request(post(n), () => undefined));
		await until(() => server.requests.length === 1);
		server.live[0]?.session.settings({ maxConcurrentStreams: 10 });
		await until(() => server.requests.length === 5);
		for (const handle of handles) handle.cancel();
	});

	it('tells its capacity: what live connections allow and a quarter that shows that another is needed', async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 100 });
		const transport = factory.http2({ origin: server.origin }, 'f', { ...HTTP2, maxConnections: 3, maxStreams: 900 });
		expect(transport.capacity).toBe(1_125);
		await send(transport, post(1));
		expect(transport.capacity).toBe(125);
	});
});
