import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBuilt } from './build';
import { packPackage, ROOT, ScriptError } from './fullN8n';
import { lastLines, npm, run } from './fullN8n/commands';

/**
 * `npm run scan`: the rules of n8n's scanner for community packages, on our sources and on the packed package. The scanner
 * itself takes only what is published; its rules take any folder.
 */

const SCANNER = '@n8n/scan-community-package';
const VERSION = '0.32.0';
const FOLDER = join(ROOT, '.cache', `scanner-${VERSION}`);

/** Findings that stay, by rule; docs/decisions/0006-scanner.md says why. */
const EXPLAINED: Readonly<Record<'sources' | 'package', readonly string[]>> = {
	sources: ['@n8n/community-nodes/no-restricted-globals', '@n8n/community-nodes/no-restricted-imports'],
	package: ['@n8n/community-nodes/no-restricted-globals', '@n8n/community-nodes/no-restricted-imports', 'no-console'],
};

/** Runs in the scanner's own folder, as a module. */
const ANALYZE = `
const { analyzePackage, SOURCE_FILE_PATTERNS } = await import('${SCANNER}/scanner/scanner.mjs');
const [folder, kind] = process.argv.slice(2);
const { passed, details = '', message = '' } = await analyzePackage(folder, kind === 'sources' ? SOURCE_FILE_PATTERNS : undefined);
process.stdout.write(JSON.stringify({ passed, details, message }));
`;

async function installScanner(): Promise<void> {
	if (existsSync(join(FOLDER, 'node_modules', SCANNER))) return;
	await mkdir(FOLDER, { recursive: true });
	await writeFile(join(FOLDER, 'package.json'), '{ "name": "scanner", "private": true }\n');
	await writeFile(join(FOLDER, 'analyze.mjs'), ANALYZE);
	const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	const { code, output } = await npm(['install', ...flags, `${SCANNER}@${VERSION}`], FOLDER);
	if (code !== 0) throw new ScriptError(`The scanner could not be installed:\n${lastLines(output)}`);
}

/** Findings by rule. */
async function analyze(folder: string, kind: keyof typeof EXPLAINED): Promise<Map<string, number>> {
	const { code, stdout, output } = await run(process.execPath, [join(FOLDER, 'analyze.mjs'), folder, kind], {
		cwd: FOLDER,
		env: { ...process.env, NO_COLOR: '1' },
	});
	if (code !== 0) throw new ScriptError(`The scanner failed (exit ${code ?? 'by a signal'}):\n${lastLines(output)}`);
	const { passed, details, message }: { passed: boolean; details: string; message: string } = JSON.parse(stdout);
	const rules = [...details.matchAll(/^ +\d+:\d+ +error .*? {2,}(\S+)$/gm)].map(([, rule = '']) => rule);
	if (!passed && rules.length === 0)
		throw new ScriptError(`The scanner's answer was not understood: ${message}\n${details}`);
	const counts = new Map<string, number>();
	for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
	return counts;
}

async function main(): Promise<void> {
	await ensureBuilt(console.log);
	await installScanner();
	const folder = await mkdtemp(join(tmpdir(), 'push-scan-'));
	try {
		const tarball = await packPackage(folder);
		const { code, output } = await run('tar', ['-xzf', tarball, '-C', folder]);
		if (code !== 0) throw new ScriptError(`The package could not be unpacked:\n${output}`);
		const found = {
			sources: await analyze(ROOT, 'sources'),
			package: await analyze(join(folder, 'package'), 'package'),
		};
		const unexplained = (['sources', 'package'] as const).flatMap((kind) =>
			[...found[kind]].flatMap(([rule, count]) => {
				const known = EXPLAINED[kind].includes(rule);
				console.log(`${kind}: ${count} × ${rule}${known ? ' (explained)' : ''}`);
				return known ? [] : [`${kind}: ${rule}`];
			}),
		);
		if (unexplained.length > 0) throw new ScriptError(`Neither mended nor explained: ${unexplained.join(', ')}`);
		console.log('Every finding is explained in docs/decisions/0006-scanner.md.');
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof ScriptError ? `\n${error.message}` : error);
		process.exit(1);
	},
);
