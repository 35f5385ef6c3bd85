'use strict';

/**
 * Runs a TypeScript script: `node scripts/run.js scripts/demo.ts [arguments]`.
 *
 * swc takes the types away file by file as Node requires them; the types themselves are checked by the lint step.
 */
const { transformSync } = require('@swc/core');
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
	console.error(
		`This script needs Node ${OLDEST_NODE} or later and was started with ${process.version}. ` +
			'Start it through its npm script ("npm run"), which uses the Node in node_modules.',
	);
	process.exit(1);
}

const [script, ...rest] = process.argv.slice(2);
if (!script) {
	console.error('Name the script to run: node scripts/run.js scripts/demo.ts');
	process.exit(1);
}

process.setSourceMapsEnabled(true);

require.extensions['.ts'] = (module, filename) => {
	const { code } = transformSync(readFileSync(filename, 'utf8'), {
		filename,
		configFile: false,
		swcrc: false,
		sourceMaps: 'inline',
		jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
		module: { type: 'commonjs' },
	});
	module._compile(code, filename);
};

const file = resolve(script);
// The script sees the arguments it would see if it had been started itself.
process.argv = [process.argv[0], file, ...rest];
require(file);
