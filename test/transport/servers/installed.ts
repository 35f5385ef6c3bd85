import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { until } from '../client';

/** Where a program of the system lies; undefined when it is not installed. */
export function programOf(name: string): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
	return folders
		.map((folder) => join(folder, name))
		.find((path) => {
			try {
				accessSync(path, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});
}

/** `it`, or a test that is shown as skipped because the program is missing. */
export function itWith(program: string): jest.It {
	return programOf(program) === undefined ? it.skip : it;
}

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address: AddressInfo | string | null = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('No port is free.');
	return address.port;
}

/** Starts a server of the system and waits until it listens. */
export async function startProgram(name: string, args: readonly string[], port: number): Promise<ChildProcess> {
	const path = programOf(name);
	if (path === undefined) throw new Error(`${name} is not installed.`);
	const child = spawn(path, args, { stdio: 'ignore' });
	let listens = false;
	const knock = () => {
		const socket = connect(port, '127.0.0.1');
		socket.on('connect', () => (listens = true));
		socket.on('error', () => undefined);
		socket.on('connect', () => socket.destroy());
	};
	const timer = setInterval(knock, 50);
	try {
		await until(() => listens, 10_000);
	} finally {
		clearInterval(timer);
	}
	return child;
}

export async function stopProgram(child: ChildProcess | undefined): Promise<void> {
	if (!child || child.exitCode !== null) return;
	const gone = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	await gone;
}
