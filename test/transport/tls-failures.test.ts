import type { Answer, Transport, TransportTarget } from '../../push/transport';
import { HTTP1, HTTP2, post, send, transports } from './client';
import { createAuthority } from './servers/authority';
import { Http1TestServer } from './servers/http1-server';
import { Http2TestServer } from './servers/http2-server';
import { RawServer } from './servers/raw-server';

type TlsServer = { readonly port: number; stop(): Promise<void> };

const authority = createAuthority();
const stranger = createAuthority('Another CA');
const factory = transports();

afterAll(async () => await factory.close(0));

const protocols = [
	{
		name: 'HTTP/2',
		start: async (tls: object): Promise<TlsServer> => await Http2TestServer.start({ tls }),
		transport: (target: TransportTarget, key: string): Transport => factory.http2(target, key, HTTP2),
	},
	{
		name: 'HTTP/1.1',
		start: async (tls: object): Promise<TlsServer> => await Http1TestServer.start(tls),
		transport: (target: TransportTarget, key: string): Transport => factory.http1(target, key, HTTP1),
	},
];

let keys = 0;

describe.each(protocols)('$name: TLS that fails', ({ start, transport }) => {
	let server: TlsServer | undefined;

	afterEach(async () => {
		await server?.stop();
		server = undefined;
	});

	const ask = async (
		target: Omit<TransportTarget, 'origin'>,
		host = '127.0.0.1',
		port = server?.port ?? 0,
	): Promise<Answer> => {
		keys += 1;
		return await send(transport({ origin: `https://${host}:${port}`, ...target }, `k${keys}`), post(1));
	};

	it("an unknown authority is refused with the advice to add the gateway's CA", async () => {
		server = await start(authority.issue('localhost'));
		expect(await ask({})).toMatchObject({
			kind: 'unreachable',
			cause: 'tls',
			code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
			detail: expect.stringContaining('paste its CA certificate into the Advanced part'),
		});
	});

	it("the authority of the credential is trusted beside the public ones; another one's is not", async () => {
		server = await start(authority.issue('localhost'));
		expect(await ask({ ca: authority.ca })).toMatchObject({ kind: 'response', status: 200 });
		expect(await ask({ ca: stranger.ca })).toMatchObject({ kind: 'unreachable', cause: 'tls' });
		expect(await ask({ ca: `${stranger.ca}\n${authority.ca}` })).toMatchObject({ kind: 'response', status: 200 });
	});

	it('an expired certificate is refused', async () => {
		server = await start(authority.issue('localhost', { days: [-10, -1] }));
		expect(await ask({ ca: authority.ca })).toMatchObject({
			cause: 'tls',
			code: 'CERT_HAS_EXPIRED',
			detail: expect.stringContaining('has expired'),
		});
	});

	it('a certificate for another name is refused', async () => {
		server = await start(authority.issue('other', { names: ['other.example'], addresses: ['192.0.2.7'] }));
		expect(await ask({ ca: authority.ca })).toMatchObject({
			cause: 'tls',
			code: 'ERR_TLS_CERT_ALTNAME_INVALID',
			detail: expect.stringContaining('made out to another name'),
		});
		expect(await ask({ ca: authority.ca }, 'localhost')).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
	});

	it('a name is sent as SNI and checked', async () => {
		server = await start(authority.issue('localhost', { names: ['localhost'], addresses: ['192.0.2.7'] }));
		expect(await ask({ ca: authority.ca }, 'localhost')).toMatchObject({ kind: 'response', status: 200 });
	});

	it('a server that only speaks TLS 1.1 is refused', async () => {
		server = await start({
			...authority.issue('localhost'),
			minVersion: 'TLSv1',
			maxVersion: 'TLSv1.1',
			ciphers: 'DEFAULT@SECLEVEL=0',
		});
		expect(await ask({ ca: authority.ca })).toMatchObject({
			cause: 'tls',
			detail: expect.stringContaining('older than 1.2'),
		});
	});

	it('a server that does not speak TLS at all is named as such', async () => {
		const plain = await RawServer.start((socket) =>
			socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
		);
		server = plain;
		expect(await ask({ ca: authority.ca })).toMatchObject({
			cause: 'tls',
			detail: expect.stringContaining('does not speak TLS on this port'),
		});
	});

	it('a CA or client certificate that cannot be read says which of the two', async () => {
		server = await start(authority.issue('localhost'));
		expect(await ask({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' })).toMatchObject({
			cause: 'tls',
			detail: expect.stringContaining('CA certificate'),
		});
		expect(await ask({ ca: authority.ca, clientCertificate: { cert: 'x', key: 'y' } })).toMatchObject({
			cause: 'credential',
			detail: expect.stringContaining('client certificate'),
		});
	});

	it('a client certificate that is accepted is used', async () => {
		server = await start(demandingCertificates('TLSv1.3'));
		const clientCertificate = authority.issue('client');
		expect(await ask({ ca: authority.ca, clientCertificate })).toMatchObject({ kind: 'response', status: 200 });
	});

	it.each([
		[42, 'BAD_CERTIFICATE', 'refused the client certificate'],
		[44, 'CERTIFICATE_REVOKED', 'it was revoked'],
		[45, 'CERTIFICATE_EXPIRED', 'it has expired'],
		[46, 'CERTIFICATE_UNKNOWN', 'refused the client certificate'],
		[48, 'UNKNOWN_CA', 'its issuer is not accepted there'],
	])('TLS alert %i (%s) is the fault of the credential', async (alert, name, words) => {
		server = await RawServer.start((socket) => {
			socket.on('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])));
		});
		const clientCertificate = authority.issue('client');
		expect(await ask({ ca: authority.ca, clientCertificate })).toMatchObject({
			kind: 'unreachable',
			cause: 'credential',
			code: expect.stringContaining(name),
			detail: expect.stringContaining(words),
		});
	});

	it('a server that hangs up when it sees the client certificate is understood as its refusal', async () => {
		server = await start(demandingCertificates('TLSv1.2'));
		const clientCertificate = stranger.issue('client');
		expect(await ask({ ca: authority.ca, clientCertificate })).toMatchObject({
			kind: 'unreachable',
			cause: 'credential',
			detail: expect.stringContaining('refused the client certificate'),
		});
	});
});

/** Node's server cuts the connection without an alert when it does not accept the client's certificate. */
function demandingCertificates(version: 'TLSv1.2' | 'TLSv1.3') {
	return {
		...authority.issue('localhost'),
		ca: [authority.ca],
		requestCert: true,
		rejectUnauthorized: true,
		minVersion: version,
		maxVersion: version,
	};
}

describe('HTTP/2 only', () => {
	it('TLS 1.3: a connection cut right after the handshake with a client certificate is its refusal', async () => {
		const server = await Http2TestServer.start({ tls: demandingCertificates('TLSv1.3') });
		const clientCertificate = stranger.issue('client');
		const transport = factory.http2({ origin: server.origin, ca: authority.ca, clientCertificate }, 'cut-1.3', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'unreachable', cause: 'credential' });
		await server.stop();
	});

	it('a server without HTTP/2 is named as such', async () => {
		const server = await Http1TestServer.start(authority.issue('localhost'));
		const transport = factory.http2({ origin: server.origin, ca: authority.ca }, 'no-h2', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({
			kind: 'unreachable',
			cause: 'tls',
			detail: expect.stringContaining('HTTP'),
		});
		await server.stop();
	});
});
