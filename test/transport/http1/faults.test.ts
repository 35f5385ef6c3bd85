import type { Answer } from '../../../push/transport';
import { HTTP1, numbers, post, send, sendAll, tally, transports, until } from '../client';
import { echo, Http1TestServer } from '../servers/http1-server';

describe('HTTP/1.1', () => {
	const factory = transports();
	let server: Http1TestServer;

	beforeEach(async () => {
		server = await Http1TestServer.start();
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('reports as lost what was written when the connection is cut', async () => {
		server.respond = () => server.cut();
		const transport = factory.http1({ origin: server.origin }, 'a', HTTP1);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'lost' });
		server.respond = echo;
		expect(await send(transport, post(2))).toMatchObject({ kind: 'response', body: '2' });
	});

	it('loses only what was written: queued requests go out on a new connection', async () => {
		server.respond = (response, seen) => (seen.id === '1' ? server.cut() : echo(response, seen));
		const transport = factory.http1({ origin: server.origin }, 'b', { ...HTTP1, maxConnections: 1 });
		const answers = await sendAll(
			transport,
			numbers(20).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ lost: 1, 'response 200': 19 });
		expect(server.requests.map(({ id }) => id)).toEqual(numbers(20).map(String));
	});

	it('times out from the write, not while queued', async () => {
		server.respond = (response, seen) => setTimeout(() => echo(response, seen), 60);
		const transport = factory.http1({ origin: server.origin }, 'c', { ...HTTP1, maxConnections: 1 });
		const answers = await sendAll(
			transport,
			numbers(8).map((n) => post(n, { timeoutMs: 300 })),
		);
		expect(tally(answers)).toEqual({ 'response 200': 8 });
	});

	it('times out when no answer, or no whole answer, comes, and carries on with a new connection', async () => {
		server.respond = (response, seen) => {
			if (seen.id === '1') return;
			if (seen.id === '2') return void response.writeHead(200).write('{"half":');
			echo(response, seen);
		};
		const transport = factory.http1({ origin: server.origin }, 'd', { ...HTTP1, maxConnections: 1 });
		const [first, second, third] = await sendAll(transport, [
			post(1, { timeoutMs: 100 }),
			post(2, { timeoutMs: 100 }),
			post(3),
		]);
		expect(first).toEqual({ kind: 'timeout', afterMs: 100 });
		expect(second).toEqual({ kind: 'timeout', afterMs: 100 });
		expect(third).toMatchObject({ kind: 'response', body: '3' });
	});

	it('cuts a big answer at 64 KB and does not wait for its end', async () => {
		server.respond = (response) => void response.writeHead(502).write('x'.repeat(200_000));
		const transport = factory.http1({ origin: server.origin }, 'e', HTTP1);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'response', status: 502, body: 'x'.repeat(65_536) });
	});

	it('cancels queued requests unwritten and open ones written', async () => {
		server.respond = () => undefined;
		const transport = factory.http1({ origin: server.origin }, 'f', { ...HTTP1, maxConnections: 1 });
		const answers: Answer[] = [];
		const handles = numbers(3).map((n) => transport.request(post(n), (got) => answers.push(got)));
		await until(() => server.requests.length === 1);
		for (const handle of [...handles].reverse()) handle.cancel();
		expect(answers).toEqual([]);
		await until(() => answers.length === 3);
		expect(answers).toEqual([
			{ kind: 'cancelled', written: false },
			{ kind: 'cancelled', written: false },
			{ kind: 'cancelled', written: true },
		]);
		server.respond = echo;
		expect(await send(transport, post(9))).toMatchObject({ body: '9' });
		expect(server.requests.map(({ id }) => id)).toEqual(['1', '9']);
	});

	it('gives the last value of a header that comes twice, under its lower-case name', async () => {
		server.respond = (response) => {
			response.setHeader('Retry-After', '7');
			response.setHeader('X-Twice', ['a', 'b']);
			response.writeHead(429);
			response.end('{}');
		};
		const answer = await send(factory.http1({ origin: server.origin }, 'g', HTTP1), post(1));
		expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '7', 'x-twice': 'b' } });
	});

	it('sends GET without a body', async () => {
		server.respond = (response, seen) => response.end(`${seen.request.method} ${seen.request.url} ${seen.body.length}`);
		const transport = factory.http1({ origin: server.origin }, 'h', HTTP1);
		const answer = await send(transport, post(1, { method: 'GET', path: '/x?y=1', body: '' }));
		expect(answer).toMatchObject({ body: 'GET /x?y=1 0' });
	});

	it('refuses a header value that cannot be written instead of throwing', async () => {
		const transport = factory.http1({ origin: server.origin }, 'i', HTTP1);
		const answer = await send(transport, post(1, { ownHeaders: { 'x-bad': 'a\r\nb' } }));
		expect(answer).toMatchObject({ kind: 'refused' });
		expect(server.requests).toEqual([]);
	});

	it('renewConnections puts later requests on new connections and lets open ones finish', async () => {
		let release: (() => void) | undefined;
		server.respond = (response, seen) => {
			if (seen.id === '1') release = () => echo(response, seen);
			else echo(response, seen);
		};
		const transport = factory.http1({ origin: server.origin }, 'j', { ...HTTP1, maxConnections: 1 });
		const first = send(transport, post(1));
		await until(() => release !== undefined);
		transport.renewConnections('test');
		expect(await send(transport, post(2))).toMatchObject({ body: '2' });
		release?.();
		expect(await first).toMatchObject({ body: '1' });
		expect(server.connections).toBe(2);
	});

	it('close waits for open requests, then gives up after the grace', async () => {
		const waiting = factory.http1({ origin: server.origin }, 'k', HTTP1);
		server.respond = (response, seen) => setTimeout(() => echo(response, seen), 50);
		const answered = sendAll(
			waiting,
			numbers(4).map((n) => post(n)),
		);
		await waiting.close(5_000);
		expect(tally(await answered)).toEqual({ 'response 200': 4 });

		server.respond = () => undefined;
		const hanging = factory.http1({ origin: server.origin }, 'l', { ...HTTP1, maxConnections: 1 });
		const given = sendAll(
			hanging,
			numbers(3).map((n) => post(n)),
		);
		await until(() => server.requests.length === 5);
		await hanging.close(20);
		expect(tally(await given)).toEqual({ lost: 1, refused: 2 });
		expect(await send(hanging, post(9))).toMatchObject({ kind: 'refused', code: 'CLOSED' });
		await until(() => server.openSockets === 0);
	});
});
