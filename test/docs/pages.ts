import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

import { ROOT } from '../../scripts/fullN8n';

/** Where links to our own repository lead: they are checked as if they were relative. */
const REPOSITORY = 'https://github.com/n8n-nodes-push-notifications/n8n-nodes-push-notifications/blob/main/';

/** Paths from the root of every page people read. */
export const PAGES: readonly string[] = [
	...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
	...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.md'))
		.map((file) => posix.join('docs', file)),
].sort();

export function read(page: string): string {
	return readFileSync(join(ROOT, page), 'utf8');
}

export interface Snippet {
	readonly page: string;
	/** Line of the opening fence, from 1. */
	readonly line: number;
	/** Empty when the fence names none. */
	readonly language: string;
	readonly text: string;
}

/** Fenced blocks, also those indented under a list item. */
export function snippetsOf(page: string): Snippet[] {
	const snippets: Snippet[] = [];
	let open: { indent: string; language: string; line: number; lines: string[] } | undefined;
	read(page)
		.split('\n')
		.forEach((text, index) => {
			const [, indent = '', language = ''] = /^(\s*)```(\S*)/.exec(text) ?? [];
			const isFence = /^\s*```/.test(text);
			if (open && isFence) {
				snippets.push({ page, line: open.line, language: open.language, text: open.lines.join('\n') });
				open = undefined;
			} else if (open) open.lines.push(text.slice(open.indent.length));
			else if (isFence) open = { indent, language, line: index + 1, lines: [] };
		});
	return snippets;
}

export const SNIPPETS: readonly Snippet[] = PAGES.flatMap(snippetsOf);

export function inLanguage(...languages: readonly string[]): Snippet[] {
	return SNIPPETS.filter(({ language }) => languages.includes(language));
}

/**
 * The blocks of one page in one language.
 * @throws Error when there is none, so that a test does not pass by having nothing to do
 */
export function blocksOf(page: string, language: string): [Snippet, ...Snippet[]] {
	const [first, ...more] = SNIPPETS.filter((snippet) => snippet.page === page && snippet.language === language);
	if (!first) throw new Error(`${page} has no block of ${language === '' ? 'plain text' : language} any more`);
	return [first, ...more];
}

/** A page without its code: blocks and `inline`. */
export function proseOf(page: string): string {
	return read(page)
		.replace(/^\s*```[\s\S]*?^\s*```/gm, '')
		.replace(/`[^`\n]*`/g, '');
}

/** The anchors GitHub makes of a page's headings. */
export function anchorsOf(page: string): string[] {
	const seen = new Map<string, number>();
	return [...read(page).matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = '']) => {
		const slug = title
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.trim()
			.replace(/\s/g, '-');
		const count = seen.get(slug) ?? 0;
		seen.set(slug, count + 1);
		return count === 0 ? slug : `${slug}-${count}`;
	});
}

/** A link of a page as a path from the root and an anchor; undefined for other sites. */
export function ownTarget(page: string, url: string): { path: string; anchor: string | undefined } | undefined {
	const inside = url.startsWith(REPOSITORY);
	if (!inside && /^[a-z]+:/i.test(url)) return undefined;
	const [path = '', anchor] = (inside ? url.slice(REPOSITORY.length) : url).split('#');
	if (inside) return { path, anchor };
	const base = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
	return { path: base, anchor };
}
