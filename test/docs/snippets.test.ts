import { transformSync } from '@swc/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../../scripts/fullN8n';
import * as engine from '../../push';
import { type Simulators, startSimulators } from '../simulators';
import { inLanguage, SNIPPETS } from './pages';

/** Every block of code in the pages, in their order, and the test that runs it or holds it against the real thing. */
const RUN_BY: ReadonlyArray<readonly [page: string, language: string, test: string]> = [
	['CONTRIBUTING.md', 'sh', 'test/docs/commands.test.ts'],
	['CONTRIBUTING.md', '', 'test/docs/commands.test.ts'],
	['README.md', 'sh', 'test/docs/commands.test.ts'],
	['README.md', 'js', 'test/docs/snippets.test.ts'],
	['docs/applications.md', 'json', 'test/docs/content.test.ts'],
	['docs/concepts.md', '', 'a picture'],
	['docs/getting-started.md', 'sh', 'test/full-n8n/start.test.ts'],
	['docs/getting-started.md', 'text', 'test/docs/content.test.ts'],
	['docs/messages.md', '', 'test/docs/content.test.ts'],
	['docs/migrating-from-pinpoint.md', 'json', 'test/docs/content.test.ts'],
	['docs/migrating-from-pinpoint.md', 'json', 'test/docs/content.test.ts'],
	['docs/operations.md', 'sh', 'test/docs/commands.test.ts'],
	['docs/performance.md', '', 'test/docs/commands.test.ts'],
	['docs/performance.md', '', 'test/docs/commands.test.ts'],
	['docs/receive.md', 'sql', 'test/docs/content.test.ts'],
	['docs/receive.md', 'json', 'test/docs/content.test.ts'],
	['docs/receive.md', 'sql', 'test/docs/content.test.ts'],
	['docs/receive.md', 'swift', 'test/docs/appSnippets.test.ts'],
	['docs/receive.md', 'kotlin', 'test/docs/appSnippets.test.ts'],
	['docs/receive.md', 'xml', 'test/docs/appSnippets.test.ts'],
	['docs/receive.md', 'dart', 'test/docs/appSnippets.test.ts'],
	['docs/receive.md', 'javascript', 'test/docs/snippets.test.ts'],
	['docs/send-push.md', 'json', 'test/docs/content.test.ts'],
];

test('there is no block of code that no test runs', () => {
	expect(SNIPPETS.map(({ page, language }) => [page, language])).toEqual(
		RUN_BY.map(([page, language]) => [page, language]),
	);
	const tests = new Set(RUN_BY.map(([, , file]) => file).filter((file) => file !== 'a picture'));
	expect([...tests].filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

describe('the JavaScript', () => {
	let simulators: Simulators;

	beforeAll(async () => (simulators = await startSimulators()), 30_000);

	afterAll(async () => await simulators.close());

	/** Runs a snippet with `require` answering from the table, and hands out what it leaves in `module.exports`. */
	async function run(code: string, modules: Readonly<Record<string, unknown>>, log: (value: unknown) => void) {
		const module: { exports: Record<string, unknown> } = { exports: {} };
		const body = `return (async () => { ${code}\n })()`;
		const load = (name: string) => modules[name];
		await new Function('require', 'module', 'exports', 'console', body)(load, module, module.exports, { log });
		return module.exports;
	}

	test('of the README sends a push', async () => {
		const [snippet] = inLanguage('js').filter(({ page }) => page === 'README.md');
		const address = simulators.apns.production.goodAddress();
		const code = (snippet?.text ?? '')
			.replace("'<device token>'", JSON.stringify(address))
			.replace(/apns: \{[^}]*\}/, `apns: ${JSON.stringify(simulators.credentials.apnsKey)}`);
		const logged: unknown[] = [];
		await run(code, { 'n8n-nodes-push-notifications': engine }, (value) => logged.push(value));
		expect(logged).toEqual([[expect.objectContaining({ address, deliveryStatus: 'SUCCESSFUL' })]]);
		expect(simulators.apns.production.arrivals.map(({ body }) => JSON.parse(body).aps.alert)).toEqual([
			{ title: 'Hello', body: 'From plain Node.js' },
		]);
	});

	test('for React Native hands the token over, now and when it changes', async () => {
		const [snippet] = inLanguage('javascript').filter(({ page }) => page === 'docs/receive.md');
		const { code } = transformSync(snippet?.text ?? '', { module: { type: 'commonjs' }, jsc: { target: 'es2022' } });
		let refresh: (address: string) => void = () => undefined;
		const messaging = {
			AuthorizationStatus: { AUTHORIZED: 1, PROVISIONAL: 2 },
			getMessaging: () => 'messaging',
			requestPermission: async () => 1,
			getToken: async () => 'first',
			onTokenRefresh: (_: unknown, listener: typeof refresh) => (refresh = listener),
		};
		const { handOver } = await run(code, { '@react-native-firebase/messaging': messaging }, () => undefined);
		const got: string[] = [];
		if (typeof handOver !== 'function') throw new Error('The snippet exports no handOver');
		await handOver((address: string) => got.push(address));
		refresh('second');
		expect(got).toEqual(['first', 'second']);
	});
});
