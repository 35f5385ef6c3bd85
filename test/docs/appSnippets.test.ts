import { join } from 'node:path';

import { ROOT } from '../../scripts/fullN8n';
import { run } from '../../scripts/fullN8n/commands';
import { blocksOf } from './pages';

const GRAMMARS = { swift: 'swift', kotlin: 'kotlin', dart: 'dart', xml: 'html' } as const;

const LANGUAGES = ['swift', 'kotlin', 'dart', 'xml'] as const satisfies ReadonlyArray<keyof typeof GRAMMARS>;

type AppLanguage = (typeof LANGUAGES)[number];

/** For each piece of code, the lines at which the grammar of its language finds a mistake. */
async function mistakesIn(language: AppLanguage, pieces: readonly string[]): Promise<number[][]> {
	const given = JSON.stringify(pieces.map((code) => ({ grammar: GRAMMARS[language], code })));
	const program = join(ROOT, 'test', 'docs', 'syntaxTrees.js');
	const { code, stdout, output } = await run(process.execPath, ['--liftoff-only', program, given]);
	if (code !== 0) throw new Error(output);
	return JSON.parse(stdout);
}

test.each(LANGUAGES)('the %s of docs/receive.md has no syntax error, and one would be found', async (language) => {
	const [{ text }] = blocksOf('docs/receive.md', language);
	const cutShort = text.slice(0, text.lastIndexOf(language === 'xml' ? '</' : '}'));
	const openedTwice = text.replace(/[(<]/, '$&$&');
	const [asItIs, ...broken] = await mistakesIn(language, [text, cutShort, openedTwice]);
	expect(asItIs).toEqual([]);
	expect(broken.map((lines) => lines.length > 0)).toEqual([true, true]);
});
