import { createAuthority } from '../servers/authority';
import { Http1TestServer } from '../servers/http1-server';
import { HTTP1, numbers, post, send, sendAll, tally, transports } from '../client';

describe('HTTP/1.1 over TLS', () => {
	const authority = createAuthority();
	const factory = transports();
	let server: Http1TestServer;

	beforeAll(async () => {
		server = await Http1TestServer.start(authority.issue('localhost'));
	});
	afterAll(async () => {
		await factory.close(1_000);
		await server.stop();
	});

	it('sends method, path, headers and a UTF-8 body, and returns status, headers and body', async () => {
		const transport = factory.http1({ origin: server.origin, ca: authority.ca }, 'k', HTTP1);
		const answer = await send(transport, post(1, { body: '{"alert":"Grüße 🎉"}' }));
		expect(answer).toMatchObject({
			kind: 'response',
			status: 200,
			headers: { 'content-type': 'text/plain' },
			body: '1',
		});
		expect(server.requests[0]?.body).toBe('{"alert":"Grüße 🎉"}');
		expect(server.requests[0]?.request.headers['content-length']).toBe(
			String(Buffer.byteLength('{"alert":"Grüße 🎉"}')),
		);
	});

	it('keeps to its number of connections and reuses them', async () => {
		const transport = factory.http1({ origin: server.origin, ca: authority.ca }, 'few', {
			...HTTP1,
			maxConnections: 3,
		});
		const before = server.connections;
		const answers = await sendAll(
			transport,
			numbers(300).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 300 });
		answers.forEach((answer, index) => expect(answer).toMatchObject({ body: String(index + 1) }));
		expect(server.connections - before).toBe(3);
	});
});
