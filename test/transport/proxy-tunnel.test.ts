import type { Transport, TransportDeps, TransportTarget } from '../../push/transport';
import { HTTP1, HTTP2, numbers, post, send, sendAll, tally, transports } from './client';
import { createAuthority } from './servers/authority';
import { ConnectProxy } from './servers/connect-proxy';
import { Http1TestServer } from './servers/http1-server';
import { Http2TestServer } from './servers/http2-server';

const authority = createAuthority();
/** A name no DNS knows: only the proxy can lead there. */
const HOST = 'api.push.invalid';
const identity = authority.issue(HOST, { names: [HOST, 'localhost'] });

const protocols = [
	{
		name: 'HTTP/2',
		start: async () => await Http2TestServer.start({ tls: identity }),
		make: (deps: Partial<TransportDeps>, target: TransportTarget): Transport =>
			transports(deps).http2(target, 'k', HTTP2),
	},
	{
		name: 'HTTP/1.1',
		start: async () => await Http1TestServer.start(identity),
		make: (deps: Partial<TransportDeps>, target: TransportTarget): Transport =>
			transports(deps).http1(target, 'k', HTTP1),
	},
];

describe.each(protocols)('$name through a CONNECT proxy', ({ start, make }) => {
	let server: { port: number; stop(): Promise<void> };
	let proxy: ConnectProxy;
	let transport: Transport | undefined;

	beforeEach(async () => {
		server = await start();
		proxy = await ConnectProxy.to(server.port);
	});
	afterEach(async () => {
		await transport?.close(0);
		await proxy.stop();
		await server.stop();
	});

	const origin = `https://${HOST}`;
	const through = (env: Record<string, string>, target: Partial<TransportTarget> = {}) => {
		transport = make({ env }, { origin, ca: authority.ca, ...target });
		return transport;
	};

	it('the environment names the proxy; TLS is with the target, under its name', async () => {
		const answers = await sendAll(
			through({ HTTPS_PROXY: proxy.url() }),
			numbers(20).map((n) => post(n)),
		);
		expect(tally(answers)).toEqual({ 'response 200': 20 });
		expect(new Set(proxy.asked)).toEqual(new Set([`${HOST}:443`]));
		expect(proxy.authorizations[0]).toBeUndefined();
	});

	it("the credential's proxy goes before the environment's, and its user name and password are sent", async () => {
		proxy.expected = `Basic ${Buffer.from('user:p@ss wörd').toString('base64')}`;
		const proxyUrl = proxy.url('user:p%40ss%20w%C3%B6rd@');
		const answer = await send(through({ HTTPS_PROXY: 'http://127.0.0.1:1' }, { proxyUrl }), post(1));
		expect(answer).toMatchObject({ kind: 'response', status: 200 });
		expect(proxy.asked).toEqual([`${HOST}:443`]);
	});

	it('loopback is proxied only when the credential says so', async () => {
		const local = `https://localhost:${server.port}`;
		await send(through({ HTTPS_PROXY: proxy.url(), ALL_PROXY: proxy.url() }, { origin: local }), post(1));
		expect(proxy.asked).toEqual([]);
		await transport?.close(0);
		await send(through({}, { origin: local, proxyUrl: proxy.url() }), post(2));
		expect(proxy.asked).toEqual([`localhost:${server.port}`]);
	});

	it('407 without and with a password says what to do and never shows the password', async () => {
		proxy.expected = 'Basic something-else';
		const without = await send(through({ HTTPS_PROXY: proxy.url() }), post(1));
		expect(without).toMatchObject({
			kind: 'unreachable',
			cause: 'proxy',
			code: 'PROXY_407',
			detail: expect.stringContaining('asks for a user name and password'),
		});
		await transport?.close(0);
		const wrong = await send(through({ HTTPS_PROXY: proxy.url('user:hunter2@') }), post(1));
		expect(wrong).toMatchObject({ cause: 'proxy', detail: expect.stringContaining('did not accept') });
		expect(JSON.stringify(wrong)).not.toContain('hunter2');
		expect(JSON.stringify(wrong)).not.toContain(Buffer.from('user:hunter2').toString('base64'));
	});

	it.each([
		[403, 'does not allow'],
		[502, 'answered 502'],
	])('%i is reported with what it means', async (status, words) => {
		proxy.status = status;
		expect(await send(through({ HTTPS_PROXY: proxy.url() }), post(1))).toMatchObject({
			kind: 'unreachable',
			cause: 'proxy',
			code: `PROXY_${status}`,
			detail: expect.stringContaining(words),
		});
	});

	it('a proxy that is not there is named, not the target', async () => {
		expect(await send(through({ HTTPS_PROXY: 'http://127.0.0.1:1' }), post(1))).toMatchObject({
			cause: 'proxy',
			code: 'ECONNREFUSED',
			detail: expect.stringContaining('The proxy 127.0.0.1:1'),
		});
	});

	it('a proxy URL that cannot be used is refused without being repeated', async () => {
		const answer = await send(through({}, { proxyUrl: 'socks5://user:hunter2@127.0.0.1:1080' }), post(1));
		expect(answer).toMatchObject({ cause: 'proxy', detail: expect.stringContaining('socks5') });
		expect(JSON.stringify(answer)).not.toContain('hunter2');
	});

	it('over TLS to the proxy works too', async () => {
		const secure = await ConnectProxy.to(server.port, authority.issue('proxy'));
		const answer = await send(through({ https_proxy: secure.url() }), post(1));
		expect(answer).toMatchObject({ kind: 'response', status: 200 });
		expect(secure.asked).toEqual([`${HOST}:443`]);
		await transport?.close(0);
		await secure.stop();
	});

	it("the target's certificate is verified inside the tunnel", async () => {
		expect(
			await send(through({ HTTPS_PROXY: proxy.url() }, { origin: 'https://other.invalid' }), post(1)),
		).toMatchObject({
			kind: 'unreachable',
			cause: 'tls',
			code: 'ERR_TLS_CERT_ALTNAME_INVALID',
		});
	});

	it('a target that is never allowed is refused before the proxy hears of it', async () => {
		const target = { origin: 'https://metadata.google.internal' };
		expect(await send(through({ HTTPS_PROXY: proxy.url() }, target), post(1))).toMatchObject({ cause: 'egress' });
		await transport?.close(0);
		const literal = { origin: 'https://169.254.169.254' };
		expect(await send(through({ HTTPS_PROXY: proxy.url() }, literal), post(1))).toMatchObject({ cause: 'egress' });
		expect(proxy.asked).toEqual([]);
	});
});
