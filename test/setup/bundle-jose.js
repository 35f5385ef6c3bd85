const { build } = require('esbuild');
const { join } = require('node:path');

/** jest cannot load ES modules without a flag; jose ships nothing else. */
module.exports = async () => {
	const root = join(__dirname, '..', '..');
	await build({
		entryPoints: [require.resolve('jose')],
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node24',
		outfile: join(root, '.cache', 'jose.cjs'),
		logLevel: 'error',
	});
};
