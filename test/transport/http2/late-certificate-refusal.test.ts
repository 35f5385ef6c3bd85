import { connect as connectTcp } from 'node:net';
import { systemClock } from '../../../push/model';
import { FrameConnection } from '../../../push/transport/http2/frames/connection';
import type { ConnectionEnd, StreamEnd } from '../../../push/transport/http2/contract';
import { parseOrigin } from '../../../push/transport/origin';
import { post, until } from '../client';
import { answer, Http2TestServer } from '../servers/http2-server';

/** TLS 1.3 tells the client that its certificate is refused after the handshake, when requests may be out already. */
describe('a TLS alert about the client certificate after requests were written', () => {
	let server: Http2TestServer;

	beforeEach(async () => {
		server = await Http2TestServer.start();
	});
	afterEach(async () => await server.stop());

	async function open(withClientCertificate: boolean) {
		const socket = connectTcp(server.port, '127.0.0.1');
		const ends: ConnectionEnd[] = [];
		const connection = new FrameConnection(
			socket,
			parseOrigin(server.origin),
			{ name: 'api.example', withClientCertificate },
			'127.0.0.1',
			{ limitChanged: () => undefined, goaway: () => undefined, closed: (end) => ends.push(end) },
			systemClock,
		);
		await new Promise((resolve) => connection.whenReady(resolve));
		const alert = () =>
			socket.destroy(Object.assign(new Error('alert'), { code: 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED' }));
		return { connection, ends, alert };
	}

	it('ends them as unreachable for the credential: the server never looked at them', async () => {
		server.respond = () => undefined;
		const { connection, ends, alert } = await open(true);
		const streams: StreamEnd[] = [];
		connection.open(post(1), { streamEnded: (end) => streams.push(end) });
		await until(() => server.requests.length === 1);
		alert();
		await until(() => ends.length === 1);
		const refusal = { kind: 'unreachable', cause: 'credential', detail: expect.stringContaining('it has expired') };
		expect(streams).toMatchObject([refusal]);
		expect(ends).toMatchObject([{ abrupt: true, failure: refusal }]);
	});

	it('after an answer, or without a client certificate, ends them as lost', async () => {
		for (const withClientCertificate of [true, false]) {
			server.respond = (stream, seen) =>
				seen.id === 'first' && withClientCertificate ? answer(stream, 200) : undefined;
			const { connection, ends, alert } = await open(withClientCertificate);
			const streams: StreamEnd[] = [];
			if (withClientCertificate) connection.open(post('first'), { streamEnded: (end) => streams.push(end) });
			await until(() => streams.length === (withClientCertificate ? 1 : 0));
			const before = server.requests.length;
			connection.open(post('second'), { streamEnded: (end) => streams.push(end) });
			await until(() => server.requests.length === before + 1);
			alert();
			await until(() => ends.length === 1);
			expect(streams.at(-1)).toMatchObject({ kind: 'lost' });
		}
	});
});
