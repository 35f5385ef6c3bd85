import { HTTP2, post, send, transports } from '../client';
import { Http2TestServer } from '../servers/http2-server';

describe('a big answer', () => {
	const factory = transports();
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start();
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('is cut at 64 KB', async () => {
		server.respond = (stream) => {
			stream.respond({ ':status': 502 });
			stream.end('é'.repeat(100_000));
		};
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const got = await send(transport, post(1));
		expect(got).toMatchObject({ kind: 'response', status: 502 });
		expect(got.kind === 'response' && Buffer.byteLength(got.body)).toBe(65_536);
	});

	it('without end is answered with what came first, and its stream is given up', async () => {
		let written = 0;
		server.respond = (stream) => {
			stream.respond({ ':status': 500 });
			const more = () => {
				if (stream.destroyed) return;
				written += 16_384;
				stream.write(Buffer.alloc(16_384, 0x61), () => setImmediate(more));
			};
			more();
		};
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'response', status: 500, body: 'a'.repeat(65_536) });
		server.respond = (stream) => {
			stream.respond({ ':status': 200 });
			stream.end('next');
		};
		expect(await send(transport, post(2))).toMatchObject({ kind: 'response', body: 'next' });
		expect(written).toBeLessThan(5_000_000);
		expect(server.sessions).toHaveLength(1);
	});

	it('of exactly 64 KB is whole', async () => {
		server.respond = (stream) => {
			stream.respond({ ':status': 200 });
			stream.end('b'.repeat(65_536));
		};
		const transport = factory.http2({ origin: server.origin }, 'c', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ body: 'b'.repeat(65_536) });
	});

	it('that comes before our body was taken does not hang', async () => {
		server.intercept = (stream) => {
			// Never reads: the flow-control window stays shut and our body unfinished.
			stream.pause();
			stream.respond({ ':status': 413 });
			stream.end('too big');
			return true;
		};
		const transport = factory.http2({ origin: server.origin }, 'd', HTTP2);
		const got = await send(transport, post(1, { body: 'x'.repeat(1_000_000) }));
		expect(got).toMatchObject({ kind: 'response', status: 413, body: 'too big' });
	});
});
