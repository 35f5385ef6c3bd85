import type { Answer } from '../../../push/transport';
import { HTTP2, numbers, post, send, transports, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';

describe('cancel', () => {
	const factory = transports();
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start({ maxConcurrentStreams: 1, respond: () => undefined });
	});
	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('of an open stream resets it with CANCEL and says that it was written', async () => {
		const codes: number[] = [];
		server.respond = (stream) => stream.on('close', () => codes.push(stream.rstCode));
		const transport = factory.http2({ origin: server.origin }, 'a', HTTP2);
		const answers: Answer[] = [];
		const handle = transport.request(post(1), (got) => answers.push(got));
		await until(() => server.requests.length === 1);
		handle.cancel();
		expect(answers).toEqual([]);
		await until(() => codes.length === 1);
		expect(codes).toEqual([8]);
		expect(answers).toEqual([{ kind: 'cancelled', written: true }]);
	});

	it('of a queued request never writes it and makes room for the next', async () => {
		const transport = factory.http2({ origin: server.origin }, 'b', HTTP2);
		const open = transport.request(post(1), () => undefined);
		await until(() => server.requests.length === 1);
		const answers: Answer[] = [];
		const queued = numbers(1_000, 2).map((n) => transport.request(post(n), (got) => answers.push(got)));
		for (const handle of queued) handle.cancel();
		server.respond = (stream, seen) => answer(stream, 200, seen.id);
		open.cancel();
		expect(await send(transport, post(5_000))).toMatchObject({ kind: 'response', body: '5000' });
		expect(answers).toHaveLength(1_000);
		expect(new Set(answers.map((got) => JSON.stringify(got)))).toEqual(
			new Set(['{"kind":"cancelled","written":false}']),
		);
		expect([...server.processed.keys()]).toEqual(['1', '5000']);
	});

	it('after the answer, and a second time, does nothing', async () => {
		server.respond = (stream, seen) => answer(stream, 200, seen.id);
		const transport = factory.http2({ origin: server.origin }, 'c', HTTP2);
		const answers: Answer[] = [];
		const handle = transport.request(post(1), (got) => answers.push(got));
		await until(() => answers.length === 1);
		handle.cancel();
		handle.cancel();
		await send(transport, post(2));
		expect(answers).toMatchObject([{ kind: 'response' }]);
	});

	it('before anything happened calls done once, and not from inside request or cancel', async () => {
		const transport = factory.http2({ origin: server.origin }, 'd', HTTP2);
		const answers: Answer[] = [];
		const handle = transport.request(post(1), (got) => answers.push(got));
		handle.cancel();
		handle.cancel();
		expect(answers).toEqual([]);
		await until(() => answers.length === 1);
		expect(answers).toEqual([{ kind: 'cancelled', written: false }]);
	});
});
