import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { createAuthority } from '../transport/servers/authority';
import { answer, Http2TestServer } from '../transport/servers/http2-server';
import { until } from '../transport/client';

const FOLDER = join(__dirname, '..', '..', '.cache', 'termination');
const SCRIPT = join(FOLDER, 'script.cjs');

/** n8n does not tell its nodes that it ends: the engine listens itself. */
describe('SIGTERM in the middle of a send', () => {
	const authority = createAuthority();
	let server: Http2TestServer;

	beforeAll(async () => {
		mkdirSync(FOLDER, { recursive: true });
		buildSync({
			entryPoints: [join(__dirname, 'termination-script.ts')],
			bundle: true,
			packages: 'external',
			platform: 'node',
			outfile: SCRIPT,
			logLevel: 'error',
		});
		server = await Http2TestServer.start({
			tls: authority.issue('localhost'),
			respond: (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), 100),
		});
	});
	afterAll(async () => {
		await server.stop();
		rmSync(FOLDER, { recursive: true });
	});

	async function terminated(env: Record<string, string>) {
		const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
		const before = server.requests.length;
		const child = spawn(process.execPath, [SCRIPT], {
			env: { ...process.env, ORIGIN: server.origin, CA: authority.ca, KEY: key, ...env },
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
		const over = new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_code, signal) => resolve(signal)));
		await until(() => server.requests.length >= before + 5, 15_000);
		child.kill('SIGTERM');
		const signal = await over;
		const lines = output.trim().split('\n');
		return { signal, lines, sent: server.requests.length - before };
	}

	it('what was sent is answered, the rest is said not to be, and the process ends by the signal', async () => {
		const { signal, lines, sent } = await terminated({});
		expect(lines.map((line): unknown => JSON.parse(line))).toEqual([{ SUCCESSFUL: sent, ShuttingDown: 500 - sent }]);
		expect(signal).toBe('SIGTERM');
	}, 30_000);

	it('where somebody else listens for the signal, the end of the process is theirs', async () => {
		const { signal, lines, sent } = await terminated({ NEIGHBOUR: 'yes' });
		expect(lines[0]).toBe('neighbour');
		expect(JSON.parse(lines[1] ?? '')).toEqual({ SUCCESSFUL: sent, ShuttingDown: 500 - sent });
		expect(signal).toBeNull();
	}, 30_000);
});
