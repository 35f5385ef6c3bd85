import { HTTP2, numbers, post, send, sendAll, tally, transports } from '../client';
import { answer, ENHANCE_YOUR_CALM, Http2TestServer, type SeenSession } from '../servers/http2-server';

/**
 * Peers lose requests when a server says GOAWAY: 1,083 of 10,000 and more, all of them refused unprocessed and safe
 * to send again (RFC 9113 6.8).
 */
describe('GOAWAY', () => {
	const factory = transports();
	let server: Http2TestServer;

	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	/** From then on the session does nothing with streams above `last`, as the GOAWAY promises. */
	function goaway(session: SeenSession, code: number, last: number, debug = ''): void {
		session.session.goaway(code, last, Buffer.from(debug));
	}

	function ignoreAbove(limit: (session: SeenSession) => number): void {
		server.intercept = (stream, _headers, session) => (stream.id ?? 0) > limit(session);
	}

	it('with NO_ERROR after every 200 streams loses nothing and doubles nothing', async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 150 });
		// Stream ids are 1, 3, 5, ...: the 200th is 399.
		ignoreAbove(() => 399);
		server.respond = (stream, seen, session) => {
			if (stream.id === 399) goaway(session, 0, 399);
			setTimeout(() => answer(stream, 200, seen.id), 2);
		};
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(5_000).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 5_000 });
		answers.forEach((got, index) => expect(got).toMatchObject({ body: String(index + 1) }));
		expect(server.processed.size).toBe(5_000);
		expect(server.doubled).toEqual([]);
		expect(server.sessions.length).toBeGreaterThanOrEqual(25);
	});

	it('with NO_ERROR lets streams up to the last one complete on the old connection while new ones go elsewhere', async () => {
		server = await Http2TestServer.start();
		const held: Array<() => void> = [];
		server.respond = (stream, seen, session) => {
			if (session.number > 1) return answer(stream, 200, `new ${seen.id}`);
			held.push(() => answer(stream, 200, `old ${seen.id}`));
			if (held.length < 3) return;
			goaway(session, 0, 5);
			void send(transport, post(4)).then((got) => {
				afterwards.push(got.kind === 'response' ? got.body : got.kind);
				for (const release of held) release();
			});
		};
		const afterwards: string[] = [];
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(3).map((n) => post(n)),
		);
		expect(answers).toMatchObject([{ body: 'old 1' }, { body: 'old 2' }, { body: 'old 3' }]);
		expect(afterwards).toEqual(['new 4']);
		expect(server.sessions).toHaveLength(2);
	});

	it('with an error code re-sends what is above the last stream and reports the rest as lost, with the reason given', async () => {
		server = await Http2TestServer.start();
		server.intercept = (stream, _headers, session) => session.number === 1 && (stream.id ?? 0) > 5;
		server.respond = (stream, seen, session) => {
			if (session.number > 1) return answer(stream, 200, seen.id);
			if (stream.id === 5)
				setTimeout(() => goaway(session, ENHANCE_YOUR_CALM, 5, '{"reason":"TooManyProviderTokenUpdates"}'), 20);
		};
		const transport = factory.http2({ origin: server.origin }, 'c', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(10).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ lost: 3, 'response 200': 7 });
		for (const got of answers.slice(0, 3)) {
			expect(got).toMatchObject({
				kind: 'lost',
				code: 'GOAWAY_ENHANCE_YOUR_CALM',
				detail: expect.stringContaining('TooManyProviderTokenUpdates'),
			});
		}
		expect(server.doubled).toEqual([]);
	});

	it('in the window before the connection is closed does not fail requests that come in meanwhile', async () => {
		server = await Http2TestServer.start();
		server.respond = (stream, seen, session) => {
			if (session.streams % 10 === 0) goaway(session, 0, stream.id ?? 0);
			answer(stream, 200, seen.id);
		};
		ignoreAbove(() => 19);
		const transport = factory.http2({ origin: server.origin }, 'd', HTTP2);
		const answers = [];
		for (const n of numbers(200)) answers.push(await send(transport, post(n)));
		expect(tally(answers)).toEqual({ 'response 200': 200 });
		expect(server.doubled).toEqual([]);
	});

	it('from a server that sends everyone away ends as refused with its reason, after a few connections', async () => {
		server = await Http2TestServer.start({
			onSession: (session) => goaway(session, 0, 0, '{"reason":"BadCertificate"}'),
		});
		ignoreAbove(() => 0);
		const transport = factory.http2({ origin: server.origin }, 'e', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(100).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ refused: 100 });
		expect(answers[0]).toMatchObject({ code: 'GOAWAY_NO_ERROR', detail: expect.stringContaining('BadCertificate') });
		expect(server.processed.size).toBe(0);
		expect(server.sessions.length).toBeLessThanOrEqual(6);
	});

	it('announced with the highest id first and the true one later (graceful shutdown) loses and doubles nothing', async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 50 });
		ignoreAbove(() => 99);
		server.respond = (stream, seen, session) => {
			if (stream.id === 61) goaway(session, 0, 2 ** 31 - 1);
			if (stream.id === 99) goaway(session, 0, 99);
			setTimeout(() => answer(stream, 200, seen.id), 3);
		};
		const transport = factory.http2({ origin: server.origin }, 'f', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(1_000).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 1_000 });
		expect(server.doubled).toEqual([]);
	});
});
