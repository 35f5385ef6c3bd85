import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../../scripts/fullN8n';
import * as engine from '../../push';
import { type Simulators, startSimulators } from '../simulators';
import { PAGES, read, type Snippet, SNIPPETS } from './pages';

const where = ({ page, line }: Snippet) => `${page}:${line}`;

const inLanguage = (...languages: string[]) => SNIPPETS.filter(({ language }) => languages.includes(language));

test('every block of JSON is JSON', () => {
	const blocks = inLanguage('json');
	expect(blocks.length).toBeGreaterThan(4);
	expect(blocks.filter(({ text }) => !isJson(text)).map(where)).toEqual([]);
});

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

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

	test('has no block that nobody runs', () => {
		expect(inLanguage('js', 'javascript', 'ts', 'typescript').map(({ page }) => page)).toEqual([
			'README.md',
			'docs/receive.md',
		]);
	});
});

test('code for phones, which cannot be compiled here, has its brackets in pairs', () => {
	const blocks = inLanguage('swift', 'kotlin', 'dart', 'xml');
	expect(blocks.map(({ language }) => language).sort()).toEqual(['dart', 'kotlin', 'swift', 'xml']);
	for (const { text, language } of blocks) {
		const code = text.replace(/"[^"\n]*"|'[^'\n]*'|\/\/.*$/gm, '');
		for (const pair of ['()', '{}', '[]', ...(language === 'xml' ? ['<>'] : [])]) {
			const [open, close] = [...pair].map((sign) => code.split(sign).length - 1);
			expect([language, pair, open]).toEqual([language, pair, close]);
		}
	}
});

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

	test('are npm scripts, our own files, or programs that are known', () => {
		const strange = lines
			.filter(({ language }) => language !== '')
			.filter(({ command }) => !/^npm /.test(command) && !OTHERS.test(command));
		expect(strange).toEqual([]);
	});
});
