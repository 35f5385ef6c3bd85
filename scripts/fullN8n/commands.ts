import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { ROOT, ScriptError } from './paths';

export interface CommandResult {
	/** Exit code; null when a signal ended the command. */
	readonly code: number | null;
	/** Standard output alone. */
	readonly stdout: string;
	/** Standard output and standard error as they came. */
	readonly output: string;
}

export interface CommandOptions {
	readonly cwd?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** Ends the command after this many ms. */
	readonly timeoutMs?: number;
}

/** Runs a program to its end and collects what it says; a program that does not exist is a result with code 127. */
export function run(
	program: string,
	args: readonly string[],
	{ cwd = ROOT, env = process.env, timeoutMs }: CommandOptions = {},
): Promise<CommandResult> {
	return new Promise((done) => {
		const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
		let stdout = '';
		let output = '';
		child.stdout.on('data', (chunk: Buffer) => {
			stdout += chunk.toString();
			output += chunk.toString();
		});
		child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
		child.on('error', (error) => done({ code: 127, stdout, output: `${output}${error.message}\n` }));
		child.on('close', (code) => done({ code, stdout, output }));
	});
}

/** The last lines of a command's output, for an error message. */
export function lastLines(output: string, count = 15): string {
	return output.trimEnd().split('\n').slice(-count).join('\n');
}

/** npm's own program file: the npm that started us, else the first one on PATH. */
export function npmProgram(): string {
	const started = process.env.npm_execpath;
	if (started?.endsWith('npm-cli.js') && existsSync(started)) return started;
	for (const folder of (process.env.PATH ?? '').split(delimiter)) {
		const candidate = join(folder, 'npm');
		if (!existsSync(candidate)) continue;
		const program = realpathSync(candidate);
		if (program.endsWith('.js')) return program;
	}
	throw new ScriptError('npm was not found on PATH. Start this through "npm run", or put npm on PATH.');
}

/** The environment for npm and for what it starts: this Node first on PATH, nothing of an npm run around us. */
export function npmEnvironment(): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = { npm_config_yes: 'true', npm_config_update_notifier: 'false' };
	for (const [name, value] of Object.entries(process.env)) {
		if (!/^npm_(lifecycle|package|command|config_local_prefix|config_prefix)/i.test(name)) env[name] = value;
	}
	env.PATH = [dirname(process.execPath), process.env.PATH].filter(Boolean).join(delimiter);
	return env;
}

/** Runs npm in `cwd` with the Node of this process. */
export function npm(args: readonly string[], cwd: string): Promise<CommandResult> {
	return run(process.execPath, [npmProgram(), ...args], { cwd, env: npmEnvironment() });
}
