import type { Answer, Transport, TransportTarget } from '../../push/transport';
import { HTTP1, HTTP2, numbers, post, send, sendAll, tally, transports } from './client';
import { Http1TestServer } from './servers/http1-server';
import { Http2TestServer } from './servers/http2-server';
import { RawServer } from './servers/raw-server';

const factory = transports();
afterAll(async () => await factory.close(0));

const protocols = [
	{
		name: 'HTTP/2',
		make: (target: TransportTarget, key: string): Transport =>
			factory.http2(target, key, { ...HTTP2, connectTimeoutMs: 150 }),
	},
	{
		name: 'HTTP/1.1',
		make: (target: TransportTarget, key: string): Transport =>
			factory.http1(target, key, { ...HTTP1, connectTimeoutMs: 150 }),
	},
];

describe.each(protocols)('$name: a target that cannot be reached', ({ make }) => {
	it('because nothing listens there: every request is told so', async () => {
		const transport = make({ origin: 'http://127.0.0.1:1' }, 'refused');
		const answers = await sendAll(
			transport,
			numbers(50).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ unreachable: 50 });
		expect(answers[0]).toMatchObject({
			cause: 'refused',
			code: 'ECONNREFUSED',
			detail: expect.stringContaining('127.0.0.1:1'),
		});
	});

	it('because its name does not exist', async () => {
		const answer = await send(make({ origin: 'https://gateway.invalid' }, 'dns'), post(1));
		expect(answer).toMatchObject({
			kind: 'unreachable',
			cause: 'dns',
			detail: expect.stringContaining('gateway.invalid'),
		});
	});

	it('because it accepts the connection and says nothing', async () => {
		const silent = await RawServer.start(() => undefined);
		const answer = await send(make({ origin: `https://127.0.0.1:${silent.port}` }, 'silent'), post(1));
		expect(answer).toMatchObject({ kind: 'unreachable', cause: 'timeout', detail: expect.stringContaining('150 ms') });
		await silent.stop();
	});
});

describe('HTTP/2: a target that cannot be reached', () => {
	it('because no SETTINGS come', async () => {
		const silent = await RawServer.start(() => undefined);
		const transport = factory.http2({ origin: `http://127.0.0.1:${silent.port}` }, 'k', {
			...HTTP2,
			connectTimeoutMs: 150,
		});
		expect(await send(transport, post(1))).toMatchObject({
			kind: 'unreachable',
			cause: 'timeout',
			code: 'SETTINGS_TIMEOUT',
		});
		await silent.stop();
	});

	it('because it speaks something else', async () => {
		const web = await Http1TestServer.start();
		const transport = factory.http2({ origin: web.origin }, 'k', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'unreachable' });
		await web.stop();
	});

	it('is reached again as soon as it is back', async () => {
		const first = await Http2TestServer.start();
		const { port } = first;
		await first.stop();
		const transport = factory.http2({ origin: `http://127.0.0.1:${port}` }, 'back', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'unreachable' });
		const again = await Http2TestServer.start({ port });
		expect(await send(transport, post(2))).toMatchObject({ kind: 'response', status: 200 });
		await again.stop();
	});

	it('does not make a bulk of requests hang: each is answered, and few connections are tried', async () => {
		const server = await RawServer.start((socket) => socket.destroy());
		const transport = factory.http2({ origin: `http://127.0.0.1:${server.port}` }, 'bulk', HTTP2);
		const answers: Answer[] = await sendAll(
			transport,
			numbers(10_000).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ unreachable: 10_000 });
		expect(server.connections).toBe(1);
		await server.stop();
	});
});
