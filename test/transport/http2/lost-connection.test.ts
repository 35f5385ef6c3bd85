import { HTTP2, numbers, post, send, sendAll, tally, transports, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';

describe('a connection that dies', () => {
	const factory = transports();
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 10 });
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('makes lost what was written and sends what was queued on a new connection', async () => {
		server.respond = (stream, seen, session) => {
			if (session.number > 1) return answer(stream, 200, seen.id);
			if (server.requests.length === 10) server.cut();
		};
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(50).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ lost: 10, 'response 200': 40 });
		expect(answers[0]).toMatchObject({ kind: 'lost', detail: expect.stringContaining('cut') });
		expect(server.doubled).toEqual([]);
	});

	it('by a clean close of the socket reports as lost too', async () => {
		server.respond = (_stream, _seen, session) => {
			if (session.number === 1) session.session.destroy();
		};
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'lost' });
	});

	it('while idle is replaced without anybody noticing', async () => {
		const transport = factory.http2({ origin: server.origin }, 'c', HTTP2);
		await send(transport, post(1));
		server.cut();
		await until(() => server.live.length === 0);
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(await send(transport, post(2))).toMatchObject({ kind: 'response', status: 200 });
		expect(server.sessions).toHaveLength(2);
	});
});
