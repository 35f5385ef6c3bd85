import { HTTP2, numbers, post, sendAll, tally, transports, until } from '../client';
import { Http2TestServer } from '../servers/http2-server';

describe('answers that come before our body was read', () => {
	it('are taken without resetting streams: servers hang up on clients that reset many', async () => {
		const factory = transports();
		const server = await Http2TestServer.start();
		const codes: number[] = [];
		server.intercept = (stream) => {
			stream.on('close', () => codes.push(stream.rstCode));
			stream.resume();
			stream.respond({ ':status': 200 }, { endStream: true });
			return true;
		};
		// More than fits into the flow-control window: the rest of it goes out after the answer came.
		const body = 'x'.repeat(200_000);
		const transport = factory.http2({ origin: server.origin }, 'early', { ...HTTP2, maxStreams: 500 });
		const answers = await sendAll(
			transport,
			numbers(40).map((n) => post(n, { body })),
		);
		expect(tally(answers)).toEqual({ 'response 200': 40 });
		await until(() => codes.length === 40);
		expect(new Set(codes)).toEqual(new Set([0]));
		expect(server.sessions).toHaveLength(1);
		await factory.close(0);
		await server.stop();
	});
});
