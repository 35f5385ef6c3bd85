import { PushError } from '../../push/model';
import { assertAllowedOrigin, type TransportDeps } from '../../push/transport';
import { EgressRules } from '../../push/transport/egress';
import { parseOrigin } from '../../push/transport/origin';
import { HTTP1, HTTP2, post, send, transports } from './client';
import { Http2TestServer } from './servers/http2-server';

function refusal(url: string): PushError | undefined {
	try {
		assertAllowedOrigin(url);
		return undefined;
	} catch (error) {
		if (error instanceof PushError) return error;
		throw error;
	}
}

describe('an origin a credential may name', () => {
	it.each([
		'https://api.push.apple.com',
		'https://api.push.apple.com:2197',
		'https://gateway.example:8443/',
		'https://10.0.0.5',
		'https://192.168.1.2:8443',
		'https://127.0.0.1:8443',
		'https://[2001:db8::1]',
		'http://127.0.0.1:8080',
		'http://127.8.8.8:8080',
		'http://localhost:8080',
		'http://LOCALHOST:8080',
		'http://[::1]:8080',
	])('%s is allowed', (url) => {
		expect(refusal(url)).toBeUndefined();
	});

	it.each([
		['http://api.push.apple.com', 'Only https://'],
		['http://10.0.0.5', 'Only https://'],
		['http://localhost.evil.example', 'Only https://'],
		['http://127.0.0.1.evil.example', 'Only https://'],
		['https://user:secret@gateway.example', 'user name or password'],
		['https://user@gateway.example', 'user name or password'],
		['https://gateway.example/path', 'path'],
		['https://gateway.example/?q=1', 'path'],
		['https://gateway.example/#x', 'path'],
		['ftp://gateway.example', 'ftp:'],
		['file:///etc/passwd', 'file:'],
		['gateway.example', 'not a URL'],
		['', 'not a URL'],
		['https://', 'not a URL'],
		['https://169.254.169.254', 'metadata'],
		['https://169.254.1.1:8443', 'link-local'],
		['https://2852039166', 'metadata'],
		['https://0xa9fea9fe', 'metadata'],
		['https://0251.0376.0251.0376', 'metadata'],
		['https://169.254.43518', 'metadata'],
		['https://[::ffff:169.254.169.254]', 'metadata'],
		['https://[::ffff:a9fe:a9fe]', 'metadata'],
		['https://[0:0:0:0:0:ffff:a9fe:a9fe]', 'metadata'],
		['https://[::a9fe:a9fe]', 'metadata'],
		['https://[64:ff9b::a9fe:a9fe]', 'metadata'],
		['https://[2002:a9fe:a9fe::1]', 'metadata'],
		['https://[fe80::1]', 'link-local'],
		['https://[febf::1]', 'link-local'],
		['https://[fd00:ec2::254]', 'metadata'],
		['https://[fd00:0ec2:0:0::0254]', 'metadata'],
		['https://100.100.100.200', 'metadata'],
		['https://[::ffff:100.100.100.200]', 'metadata'],
		['https://168.63.129.16', 'metadata'],
		['https://metadata.google.internal', 'metadata'],
		['https://METADATA.google.internal.', 'metadata'],
		['https://metadata', 'metadata'],
		['https://instance-data.ec2.internal', 'metadata'],
		['https://0.0.0.0', 'link-local'],
		['https://[::]', 'link-local'],
	])('%s is refused: %s', (url, words) => {
		expect(refusal(url)).toMatchObject({ code: 'EgressRefused', message: expect.stringContaining(words) });
	});

	it('is never repeated in an error when it holds a password', () => {
		expect(
			JSON.stringify([
				refusal('https://user:secret@x.example')?.message,
				refusal('https://user:secret@x.example')?.hint,
			]),
		).not.toContain('secret');
	});
});

type Lookup = ReturnType<NonNullable<ReturnType<NonNullable<TransportDeps['egress']>>>['lookup']>;

/** A DNS of the test's own. */
function dns(names: Record<string, readonly string[]>): Lookup {
	return (host, _options, callback) => {
		const found = names[host];
		if (!found) return callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
		callback(
			null,
			found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
		);
	};
}

function rules(env: Record<string, string>, names: Record<string, readonly string[]> = {}): EgressRules {
	return new EgressRules({
		env,
		egress: () => ({ validateUrl: async () => await Promise.resolve({ ok: true }), lookup: () => dns(names) }),
	});
}

const ON = { N8N_SSRF_PROTECTION_ENABLED: 'true' };

