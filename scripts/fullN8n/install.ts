import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

import { type CommandResult, lastLines, npm, npmEnvironment, npmProgram, run } from './commands';
import { withLock } from './lock';
import { DEV_FOLDER, N8N_FOLDER, N8N_VERSION, ROOT, ScriptError } from './paths';

/** Tells a person what is going on, one line at a time. */
export type Progress = (line: string) => void;

const LOG_FILE = join(DEV_FOLDER, 'n8n-install.log');
const STAMP_FILE = join(N8N_FOLDER, 'installed.json');
/** Measured 2.9 GB installed; npm unpacks beside it for a moment. */
const NEEDED_BYTES = 4e9;

/** What an installation is made of; another recipe than the installed one means: install again. */
interface Recipe {
	readonly n8n: string;
	/** Version of Node whose headers the SQLite driver is compiled with. */
	readonly node: string;
	readonly platform: string;
	readonly arch: string;
}

async function recipe(): Promise<Recipe> {
	const own: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
	return { n8n: N8N_VERSION, node: pinnedNode(own), platform: process.platform, arch: process.arch };
}

/** The version of the development dependency `node`, which our npm scripts run on. */
function pinnedNode(own: unknown): string {
	if (typeof own === 'object' && own !== null && 'devDependencies' in own) {
		const { devDependencies } = own;
		if (typeof devDependencies === 'object' && devDependencies !== null && 'node' in devDependencies) {
			return String(devDependencies.node);
		}
	}
	throw new ScriptError('package.json names no development dependency "node"; n8n is built for that version.');
}

/** The npm package that carries Node and its headers for this machine (the package `node` is made of these). */
function nodePackage(): string {
	const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
	return `${prefix}-${process.platform}-${process.arch}`;
}

/**
 * Installs the pinned full n8n into `.n8n-dev/n8n`, once; a complete installation is left as it is.
 * Needs the npm registry, python3, make and g++ (for the SQLite driver), nothing else.
 *
 * @returns n8n's program file.
 * @throws ScriptError with a sentence that says what is missing.
 */
export async function installN8n(progress: Progress): Promise<string> {
	const program = join(N8N_FOLDER, 'node_modules', 'n8n', 'bin', 'n8n');
	const wanted = await recipe();
	if (await isInstalled(wanted)) return program;
	await mkdir(DEV_FOLDER, { recursive: true });
	await withLock(join(DEV_FOLDER, 'n8n-install.lock'), progress, async () => {
		if (!(await isInstalled(wanted))) await install(wanted, progress);
	});
	return program;
}

async function isInstalled(wanted: Recipe): Promise<boolean> {
	return existsSync(STAMP_FILE) && (await readFile(STAMP_FILE, 'utf8')) === stamp(wanted);
}

function stamp(wanted: Recipe): string {
	return JSON.stringify(wanted, null, '\t') + '\n';
}

async function install(wanted: Recipe, progress: Progress): Promise<void> {
	await checkMachine();
	const started = performance.now();
	progress(`Installing n8n ${N8N_VERSION} into .n8n-dev/n8n, once: about 4 minutes and 3 GB.`);
	await rm(N8N_FOLDER, { recursive: true, force: true });
	await mkdir(N8N_FOLDER, { recursive: true });
	const dependencies = { n8n: N8N_VERSION, [nodePackage()]: wanted.node };
	const manifest = { name: 'n8n-for-development', version: '1.0.0', private: true, dependencies };
	await writeFile(join(N8N_FOLDER, 'package.json'), JSON.stringify(manifest, null, '\t') + '\n');

	progress('  1/2 npm downloads and unpacks n8n ...');
	const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
	await step('npm could not install n8n', () => npm(['install', ...flags], N8N_FOLDER));
	progress(`  2/2 compiling the SQLite driver ... (${elapsed(started)} so far)`);
	await step('The SQLite driver of n8n could not be compiled', buildSqlite);
	await writeFile(STAMP_FILE, stamp(wanted));
	progress(`  n8n ${N8N_VERSION} is installed (${elapsed(started)}).`);
}

function elapsed(started: number): string {
	const seconds = Math.round((performance.now() - started) / 1000);
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** @throws ScriptError naming the tools or the room on disk that are missing. */
export async function checkMachine(): Promise<void> {
	const tools = ['python3', 'make', process.env.CXX ?? 'g++'];
	const found = await Promise.all(tools.map(async (tool) => (await run(tool, ['--version'])).code === 0));
	const missing = tools.filter((_, index) => !found[index]);
	if (missing.length > 0) {
		throw new ScriptError(
			`n8n's SQLite driver is compiled on this machine, which needs ${missing.join(', ')}. ` +
				'Install python3, make and g++ (Debian and Ubuntu: apt-get install python3 make g++) and try again.',
		);
	}
	const { bavail, bsize } = await statfs(ROOT);
	if (bavail * bsize < NEEDED_BYTES) {
		throw new ScriptError(
			`Installing n8n needs ${NEEDED_BYTES / 1e9} GB of disk in ${DEV_FOLDER}; ` +
				`${((bavail * bsize) / 1e9).toFixed(1)} GB are free. Make room and try again.`,
		);
	}
}

/** Runs one step; its output goes to the log file, and a failure into words. */
async function step(failure: string, command: () => Promise<CommandResult>): Promise<void> {
	const { code, output } = await command();
	await writeFile(LOG_FILE, output);
	if (code === 0) return;
	throw new ScriptError(
		`${failure} (exit ${code ?? 'by a signal'}). Its last lines, the rest is in ${LOG_FILE}:\n${lastLines(output)}\n` +
			'Check that the npm registry can be reached and try again; the installation starts from scratch.',
	);
}

/**
 * Compiles sqlite3 with npm's own node-gyp: the old one sqlite3 brings fails on Python 3.12, and its install script
 * would first ask GitHub for a binary. The headers come from the npm package of Node, so node-gyp downloads nothing.
 */
async function buildSqlite(): Promise<CommandResult> {
	const inN8n = createRequire(join(N8N_FOLDER, 'node_modules', 'n8n', 'package.json'));
	const cwd = dirname(inN8n.resolve('sqlite3/package.json'));
	const headers = join(N8N_FOLDER, 'node_modules', nodePackage());
	const jobs = `--jobs=${availableParallelism()}`;
	const nodeGyp = npmsNodeGyp();
	return await run(process.execPath, [nodeGyp, 'rebuild', '--release', `--nodedir=${headers}`, jobs], {
		cwd,
		env: npmEnvironment(),
	});
}

function npmsNodeGyp(): string {
	try {
		return createRequire(npmProgram()).resolve('node-gyp/bin/node-gyp.js');
	} catch {
		throw new ScriptError(
			'This npm brings no node-gyp, which compiles native modules. Install npm 10 or 11 and try again.',
		);
	}
}
