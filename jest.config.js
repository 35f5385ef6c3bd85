const { availableParallelism } = require('node:os');

/** What every project shares. jose, echarts and GitHub's workflow parser are ESM only: tests use what test/setup/bundles.js makes with esbuild. */
const base = {
	testEnvironment: 'node',
	cacheDirectory: '<rootDir>/.cache/jest',
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
		],
	},
	moduleNameMapper: {
		'^jose$': '<rootDir>/.cache/jose.cjs',
		'^@actions/workflow-parser$': '<rootDir>/.cache/workflow-parser.cjs',
		'(^\\.|/push)/report$': '<rootDir>/.cache/report.cjs',
	},
	globalSetup: '<rootDir>/test/setup/bundles.js',
	// A busy machine, not a hanging test, is what takes longer than jest's 5 s.
	testTimeout: 20_000,
	// Many tests wait for timers and sockets: on two cores, two at a time are quicker than jest's one.
	maxWorkers: Math.max(2, availableParallelism() - 1),
};

const suites = {
	/** `npm test`: units, simulators, oracles, n8n's engine in-process. */
	default: {
		testMatch: ['<rootDir>/test/**/*.test.ts'],
		testPathIgnorePatterns: ['/test/full-n8n/', '/test/browser/', '/test/faults/', '/test/queue/'],
	},
	/** `npm run test:n8n`: the full n8n. */
	n8n: { testMatch: ['<rootDir>/test/full-n8n/**/*.test.ts'] },
	/** `npm run test:browser`: n8n's editor in Chromium. */
	browser: { testMatch: ['<rootDir>/test/browser/**/*.test.ts'] },
	/** `npm run test:queue`: the full n8n in queue mode, on PostgreSQL and Redis. */
	queue: { testMatch: ['<rootDir>/test/queue/**/*.test.ts'] },
	/** `npm run test:faults`. */
	faults: { testMatch: ['<rootDir>/test/faults/**/*.test.ts'] },
};

const suite = suites[process.env.TEST_SUITE ?? 'default'];
if (!suite) throw new Error(`TEST_SUITE must be one of ${Object.keys(suites).join(', ')}`);

module.exports = { ...base, ...suite };
