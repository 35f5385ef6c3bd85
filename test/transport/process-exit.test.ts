import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { createAuthority } from './servers/authority';
import { ConnectProxy } from './servers/connect-proxy';
import { Http1TestServer } from './servers/http1-server';
import { answer, Http2TestServer } from './servers/http2-server';

/** n8n's command line executes a workflow and then waits for the process to end by itself. */
describe('a process with idle connections', () => {
	const authority = createAuthority();
	const folder = mkdtempSync(join(tmpdir(), 'push-exit-'));
	const script = join(folder, 'script.cjs');
	let http2: Http2TestServer;
	let http1: Http1TestServer;

	beforeAll(async () => {
		buildSync({
			entryPoints: [join(__dirname, 'exit-script.ts')],
			bundle: true,
			platform: 'node',
			outfile: script,
			logLevel: 'error',
		});
		const tls = authority.issue('localhost');
		// Slow answers: the process must not end before them either.
		http2 = await Http2TestServer.start({
			tls,
			respond: (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 150),
		});
		http1 = await Http1TestServer.start(tls, (response) => setTimeout(() => response.end('{}'), 150));
	});
	afterAll(async () => {
		await http2.stop();
		await http1.stop();
		rmSync(folder, { recursive: true });
	});

	async function run(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
		const targets = { HTTP2_ORIGIN: http2.origin, HTTP1_ORIGIN: http1.origin, CA: authority.ca };
		const child = spawn(process.execPath, [script], {
			env: { ...targets, ...env },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
		return await new Promise((resolve) => child.on('close', (code) => resolve({ code, output: output.trim() })));
	}

	it('waits for its answers and then ends by itself', async () => {
		expect(await run({})).toEqual({ code: 0, output: '200 200' });
	}, 20_000);

	it('ends by itself when the connections go through a proxy, also one over TLS', async () => {
		const plain = await ConnectProxy.to(http2.port);
		const secure = await ConnectProxy.to(http2.port, authority.issue('localhost'));
		expect(await run({ PROXY: plain.url(), HTTP1_ORIGIN: http1.origin })).toMatchObject({
			code: 0,
			output: expect.stringMatching(/^200 /),
		});
		expect(await run({ PROXY: secure.url(), HTTP1_ORIGIN: http1.origin })).toMatchObject({
			code: 0,
			output: expect.stringMatching(/^200 /),
		});
		await plain.stop();
		await secure.stop();
	}, 20_000);

	it('ends when nothing could be reached', async () => {
		const nowhere = { HTTP2_ORIGIN: 'https://127.0.0.1:1', HTTP1_ORIGIN: 'https://127.0.0.1:1' };
		expect(await run(nowhere)).toEqual({ code: 0, output: 'unreachable unreachable' });
	}, 20_000);
});
