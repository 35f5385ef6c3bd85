import { HTTP2, numbers, post, sendAll, tally, transports, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';

/** Apple: Establishing a connection to APNs: one stream until a request with a valid token was accepted. */
describe('firstRequestAlone', () => {
	const factory = transports();
	const settings = { ...HTTP2, firstRequestAlone: true };
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 1_000 });
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('opens one stream, and the others once it was answered well', async () => {
		const openAtArrival: number[] = [];
		server.respond = (stream, seen, session) => {
			openAtArrival.push(session.open);
			setTimeout(() => answer(stream, 200, seen.id), 40);
		};
		const transport = factory.http2({ origin: server.origin }, 'a', settings);
		const done = sendAll(
			transport,
			numbers(100).map((n) => post(n)),
		);
		await until(() => server.requests.length === 1);
		expect(tally(await done)).toEqual({ 'response 200': 100 });
		expect(openAtArrival[0]).toBe(1);
		expect(server.maxStreamsPerSession).toBe(99);
	});

	it('keeps to one stream as long as answers are errors', async () => {
		server.respond = (stream, seen) => setTimeout(() => answer(stream, Number(seen.id) < 10 ? 403 : 200, seen.id), 2);
		let mostBefore = 0;
		server.intercept = (_stream, headers, session) => {
			if (Number(headers['x-id']) <= 10) mostBefore = Math.max(mostBefore, session.open);
			return false;
		};
		const transport = factory.http2({ origin: server.origin }, 'b', settings);
		const answers = await sendAll(
			transport,
			numbers(60).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 403': 9, 'response 200': 51 });
		expect(mostBefore).toBe(1);
		expect(server.maxStreamsPerSession).toBe(50);
	});

	it('holds for every new connection', async () => {
		const transport = factory.http2({ origin: server.origin }, 'c', settings);
		await sendAll(
			transport,
			numbers(20).map((n) => post(n)),
		);
		transport.renewConnections('test');
		const openAtArrival: number[] = [];
		server.respond = (stream, seen, session) => {
			openAtArrival.push(session.open);
			setTimeout(() => answer(stream, 200, seen.id), 20);
		};
		await sendAll(
			transport,
			numbers(20, 100).map((n) => post(n)),
		);
		expect(server.sessions).toHaveLength(2);
		expect(openAtArrival[0]).toBe(1);
	});
});