describe("n8n's SSRF settings", () => {
	it.each([
		[{}, '10.0.0.1', 'addresses'],
		[{ N8N_SSRF_PROTECTION_ENABLED: 'false' }, '10.0.0.1', 'addresses'],
		[{ N8N_SSRF_PROTECTION_ENABLED: '1' }, '10.0.0.1', 'refused'],
		[{ N8N_SSRF_PROTECTION_ENABLED: 'TRUE' }, '10.0.0.1', 'refused'],
		[{ N8N_SSRF_PROTECTION_ENABLED: 'yes' }, '10.0.0.1', 'addresses'],
		[ON, '17.188.1.1', 'addresses'],
		[ON, '10.0.0.1', 'refused'],
		[ON, '172.31.255.255', 'refused'],
		[ON, '172.32.0.1', 'addresses'],
		[ON, '192.168.0.1', 'refused'],
		[ON, '127.0.0.1', 'refused'],
		[ON, '::1', 'refused'],
		[ON, 'fd12::1', 'refused'],
		[ON, '198.18.0.1', 'refused'],
		[ON, '203.0.113.9', 'refused'],
		[ON, '::ffff:10.0.0.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_IP_RANGES: '17.0.0.0/8' }, '17.188.1.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_IP_RANGES: '17.0.0.0/8' }, '10.0.0.1', 'addresses'],
		[{ ...ON, N8N_SSRF_BLOCKED_IP_RANGES: 'default,17.0.0.0/8' }, '10.0.0.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_IP_RANGES: ' DEFAULT , 17.0.0.0/8' }, '17.188.1.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_IP_RANGES: 'nonsense,10.0.0.0/8,1.2.3.4' }, '1.2.3.4', 'addresses'],
		[{ ...ON, N8N_SSRF_BLOCKED_IP_RANGES: '' }, '10.0.0.1', 'addresses'],
		[{ ...ON, N8N_SSRF_ALLOWED_IP_RANGES: '10.0.0.0/24' }, '10.0.0.1', 'addresses'],
		[{ ...ON, N8N_SSRF_ALLOWED_IP_RANGES: '10.0.0.0/24' }, '10.0.1.1', 'refused'],
		[{ ...ON, N8N_SSRF_ALLOWED_IP_RANGES: '169.254.0.0/16' }, '169.254.169.254', 'refused'],
	])('%j: %s is %s', async (env, address, expected) => {
		const resolution = await rules(env, { 'name.example': [address] }).resolve(
			parseOrigin('https://name.example'),
			'target',
		);
		expect(resolution.kind).toBe(expected);
	});

	it.each([
		[{ ...ON, N8N_SSRF_BLOCKED_HOSTNAMES: 'name.example' }, 'name.example', '17.0.0.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_HOSTNAMES: 'NAME.example.' }, 'name.example', '17.0.0.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_HOSTNAMES: '*.example' }, 'name.example', '17.0.0.1', 'refused'],
		[{ ...ON, N8N_SSRF_BLOCKED_HOSTNAMES: '*.name.example' }, 'name.example', '17.0.0.1', 'addresses'],
		[{ ...ON, N8N_SSRF_ALLOWED_HOSTNAMES: 'name.example' }, 'name.example', '10.0.0.1', 'addresses'],
		[{ ...ON, N8N_SSRF_ALLOWED_HOSTNAMES: '*.example' }, 'name.example', '10.0.0.1', 'addresses'],
		[
			{ ...ON, N8N_SSRF_ALLOWED_HOSTNAMES: 'name.example', N8N_SSRF_BLOCKED_HOSTNAMES: '*.example' },
			'name.example',
			'10.0.0.1',
			'addresses',
		],
		[{ ...ON, N8N_SSRF_ALLOWED_HOSTNAMES: 'name.example' }, 'name.example', '169.254.1.1', 'refused'],
		[{ N8N_SSRF_BLOCKED_HOSTNAMES: 'name.example' }, 'name.example', '17.0.0.1', 'addresses'],
	])('%j: %s at %s is %s', async (env, host, address, expected) => {
		const resolution = await rules(env, { [host]: [address] }).resolve(parseOrigin(`https://${host}`), 'target');
		expect(resolution.kind).toBe(expected);
	});

	it('judge an address in the URL by the ranges alone, as n8n does', async () => {
		const env = { ...ON, N8N_SSRF_ALLOWED_HOSTNAMES: '10.0.0.1' };
		expect((await rules(env).resolve(parseOrigin('https://10.0.0.1'), 'target')).kind).toBe('refused');
	});

	it('refuse a name as soon as one of its addresses is blocked', async () => {
		const two = { 'name.example': ['17.0.0.1', '10.0.0.1'] };
		expect((await rules(ON, two).resolve(parseOrigin('https://name.example'), 'target')).kind).toBe('refused');
	});

	it("apply to a credential's proxy, not to the administrator's", async () => {
		const proxy = parseOrigin('http://127.0.0.1:3128');
		expect((await rules(ON).resolve(proxy, 'credentialProxy')).kind).toBe('refused');
		expect((await rules(ON).resolve(proxy, 'environmentProxy')).kind).toBe('addresses');
		const metadata = parseOrigin('http://169.254.169.254');
		expect((await rules(ON).resolve(metadata, 'environmentProxy')).kind).toBe('refused');
	});

	it('check names and addresses of targets behind a proxy too', async () => {
		const env = { ...ON, N8N_SSRF_BLOCKED_HOSTNAMES: 'bad.example' };
		expect(await rules(env).checkUnresolved(parseOrigin('https://bad.example'))).toContain('bad.example');
		expect(await rules(env).checkUnresolved(parseOrigin('https://10.0.0.1'))).toContain('10.0.0.1');
		expect(await rules(env).checkUnresolved(parseOrigin('https://good.example'))).toBeUndefined();
	});
});

