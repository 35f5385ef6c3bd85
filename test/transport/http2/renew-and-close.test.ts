import { HTTP2, numbers, post, send, sendAll, tally, transports, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';
import { RawServer } from '../servers/raw-server';
import { IMPLEMENTATIONS, Opened } from './connections';

describe('renewing and closing', () => {
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start();
	});
	afterEach(async () => await server.stop());

	it('renewConnections lets open requests finish and puts later ones on a new connection', async () => {
		const factory = transports();
		let release: (() => void) | undefined;
		server.respond = (stream, seen) => {
			if (seen.id === '1') release = () => answer(stream, 200, seen.id);
			else answer(stream, 200, seen.id);
		};
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const first = send(transport, post(1));
		await until(() => release !== undefined);
		transport.renewConnections('the token was replaced');
		await send(transport, post(2));
		release?.();
		expect(await first).toMatchObject({ kind: 'response', body: '1' });
		expect(server.requests.map(({ session }) => session)).toEqual([1, 2]);
		await until(() => server.live.length === 1);
		await factory.close(0);
	});

	it('close waits for open and queued requests, then closes the connections', async () => {
		const factory = transports();
		server.respond = (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 30);
		const transport = factory.http2({ origin: server.origin }, 'b', { ...HTTP2, maxStreams: 5 });
		const answers = sendAll(
			transport,
			numbers(20).map((n) => post(n)),
		);
		await factory.close(5_000);
		expect(tally(await answers)).toEqual({ 'response 200': 20 });
		await until(() => server.live.length === 0);
	});

	it('close gives up after the grace: written requests are lost, queued ones refused', async () => {
		const factory = transports();
		server.respond = () => undefined;
		const transport = factory.http2({ origin: server.origin }, 'c', { ...HTTP2, maxStreams: 3 });
		const answers = sendAll(
			transport,
			numbers(10).map((n) => post(n)),
		);
		await until(() => server.requests.length === 3);
		await factory.close(50);
		expect(tally(await answers)).toEqual({ lost: 3, refused: 7 });
		await until(() => server.live.length === 0);
	});

	it.each(IMPLEMENTATIONS)('a connection whose peer does not hang up in turn is cut: %s', async (_, Kind) => {
		const opened = await Opened.to(server.port, Kind);
		// Node's server keeps its half open when it has said GOAWAY itself.
		await opened.end(post(1));
		server.live[0]?.session.goaway(0, 1);
		await until(() => opened.aways.length === 1);
		opened.connection.close();
		expect(await opened.closed()).toMatchObject({ abrupt: false });
		expect(opened.socket.destroyed).toBe(true);
	});

	it('a request after close is refused, and nothing is sent', async () => {
		const factory = transports();
		const transport = factory.http2({ origin: server.origin }, 'd', HTTP2);
		await transport.close(0);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'refused', code: 'CLOSED' });
		expect(server.sessions).toHaveLength(0);
	});

	it('close during the dialling ends the waiting requests', async () => {
		const factory = transports();
		const silent = await RawServer.start(() => undefined);
		const transport = factory.http2({ origin: `http://127.0.0.1:${silent.port}` }, 'e', HTTP2);
		const answers = sendAll(
			transport,
			numbers(3).map((n) => post(n)),
		);
		await factory.close(0);
		expect(tally(await answers)).toEqual({ refused: 3 });
		await until(() => silent.openSockets === 0);
		await silent.stop();
	});

	it('close of the factory lets later calls make new transports', async () => {
		const factory = transports();
		const old = factory.http2({ origin: server.origin }, 'f', HTTP2);
		await factory.close(0);
		const fresh = factory.http2({ origin: server.origin }, 'f', HTTP2);
		expect(fresh).not.toBe(old);
		expect(await send(fresh, post(1))).toMatchObject({ kind: 'response', status: 200 });
		await factory.close(0);
	});
});
