import { createAuthority } from '../servers/authority';
import { Http2TestServer } from '../servers/http2-server';
import { HTTP2, numbers, post, send, sendAll, tally, transports } from '../client';

describe('HTTP/2 over TLS', () => {
	const authority = createAuthority();
	const factory = transports();
	let server: Http2TestServer;

	beforeAll(async () => {
		server = await Http2TestServer.start({ tls: authority.issue('localhost') });
	});
	afterAll(async () => {
		await factory.close(1_000);
		await server.stop();
	});

	it('sends method, path, headers, own headers and a UTF-8 body, and returns status, headers and body', async () => {
		server.respond = (stream) => {
			stream.respond({ ':status': 200, 'apns-id': 'A-1', 'set-cookie': ['a=1', 'b=2'] });
			stream.end('{"ok":"✓"}');
		};
		const transport = factory.http2({ origin: server.origin, ca: authority.ca }, 'k', HTTP2);
		const answer = await send(
			transport,
			post(1, { body: '{"alert":"Grüße 🎉"}', headers: { 'apns-topic': 'com.example' } }),
		);
		expect(answer).toMatchObject({
			kind: 'response',
			status: 200,
			headers: { 'apns-id': 'A-1', 'set-cookie': 'b=2' },
			body: '{"ok":"✓"}',
		});
		expect(server.requests[0]).toMatchObject({
			body: '{"alert":"Grüße 🎉"}',
			headers: { ':method': 'POST', ':path': '/3/device/1', 'apns-topic': 'com.example', 'x-id': '1' },
		});
	});

	it('gives the same transport for the same target and key, and another for another key', () => {
		const target = { origin: server.origin, ca: authority.ca };
		expect(factory.http2(target, 'k', HTTP2)).toBe(factory.http2(target, 'k', HTTP2));
		expect(factory.http2(target, 'k', HTTP2)).not.toBe(factory.http2(target, 'other', HTTP2));
	});

	it('answers 5,000 requests handed in at once, each with its own answer', async () => {
		server.respond = (stream, seen) => {
			stream.respond({ ':status': 200 });
			stream.end(seen.id);
		};
		const transport = factory.http2({ origin: server.origin, ca: authority.ca }, 'k', HTTP2);
		const answers = await sendAll(
			transport,
			numbers(5_000).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 5_000 });
		answers.forEach((answer, index) => expect(answer).toMatchObject({ body: String(index + 1) }));
	});

	it('refuses a request HTTP/2 cannot carry instead of throwing, and goes on', async () => {
		const transport = factory.http2({ origin: server.origin, ca: authority.ca }, 'k', HTTP2);
		const before = server.sessions.length;
		const answers = await sendAll(transport, [
			post('bad', { ownHeaders: { 'x-id': 'a\r\nb' } }),
			post('worse', { headers: { connection: 'close' } }),
			post('good'),
		]);
		expect(answers).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }, { kind: 'response', body: 'good' }]);
		expect(server.sessions).toHaveLength(before);
	});
});
