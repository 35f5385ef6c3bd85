const { build } = require('esbuild');
const { connect } = require('node:net');
const { join } = require('node:path');

/**
 * What tests that run from sources need built: jose, GitHub's workflow parser and the report with its plotting library
 * (jest cannot load ES modules), and the store's worker thread.
 */
module.exports = async () => {
	const root = join(__dirname, '..', '..');
	await build({
		entryPoints: {
			jose: require.resolve('jose'),
			'workflow-parser': join(root, 'node_modules/@actions/workflow-parser/dist/index.js'),
			report: join(root, 'push/report.ts'),
			'sqlite-worker': join(root, 'push/store/sqlite/worker.ts'),
		},
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node24',
		outdir: join(root, '.cache'),
		// Whatever a package.json above says: these are no ES modules.
		outExtension: { '.js': '.cjs' },
		logLevel: 'error',
	});
	process.env.PUSH_TEST_POSTGRES = (await listens('127.0.0.1', 5432)) ? 'yes' : 'no';
	process.env.PUSH_TEST_REDIS = (await listens('127.0.0.1', 6379)) ? 'yes' : 'no';
};

/** Without a PostgreSQL or a Redis their tests skip visibly; under CI=true they run and fail. */
function listens(host, port) {
	return new Promise((resolve) => {
		const socket = connect({ host, port });
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(process.env.CI === 'true'));
	});
}
