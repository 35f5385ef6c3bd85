import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HTTP2, numbers, post, sendAll, tally, transports } from '../../client';
import { createAuthority } from '../../servers/authority';
import { freePort, itWith, startProgram, stopProgram } from '../../servers/installed';

/** Servers others wrote; skipped where they are not installed (Debian: nghttp2-server, nginx-light). */
describe('the client against servers of others', () => {
	const authority = createAuthority();
	const factory = transports();
	const folder = mkdtempSync(join(tmpdir(), 'push-interop-'));
	const key = join(folder, 'key.pem');
	const cert = join(folder, 'cert.pem');
	let server: ChildProcess | undefined;

	beforeAll(() => {
		const identity = authority.issue('localhost');
		writeFileSync(key, identity.key);
		writeFileSync(cert, identity.cert);
	});
	afterEach(async () => await stopProgram(server));
	afterAll(async () => {
		await factory.close(0);
		rmSync(folder, { recursive: true });
	});

	itWith('nghttpd')(
		'nghttpd echoes 3,000 bodies, small and large',
		async () => {
			const port = await freePort();
			server = await startProgram('nghttpd', ['--echo-upload', '-a', '127.0.0.1', String(port), key, cert], port);
			const transport = factory.http2({ origin: `https://localhost:${port}`, ca: authority.ca }, 'nghttpd', HTTP2);
			const bodies = numbers(3_000).map((n) => `${n} ${'ü'.repeat(n % 100 === 0 ? 20_000 : n % 50)}`);
			const answers = await sendAll(
				transport,
				bodies.map((body, n) => post(n, { body })),
			);
			expect(tally(answers)).toEqual({ 'response 200': 3_000 });
			answers.forEach((answer, n) => expect(answer).toMatchObject({ body: bodies[n] }));
		},
		60_000,
	);

	itWith('nginx')(
		'nginx ends each connection after 500 requests, and 5,000 are answered all the same',
		async () => {
			const port = await freePort();
			const config = join(folder, 'nginx.conf');
			writeFileSync(config, nginxConfig(port, folder, key, cert));
			server = await startProgram('nginx', ['-c', config, '-p', folder, '-e', join(folder, 'error.log')], port);
			const transport = factory.http2({ origin: `https://localhost:${port}`, ca: authority.ca }, 'nginx', {
				...HTTP2,
				maxConnections: 2,
			});
			const answers = await sendAll(
				transport,
				numbers(5_000).map((n) => post(n, { body: 'x'.repeat(n % 7 === 0 ? 70_000 : 100) })),
			);
			expect(tally(answers)).toEqual({ 'response 200': 5_000 });
			answers.forEach((answer, n) =>
				expect(answer).toMatchObject({ body: `/3/device/${n + 1}`, headers: { 'x-a': 'b' } }),
			);
		},
		60_000,
	);
});

function nginxConfig(port: number, folder: string, key: string, cert: string): string {
	return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path ${folder}/body;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	keepalive_requests 500;
	http2_max_concurrent_streams 100;
	server {
		listen 127.0.0.1:${port} ssl http2;
		ssl_certificate ${cert};
		ssl_certificate_key ${key};
		location / {
			add_header x-a b;
			return 200 $uri;
		}
	}
}
`;
}
