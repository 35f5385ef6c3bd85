const { build: bundle } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { spawn } = require('node:child_process');
const { mkdir, readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');

const here = (...parts) => join(__dirname, ...parts);

async function clean() {
	await rm(here('dist'), { recursive: true, force: true });
	await rm(here('.cache/push.tsbuildinfo'), { force: true });
	await rm(here('.cache/nodes.tsbuildinfo'), { force: true });
}

function tsc(...options) {
	return new Promise((resolve, reject) => {
		const compiler = spawn(process.execPath, [require.resolve('typescript/bin/tsc'), ...options], {
			cwd: __dirname,
			stdio: 'inherit',
		});
		compiler.on('error', reject);
		compiler.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tsc found mistakes (exit ${code})`))));
	});
}

/** Nodes and credentials become JavaScript; of the engine only declarations (its code is the bundle). */
function types() {
	return tsc('-b', 'tsconfig.json');
}

/** Tests and scripts are only checked: jest and scripts/run.js read their sources. */
function testTypes() {
	return tsc('-p', 'test/tsconfig.json');
}

/** n8n installs nothing beside a community package, so the engine carries its libraries with it. */
async function engine() {
	const { metafile } = await bundle({
		entryPoints: {
			index: here('push/index.ts'),
			'sqlite-worker': here('push/store/sqlite/worker.ts'),
			report: here('push/report.ts'),
		},
		// Loaded when the first report is made.
		external: ['./report'],
		// A CommonJS file finds its neighbour by require() alone.
		supported: { 'dynamic-import': false },
		outdir: here('dist/push'),
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node24',
		legalComments: 'none',
		define: { PACKAGE_VERSION: JSON.stringify(require('./package.json').version) },
		metafile: true,
		logLevel: 'warning',
	});
	await licences(Object.keys(metafile.inputs));
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

/** node-forge may be used under BSD-3-Clause or GPL-2.0; this package takes the BSD licence. */
const CHOSEN_LICENCE = { 'node-forge': 'BSD-3-Clause' };

/** The licence texts of everything in the bundle, in one file. */
async function licences(inputs) {
	const folders = new Set();
	for (const input of inputs) {
		const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
		if (match) folders.add(match[1]);
	}
	const texts = [];
	for (const folder of [...folders].sort()) {
		const { name, version, license } = JSON.parse(await readFile(here(folder, 'package.json'), 'utf8'));
		const files = (await readdir(here(folder))).sort();
		const own = files.filter((file) => LICENCE_FILE.test(file));
		const parts = await Promise.all(own.map((file) => readFile(here(folder, file), 'utf8')));
		if (own.length === 0) parts.push(await licenceInReadme(name, folder, files));
		texts.push(`## ${name} ${version} (${CHOSEN_LICENCE[name] ?? license})\n\n${parts.join('\n').trim()}\n`);
	}
	await mkdir(here('dist'), { recursive: true });
	await writeFile(here('dist/THIRD-PARTY-LICENCES.md'), `# Bundled libraries\n\n${texts.join('\n')}`);
}

/** Some packages (pg-types, pgpass) have their licence at the end of the readme only. */
async function licenceInReadme(name, folder, files) {
	const readme = files.find((file) => /^readme\.md$/i.test(file));
	const section = readme && /^#+ *licen[cs]e *$([^]*)/im.exec(await readFile(here(folder, readme), 'utf8'));
	if (!section || !/copyright/i.test(section[1])) throw new Error(`${name} is bundled but has no licence text`);
	return section[1];
}

function assets() {
	return src(['nodes/**/*.svg', 'credentials/**/*.svg', 'icons/**/*.svg'], { base: __dirname, encoding: false }).pipe(
		dest(here('dist')),
	);
}

exports.build = series(clean, parallel(types, engine, assets));
/** What `npm test` needs: everything built, and the types of the tests. */
exports.pretest = parallel(exports.build, testTypes);
exports.default = exports.build;
