import { createAuthority } from '../servers/authority';
import { HTTP2, numbers, post, sendAll, tally, transports } from '../client';
import { Http2TestServer } from '../servers/http2-server';

/**
 * node:http2 resets incoming answers with ENHANCE_YOUR_CALM when too much is queued on one session: a peer reported
 * 93,000 of 100,000 pushes as failed that had all been accepted.
 */
describe('30,000 requests handed in at once', () => {
	it('are all answered, each with its own answer and each processed once', async () => {
		const authority = createAuthority();
		const server = await Http2TestServer.start({ tls: authority.issue('localhost'), maxConcurrentStreams: 1_000 });
		server.keepRequests = false;
		const factory = transports();
		const transport = factory.http2({ origin: server.origin, ca: authority.ca }, 'bulk', { ...HTTP2, maxStreams: 900 });
		const body = JSON.stringify({ aps: { alert: 'x'.repeat(1_000) } });
		const answers = await sendAll(
			transport,
			numbers(30_000).map((n) => post(n, { body, timeoutMs: 60_000 })),
		);
		expect(tally(answers)).toEqual({ 'response 200': 30_000 });
		const wrong = answers.filter((got, index) => got.kind !== 'response' || got.body !== String(index + 1));
		expect(wrong).toEqual([]);
		expect(server.processed.size).toBe(30_000);
		expect(server.doubled).toEqual([]);
		expect(server.maxStreamsPerSession).toBeLessThanOrEqual(900);
		await factory.close(1_000);
		await server.stop();
	}, 60_000);
});
