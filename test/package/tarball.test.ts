import { mkdtemp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { ensureBuilt } from '../../scripts/build';
import { npm, run } from '../../scripts/fullN8n/commands';
import { PACKAGE_NAME, packPackage } from '../../scripts/fullN8n/package';
import { ROOT } from '../../scripts/fullN8n/paths';

/**
 * Requires each file as if it were the first one, and reports what it exports or why it did not load.
 * Runs in a process of its own: jest's module system would find what only the repository has.
 */
const LOADER = `
const { createRequire } = require('node:module');
const { resolve } = require('node:path');
const load = createRequire(resolve('package.json'));
const report = {};
for (const file of JSON.parse(process.argv[1])) {
	for (const loaded of Object.keys(require.cache)) if (loaded.startsWith(process.cwd())) delete require.cache[loaded];
	try {
		const exported = load('./' + file);
		const names = Object.keys(exported);
		const made = names.filter((name) => /\\.(node|credentials)\\.js$/.test(file) && new exported[name]());
		report[file] = { names, made, engineLoaded: Object.keys(require.cache).some((path) => /dist.push.index\\.js$/.test(path)) };
	} catch (error) {
		report[file] = { failure: String(error && error.stack || error) };
	}
}
process.stdout.write(JSON.stringify(report));
`;

interface Loaded {
	/** What the file exports. */
	names?: string[];
	/** Exported classes that could be made with `new`, as n8n does. */
	made?: string[];
	/** Whether loading the file loaded the engine too. */
	engineLoaded?: boolean;
	failure?: string;
}

interface Manifest {
	dependencies?: object;
	optionalDependencies?: object;
	bundleDependencies?: unknown;
	bundledDependencies?: unknown;
	peerDependencies?: object;
	scripts?: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

describe('the packed package, installed with only n8n-workflow beside it', () => {
	let folder: string;
	let installed: string;
	let files: string[];
	let manifest: Manifest;
	let loaded: Record<string, Loaded>;

	beforeAll(async () => {
		await ensureBuilt();
		folder = await mkdtemp(join(tmpdir(), 'push-tarball-'));
		installed = join(folder, 'node_modules', PACKAGE_NAME);
		const tarball = await packPackage(folder);
		await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
		const install = [
			'install',
			'--offline',
			'--ignore-scripts',
			'--legacy-peer-deps',
			'--no-audit',
			'--no-fund',
			'--no-package-lock',
		];
		const { code, output } = await npm([...install, tarball], folder);
		if (code !== 0) throw new Error(`npm could not install the tarball:\n${output}`);
		expect(await readdir(join(folder, 'node_modules'))).toEqual(
			expect.not.arrayContaining(['n8n-workflow', 'undici', 'jose']),
		);
		await mkdir(join(folder, 'node_modules'), { recursive: true });
		await symlink(join(ROOT, 'node_modules', 'n8n-workflow'), join(folder, 'node_modules', 'n8n-workflow'), 'dir');

		files = (await readdir(installed, { recursive: true, withFileTypes: true }))
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
			.sort();
		manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
		const scripts = files.filter((file) => /\.[cm]?js$/.test(file));
		const child = await run(process.execPath, ['-e', LOADER, JSON.stringify(scripts)], {
			cwd: installed,
			env: { PATH: process.env.PATH, HOME: folder },
		});
		if (child.code !== 0) throw new Error(`The files could not be loaded:\n${child.output}`);
		loaded = JSON.parse(child.stdout);
	}, 120_000);

	afterAll(async () => {
		if (folder) await rm(folder, { recursive: true, force: true });
	});

	it('loads file by file', () => {
		const failures = Object.entries(loaded).filter(([, { failure }]) => failure !== undefined);
		expect(failures).toEqual([]);
		expect(Object.keys(loaded)).toEqual(expect.arrayContaining(['index.js', join('dist', 'push', 'index.js')]));
	});

	it('holds every node and credential that package.json names, under the name n8n looks for', () => {
		const named = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		expect(manifest.n8n.nodes.length).toBeGreaterThan(0);
		expect(manifest.n8n.credentials.length).toBeGreaterThan(0);
		for (const file of named) expect([file, loaded[file]?.made]).toEqual([file, [basename(file).split('.')[0]]]);
	});

	it('names every node and credential it holds', () => {
		const held = files.filter((file) => /\.(node|credentials)\.js$/.test(file));
		expect(held.sort()).toEqual([...manifest.n8n.nodes, ...manifest.n8n.credentials].sort());
	});

	it('holds what users need and nothing else', () => {
		const needed = [
			/^(package\.json|README\.md|LICENSE\.md|index\.js)$/,
			/^dist\/THIRD-PARTY-LICENCES\.md$/,
			/^dist\/(nodes|credentials)\/.+\.js$/,
			/^dist\/nodes\/\w+\/\w+\.node\.json$/,
			/^dist\/icons\/\w+(\.dark)?\.svg$/,
			/^dist\/push\/[\w-]+\.js$/,
			/^dist\/push\/.+\.d\.ts$/,
		];
		expect(files.filter((file) => !needed.some((pattern) => pattern.test(file)))).toEqual([]);
		expect(files.filter((file) => /(^|\/)(test|tests|scripts)\/|\.map$/.test(file))).toEqual([]);
	});

	it('loads no engine when n8n reads its nodes and credentials', () => {
		const eager = [...manifest.n8n.nodes, ...manifest.n8n.credentials].filter(
			(file) => loaded[file]?.engineLoaded !== false,
		);
		expect(eager).toEqual([]);
	});

	it('gives other programs the engine', () => {
		expect(loaded['index.js']?.names).toEqual(loaded[join('dist', 'push', 'index.js')]?.names);
		expect(loaded['index.js']?.names).toContain('compileNotification');
	});

	it('brings an icon for every node and credential', async () => {
		const missing: string[] = [];
		for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
			const text = await readFile(join(installed, file), 'utf8');
			const icons = [...text.matchAll(/'file:([^']+)'|"file:([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
			if (icons.length === 0) missing.push(`${file} names no icon`);
			for (const icon of icons) if (!files.includes(join(file, '..', icon))) missing.push(`${file}: ${icon}`);
		}
		expect(missing).toEqual([]);
	});

	it('holds what a user needs and nothing of the workshop', () => {
		const roots = new Set(files.map((file) => file.split(/[\\/]/)[0]));
		const allowed = ['dist', 'index.js', 'README.md', 'LICENSE.md', 'CHANGELOG.md', 'package.json'];
		expect([...roots].filter((root) => !allowed.includes(root ?? ''))).toEqual([]);
		expect([...roots]).toEqual(expect.arrayContaining(['dist', 'index.js', 'LICENSE.md', 'README.md', 'package.json']));
		expect(
			files.filter((file) => /\.map$|\.tsbuildinfo$|(?<!\.d)\.ts$|[\\/]test[\\/]|\.test\.|simulators/.test(file)),
		).toEqual([]);
	});

	it('installs nothing beside itself and runs nothing while it is installed', async () => {
		const { dependencies, optionalDependencies, bundleDependencies, bundledDependencies, peerDependencies, scripts } =
			manifest;
		expect({ dependencies, optionalDependencies, bundleDependencies, bundledDependencies }).toEqual({});
		expect(peerDependencies).toEqual({ 'n8n-workflow': '*' });
		const lifecycle = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare', 'prepublish'];
		expect(Object.keys(scripts ?? {}).filter((name) => lifecycle.includes(name))).toEqual([]);
	});

	it('brings the licence text of every library in its bundle', async () => {
		const bundles = (await readdir(join(installed, 'dist', 'push'))).filter((file) => file.endsWith('.js'));
		const texts = await Promise.all(
			bundles.map(async (file) => await readFile(join(installed, 'dist', 'push', file), 'utf8')),
		);
		const bundle = texts.join('\n');
		// esbuild writes above each module where it came from.
		const modules = bundle.matchAll(/^\s*\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm);
		const bundled = new Set([...modules].map((match) => match[1]));
		const notices = await readFile(join(installed, 'dist', 'THIRD-PARTY-LICENCES.md'), 'utf8');
		const licensed = new Set([...notices.matchAll(/^## (\S+) \S+ \(/gm)].map((match) => match[1]));
		expect([...bundled]).toEqual(expect.arrayContaining(['jose', 'undici', 'node-forge', 'zod']));
		expect([...licensed].sort()).toEqual([...bundled].sort());
	});
});
