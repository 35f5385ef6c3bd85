import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { type CommandResult, lastLines, run } from './commands';
import { n8nEnvironment } from './environment';
import { ScriptError } from './paths';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;
const POLL_MS = 200;

export interface RunningN8n {
	/** `http://127.0.0.1:port` */
	readonly origin: string;
	/** Everything n8n has written so far. */
	log(): string;
	/** Resolves with n8n's exit code when it has ended, however that came. */
	readonly ended: Promise<number | null>;
	/** SIGTERM, and nothing more. @returns n8n's exit code */
	terminate(): Promise<number | null>;
	/** Asks n8n to end, and makes sure. May be called again. */
	stop(): Promise<void>;
	/** As a machine that loses power: no time to put anything in order. */
	kill(): Promise<void>;
}

export interface StartOptions {
	readonly userFolder: string;
	/** Preferred port; another free one when it is taken. */
	readonly port?: number;
	readonly env?: NodeJS.ProcessEnv;
	/** A worker of queue mode executes what the main process hands out. @default 'start' */
	readonly command?: 'start' | 'worker';
}

/** A TCP port of loopback that is free now; `preferred` if possible. */
export async function freePort(preferred = 0): Promise<number> {
	const server = createServer();
	try {
		server.listen({ port: preferred, host: '127.0.0.1', exclusive: true });
		await once(server, 'listening');
		const address = server.address();
		return typeof address === 'object' && address !== null ? address.port : preferred;
	} catch (error) {
		if (preferred === 0) throw error;
		return await freePort();
	} finally {
		server.close();
	}
}

/**
 * Starts n8n and waits until it takes requests.
 * @throws ScriptError when it ends first or is not ready within two minutes, with its last lines.
 */
export async function startN8n(
	program: string,
	{ userFolder, port, env, command = 'start' }: StartOptions,
): Promise<RunningN8n> {
	await mkdir(userFolder, { recursive: true });
	const ownPort = await freePort(port);
	// A worker has no port but for its health.
	const health = { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(ownPort) };
	const extra = command === 'worker' ? { ...env, ...health } : env;
	const place = { userFolder, port: ownPort, brokerPort: await freePort(), extra };
	// A process group of its own: Ctrl-C reaches us alone, and its task runner ends with it.
	const child = spawn(process.execPath, [program, command], {
		cwd: userFolder,
		env: n8nEnvironment(place),
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	let log = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
	const ended = new Promise<number | null>((done) => {
		child.on('exit', (code) => done(code));
		child.on('error', () => done(null));
	});
	const running: RunningN8n = {
		origin: `http://127.0.0.1:${place.port}`,
		log: () => log,
		ended,
		async terminate() {
			if (child.pid !== undefined) signal(child.pid, 'SIGTERM');
			return await ended;
		},
		stop: () => stop(child, ended),
		async kill() {
			if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
			await ended;
		},
	};
	try {
		await ready(running);
	} catch (error) {
		await running.stop();
		throw error;
	}
	return running;
}

async function ready({ origin, ended, log }: RunningN8n): Promise<void> {
	const deadline = performance.now() + READY_WITHIN_MS;
	let over = false;
	void ended.then(() => (over = true));
	while (performance.now() < deadline) {
		if (over) throw new ScriptError(`n8n ended while starting. Its last lines:\n${lastLines(log())}`);
		const answer = await fetch(`${origin}/healthz/readiness`).catch(() => undefined);
		if (answer?.ok) return;
		await sleep(POLL_MS);
	}
	throw new ScriptError(`n8n was not ready after ${READY_WITHIN_MS / 1000} s. Its last lines:\n${lastLines(log())}`);
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
	if (child.pid === undefined) return;
	signal(child.pid, 'SIGTERM');
	const patience = new AbortController();
	await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
	patience.abort();
	// n8n is gone, or will not go; its task runner is in the same group.
	signal(-child.pid, 'SIGKILL');
	await ended;
}

function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch {
		// It has ended already.
	}
}

/** Runs one command of n8n's command line (`import:workflow`, `execute`, ...) on the given folder. */
export async function n8nCommand(
	program: string,
	userFolder: string,
	args: readonly string[],
	timeoutMs = 120_000,
	extra: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
	await mkdir(userFolder, { recursive: true });
	const env = n8nEnvironment({ userFolder, port: await freePort(), brokerPort: await freePort(), extra });
	return await run(process.execPath, [program, ...args], { cwd: userFolder, env, timeoutMs });
}
