import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from '../../scripts/errorsPage';

test('docs/errors.md says what the tables say ("npm run docs:errors" writes it)', () => {
	expect(readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8')).toBe(errorsPage());
});

test('every reason has a sentence', () => {
	const rows = errorsPage()
		.split('\n')
		.filter((line) => /^\| `[^`]+` \| [A-Z_]+ \|/.test(line));
	expect(rows.length).toBeGreaterThan(100);
	const mute = rows.filter((row) => (row.split(' | ')[4] ?? '').replace(/ \|$/, '').length < 20);
	// Success needs no sentence: Baidu's "already done" is one.
	expect(mute).toEqual([]);
});
