import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

/** Rooms of the engine in the order of the design: a room imports only rooms before it. */
const rooms = [
	'model',
	'security',
	'store',
	'transport',
	'messages',
	'providers',
	'sending',
	'results',
	'applications',
	'templates',
	'campaigns',
];

/** Two more fences: neither providers nor sending ever see the store. */
const fences = { providers: ['store'], sending: ['store'] };

const zones = rooms.map((room, index) => ({
	target: `./push/${room}`,
	from: [
		...rooms.slice(index + 1).map((later) => `./push/${later}`),
		...(fences[room] ?? []).map((fenced) => `./push/${fenced}`),
		'./push/index.ts',
		'./nodes',
		'./credentials',
		'./test',
	],
	message: `push/${room} may import only the rooms before it (design: "One way").`,
}));

export default [
	{ ignores: ['dist/**', '.cache/**', '.n8n-dev/**', 'coverage/**'] },
	...configWithoutCloudSupport,
	{
		files: ['push/**/*.ts'],
		rules: {
			// The engine throws its own PushError; nodes/shared/errors.ts turns it into n8n's.
			'@n8n/community-nodes/require-node-api-error': 'off',
			'no-restricted-imports': [
				'error',
				{
					patterns: [
						{ group: ['n8n-workflow', 'n8n-core', '@n8n/*'], message: 'The engine knows nothing of n8n.' },
						{ group: ['**/nodes/**', '**/credentials/**', '**/test/**'], message: 'The engine stands alone.' },
					],
				},
			],
			'import-x/no-restricted-paths': ['error', { zones }],
		},
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
		rules: {
			// Types from anywhere in the engine, values only from its composer, loaded at first use.
			'@typescript-eslint/no-restricted-imports': [
				'error',
				{
					patterns: [
						{
							regex: '/push(/.*)?$',
							allowTypeImports: true,
							message: 'Load the engine through nodes/shared/engine.ts.',
						},
					],
				},
			],
		},
	},
	{
		files: ['test/**/*.ts', 'scripts/**/*.ts', 'gulpfile.js'],
		rules: {
			// Tests and scripts have no n8n node to blame.
			'@n8n/community-nodes/require-node-api-error': 'off',
			// They start n8n, simulators and themselves again.
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			// They talk to a person at a terminal.
			'no-console': 'off',
		},
	},
];
