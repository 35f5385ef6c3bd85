import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { ensureBuilt } from '../../scripts/build';
import { PACKAGE_NAME, packPackage, ROOT } from '../../scripts/fullN8n';
import { npmEnvironment, run } from '../../scripts/fullN8n/commands';
import { openStore } from '../../push/store';
import { SQLITE_WORKER, sqlitePlace } from '../store/stores';
import { blocksOf, inLanguage, PAGES, read, type Snippet } from './pages';

const where = ({ page, line }: Snippet) => `${page}:${line}`;

/** Programs in the pages that are not ours. */
const OTHERS = /^(curl|aws|base64|sqlite3|pg_dump|psql|mkdir|cd|docker|#|$)/;

describe('the commands', () => {
	const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

	/** Lines of shell blocks and of blocks without a language that begin like a command, each part of `a && b`. */
	const lines = inLanguage('sh', 'bash', 'shell', '').flatMap((snippet) =>
		snippet.text
			.split('\n')
			.flatMap((line) => line.replace(/\s+#.*$/, '').split('&&'))
			.map((command) => ({ at: where(snippet), command: command.trim(), language: snippet.language })),
	);

	test('of npm name scripts that exist', () => {
		const inline = PAGES.flatMap((page) =>
			[...read(page).matchAll(/`((?:npm) [^`]+)`/g)].map(([, command = '']) => ({ at: page, command })),
		);
		const github = ['ci', 'publish'].flatMap((name) =>
			[...read(`.github/workflows/${name}.yml`).matchAll(/run: (npm .+)/g)].map(([, command = '']) => ({
				at: name,
				command,
			})),
		);
		const named = [...lines, ...inline, ...github].flatMap(({ at, command }) => {
			const [, script] = /^npm (?:run )?([\w:-]+)/.exec(command) ?? [];
			return script ? [{ at, script }] : [];
		});
		expect(named.length).toBeGreaterThan(15);
		const builtIn = ['ci', 'install', 'pack', 'publish', 'audit'];
		expect(named.filter(({ script }) => !(script in scripts) && !builtIn.includes(script))).toEqual([]);
	});

	test('of our own program name files that exist', () => {
		const files = lines.flatMap(({ command }) => [...command.matchAll(/\b(?:scripts|test)\/[\w/]+\.[jt]s\b/g)].flat());
		expect(files.length).toBeGreaterThan(1);
		expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
	});

	test('are npm scripts, our own files, or programs that are known', () => {
		const strange = lines
			.filter(({ language }) => language !== '')
			.filter(({ command }) => !/^npm /.test(command) && !OTHERS.test(command));
		expect(strange).toEqual([]);
	});
});

/** Runs a line in a shell whose home is `home`, with the Node of these tests. */
async function inShell(line: string, home: string) {
	return await run('bash', ['-c', line], { cwd: home, env: { ...npmEnvironment(), HOME: home } });
}

describe('the way in without the editor', () => {
	let home: string;

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), 'push-home-'));
	});

	afterAll(async () => await rm(home, { recursive: true, force: true }));

	test('of docs/operations.md installs the package and nothing beside it', async () => {
		await ensureBuilt();
		await mkdir(join(home, 'packed'));
		const tarball = await packPackage(join(home, 'packed'));
		const [{ text }] = blocksOf('docs/operations.md', 'sh');
		// The packed package stands for the published one, so that the registry is not asked.
		const { code, output } = await inShell(text.replace(PACKAGE_NAME, `--offline ${tarball}`), home);
		expect([code, output]).toEqual([0, expect.any(String)]);
		const installed = await readdir(join(home, '.n8n', 'nodes', 'node_modules'));
		expect(installed.filter((name) => !name.startsWith('.'))).toEqual([PACKAGE_NAME]);
	}, 120_000);
});

/** Under CI=true it has to be there. */
const hasSqlite = process.env.CI === 'true' || programs().includes('sqlite3');

function programs(): string[] {
	return (process.env.PATH ?? '').split(delimiter).flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
}

(hasSqlite ? describe : describe.skip)('the backup of docs/applications.md', () => {
	test('copies a store that is in use', async () => {
		const [, command] = /`(sqlite3 push\.sqlite [^`]+)`/.exec(read('docs/applications.md')) ?? [];
		if (command === undefined) throw new Error('docs/applications.md has no sqlite3 command any more');
		const place = sqlitePlace();
		const store = await place.open();
		try {
			await store.documents.put('kept', 'in the backup', 0);
			const folder = dirname(place.file);
			const { code, output } = await inShell(command, folder);
			expect([code, output]).toEqual([0, '']);
			const backup = await openStore({
				kind: 'sqlite',
				file: join(folder, 'push-backup.sqlite'),
				workerPath: SQLITE_WORKER,
			});
			expect(await backup.documents.get('kept')).toMatchObject({ value: 'in the backup' });
			await backup.close();
		} finally {
			await store.close();
			await place.remove();
		}
	});
});

describe('the map of CONTRIBUTING.md', () => {
	const [{ text }] = blocksOf('CONTRIBUTING.md', '');
	const entries = text.split('\n').map((line) => ({
		isRoom: line.startsWith('  '),
		name: line.trim().split(/\s+/)[0] ?? '',
	}));
	const folders = (path: string) =>
		readdirSync(join(ROOT, path), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => `${name}/`);

	test('shows every room of the engine, in the order in which they may import', () => {
		const rooms = entries.filter(({ isRoom, name }) => isRoom && name.endsWith('/')).map(({ name }) => name);
		const [, inLint = ''] = /^const rooms = \[([^\]]+)\]/m.exec(read('eslint.config.mjs')) ?? [];
		expect(rooms).toEqual([...inLint.matchAll(/'(\w+)'/g)].map(([, room]) => `${room}/`));
		expect([...rooms].sort()).toEqual(folders('push').sort());
	});

	test('shows only what exists', () => {
		const missing = entries.filter(({ isRoom, name }) => !existsSync(join(ROOT, isRoom ? 'push' : '', name)));
		expect(missing).toEqual([]);
	});
});
