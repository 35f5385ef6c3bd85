import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { lastLines, npmEnvironment, run } from './fullN8n/commands';
import { withLock } from './fullN8n/lock';
import { ROOT, ScriptError } from './fullN8n/paths';

/** What the build reads; a file added, changed or removed here makes `dist` stale. */
const SOURCES = [
	'nodes',
	'credentials',
	'icons',
	'push',
	'package.json',
	'gulpfile.js',
	'tsconfig.json',
	'tsconfig.base.json',
];

/** Files of each branch of the build that runs compilers. */
const OUTPUTS = ['dist/push/index.js', 'dist/push/index.d.ts', 'dist/THIRD-PARTY-LICENCES.md'];

/**
 * Runs the build (`npm run build`) when `dist` is missing or older than what it is made of.
 * Processes that ask at the same time build once.
 */
export async function ensureBuilt(progress: (line: string) => void = () => {}): Promise<void> {
	if (!(await isStale())) return;
	await mkdir(join(ROOT, '.cache'), { recursive: true });
	await withLock(join(ROOT, '.cache', 'build.lock'), progress, async () => {
		if (!(await isStale())) return;
		progress('Building the package ...');
		const gulp = join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js');
		const { code, output } = await run(process.execPath, [gulp, 'build'], { env: npmEnvironment() });
		if (code !== 0)
			throw new ScriptError(`The build failed (exit ${code ?? 'by a signal'}):\n${lastLines(output, 40)}`);
	});
}

async function isStale(): Promise<boolean> {
	if (!OUTPUTS.every((file) => existsSync(join(ROOT, file)))) return true;
	const built = await Promise.all(OUTPUTS.map(async (file) => (await stat(join(ROOT, file))).mtimeMs));
	const oldest = Math.min(...built);
	const sources = await Promise.all(SOURCES.map((source) => newest(join(ROOT, source))));
	return Math.max(...sources) > oldest;
}

/** The latest change of a file, or of anything in a folder; a folder's own time tells of files removed. */
async function newest(path: string): Promise<number> {
	if (!existsSync(path)) return 0;
	const facts = await stat(path);
	if (!facts.isDirectory()) return facts.mtimeMs;
	const inside = await Promise.all((await readdir(path)).map((name) => newest(join(path, name))));
	return Math.max(facts.mtimeMs, ...inside);
}