describe('egress rules at the moment of connecting', () => {
	let server: Http2TestServer;

	beforeAll(async () => {
		server = await Http2TestServer.start();
	});
	afterAll(async () => await server.stop());

	it('catch a name that is turned round after it was checked (DNS rebinding)', async () => {
		let asked = 0;
		const factory = transports({
			egress: () => ({
				validateUrl: async () => await Promise.resolve({ ok: true }),
				lookup: () => (host, options, callback) => {
					asked += 1;
					dns({ localhost: [asked === 1 ? '127.0.0.1' : '169.254.169.254'] })(host, options, callback);
				},
			}),
		});
		const transport = factory.http2({ origin: `http://localhost:${server.port}` }, 'k', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({ kind: 'response', status: 200 });
		transport.renewConnections('test');
		expect(await send(transport, post(2))).toMatchObject({
			kind: 'unreachable',
			cause: 'egress',
			detail: expect.stringContaining('169.254.169.254'),
		});
		expect(asked).toBe(2);
		await factory.close(0);
	});

	it('refuse http to a name that is not this machine after all', async () => {
		const factory = transports({
			egress: () => ({
				validateUrl: async () => await Promise.resolve({ ok: true }),
				lookup: () => dns({ localhost: ['192.0.2.1'] }),
			}),
		});
		const answer = await send(factory.http2({ origin: 'http://localhost:1' }, 'k', HTTP2), post(1));
		expect(answer).toMatchObject({ cause: 'egress', detail: expect.stringContaining('192.0.2.1') });
		await factory.close(0);
	});

	it("ask n8n's filter for each new connection and give its reason", async () => {
		const asked: string[] = [];
		const factory = transports({
			egress: () => ({
				validateUrl: async (url) => {
					asked.push(url);
					return await Promise.resolve({ ok: false, reason: 'the deny-list says so' });
				},
				lookup: () => dns({}),
			}),
		});
		const target = { origin: server.origin };
		for (const transport of [factory.http2(target, 'k', HTTP2), factory.http1(target, 'k', HTTP1)]) {
			expect(await send(transport, post(1))).toMatchObject({
				kind: 'unreachable',
				cause: 'egress',
				detail: expect.stringContaining('the deny-list says so'),
			});
		}
		expect(asked).toEqual([server.origin, server.origin]);
		await factory.close(0);
	});

	it("take an error of the filter's lookup as a refusal, and an unknown name as what it is", async () => {
		let error = Object.assign(new Error('blocked by policy'), {});
		const factory = transports({
			egress: () => ({
				validateUrl: async () => await Promise.resolve({ ok: true }),
				lookup: () => (_host, _options, callback) => callback(error, []),
			}),
		});
		const transport = factory.http2({ origin: 'https://name.example' }, 'k', HTTP2);
		expect(await send(transport, post(1))).toMatchObject({
			cause: 'egress',
			detail: expect.stringContaining('blocked by policy'),
		});
		error = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
		expect(await send(transport, post(1))).toMatchObject({ cause: 'dns', code: 'ENOTFOUND' });
		await factory.close(0);
	});

	it("apply n8n's settings to connections", async () => {
		const factory = transports({ env: ON });
		expect(await send(factory.http2({ origin: server.origin }, 'k', HTTP2), post(1))).toMatchObject({
			cause: 'egress',
			detail: expect.stringContaining('N8N_SSRF_ALLOWED_IP_RANGES'),
		});
		await factory.close(0);
		const allowed = transports({ env: { ...ON, N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.1/32' } });
		expect(await send(allowed.http2({ origin: server.origin }, 'k', HTTP2), post(1))).toMatchObject({
			kind: 'response',
		});
		await allowed.close(0);
	});
});
