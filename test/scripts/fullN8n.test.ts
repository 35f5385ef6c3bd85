import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { npmEnvironment, npmProgram, run } from '../../scripts/fullN8n/commands';
import { n8nEnvironment } from '../../scripts/fullN8n/environment';
import { checkMachine } from '../../scripts/fullN8n/install';
import { releaseLock, takeLock, withLock } from '../../scripts/fullN8n/lock';
import { freePort, startN8n } from '../../scripts/fullN8n/server';
import { at } from '../../scripts/fullN8n/session';

let folder: string;
const before = { ...process.env };

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'push-scripts-'));
});

afterEach(async () => {
	process.env = { ...before };
	await rm(folder, { recursive: true, force: true });
});

describe('the environment of the full n8n', () => {
	it("is not led elsewhere by the caller's own n8n settings", () => {
		Object.assign(process.env, {
			DB_TYPE: 'postgresdb',
			N8N_ENCRYPTION_KEY: 'x',
			EXECUTIONS_MODE: 'queue',
			WEBHOOK_URL: 'x',
		});
		const env = n8nEnvironment({ userFolder: folder, port: 1, brokerPort: 2 });
		for (const name of [
			'DB_TYPE',
			'N8N_ENCRYPTION_KEY',
			'EXECUTIONS_MODE',
			'WEBHOOK_URL',
			'NODE_ENV',
			'JEST_WORKER_ID',
		]) {
			expect([name, env[name]]).toEqual([name, undefined]);
		}
		expect(env).toMatchObject({
			N8N_USER_FOLDER: folder,
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_DIAGNOSTICS_ENABLED: 'false',
		});
	});

	it('reaches the simulators on loopback past a proxy of the machine', () => {
		process.env.NO_PROXY = 'intranet.example';
		const { NO_PROXY } = n8nEnvironment({ userFolder: folder, port: 1, brokerPort: 2 });
		expect(NO_PROXY?.split(',')).toEqual(['127.0.0.1', 'localhost', 'intranet.example']);
	});
});

describe('what installing n8n needs', () => {
	it('names the missing compiler', async () => {
		process.env.CXX = join(folder, 'no-such-compiler');
		await expect(checkMachine()).rejects.toThrow(/needs .*no-such-compiler\. Install python3, make and g\+\+/);
	});

	it('finds npm by PATH when no npm run is around it', async () => {
		delete process.env.npm_execpath;
		const version = await run(process.execPath, [npmProgram(), '--version'], { env: npmEnvironment() });
		expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
	});

	it('says so when there is no npm', () => {
		delete process.env.npm_execpath;
		process.env.PATH = folder;
		expect(npmProgram).toThrow(/npm was not found on PATH/);
	});
});

describe('a lock', () => {
	it('tells who has it, and is free again after its release', async () => {
		const file = join(folder, 'lock');
		expect(await takeLock(file)).toBeUndefined();
		expect(await takeLock(file)).toBe(process.pid);
		await releaseLock(file);
		expect(await takeLock(file)).toBeUndefined();
	});

	it('is taken over from a process that died', async () => {
		const file = join(folder, 'lock');
		const { stdout } = await run(process.execPath, ['-p', 'process.pid']);
		await writeFile(file, stdout.trim());
		expect(await takeLock(file)).toBeUndefined();
	});

	it('is released when the work fails', async () => {
		const file = join(folder, 'lock');
		const work = withLock(
			file,
			() => {},
			() => Promise.reject(new Error('no luck')),
		);
		await expect(work).rejects.toThrow('no luck');
		expect(existsSync(file)).toBe(false);
	});
});

describe('starting n8n', () => {
	it('fails with its last lines when it ends by itself', async () => {
		const program = join(folder, 'n8n.js');
		await writeFile(program, "console.error('The database is on fire'); process.exit(3);\n");
		await expect(startN8n(program, { userFolder: folder })).rejects.toThrow(/ended while starting.*\n.*on fire/);
	});

	it('takes another port when the wanted one is taken', async () => {
		const server = createServer().listen(0, '127.0.0.1');
		try {
			await once(server, 'listening');
			const taken = Number(at(server.address(), 'port'));
			expect(await freePort(taken)).not.toBe(taken);
		} finally {
			server.close();
		}
	});

	it('is stopped together with what it started', async () => {
		const program = join(folder, 'n8n.js');
		await writeFile(
			program,
			`const { spawn } = require('node:child_process');
			const code = "const server = require('node:http').createServer((_, answer) => answer.end('runner'));" +
				"server.listen(process.env.N8N_RUNNERS_BROKER_PORT, '127.0.0.1', () => console.log('runner on ' + server.address().port));";
			spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit'] });
			const ready = (_, answer) => answer.end('ok');
			require('node:http').createServer(ready).listen(process.env.N8N_PORT, '127.0.0.1');`,
		);
		const n8n = await startN8n(program, { userFolder: folder });
		while (!n8n.log().includes('runner on')) await sleep(20);
		const runner = `http://127.0.0.1:${/runner on (\d+)/.exec(n8n.log())?.[1]}`;
		expect(await (await fetch(runner)).text()).toBe('runner');
		await n8n.stop();
		await n8n.stop();
		await expect(fetch(n8n.origin)).rejects.toThrow();
		await expect(fetch(runner)).rejects.toThrow();
	});
});
