import { HTTP2, numbers, post, sendAll, tally, transports } from '../client';
import { Http2TestServer } from '../servers/http2-server';

describe('answers that come before our body was read', () => {
	it('are taken without resetting streams: servers hang up on clients that reset many', async () => {
		const factory = transports();
		const server = await Http2TestServer.start();
		let resets = 0;
		server.intercept = (stream) => {
			stream.on('close', () => (resets += stream.rstCode === 0 ? 0 : 1));
			stream.resume();
			stream.respond({ ':status': 200 }, { endStream: true });
			return true;
		};
		const transport = factory.http2({ origin: server.origin }, 'early', { ...HTTP2, maxStreams: 500 });
		const answers = await sendAll(
			transport,
			numbers(5_000).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 5_000 });
		expect(resets).toBe(0);
		expect(server.sessions).toHaveLength(1);
		await factory.close(0);
		await server.stop();
	});
});
