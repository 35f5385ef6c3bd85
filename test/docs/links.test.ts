import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../../scripts/fullN8n';
import { packageTypes } from './packageTypes';
import { anchorsOf, ownTarget, PAGES, proseOf } from './pages';

interface Link {
	/** Where it stands. */
	readonly page: string;
	readonly url: string;
}

const linksOfPages: Link[] = PAGES.flatMap((page) =>
	[...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, url = '']) => ({ page, url })),
);

/** What is wrong with a link to something of ours; undefined when it leads somewhere. */
function problemOf({ page, url }: Link): string | undefined {
	const target = ownTarget(page, url);
	if (!target) return undefined;
	if (!existsSync(join(ROOT, target.path))) return `${page}: ${url} does not exist`;
	if (target.anchor === undefined || !target.path.endsWith('.md')) return undefined;
	return anchorsOf(target.path).includes(target.anchor) ? undefined : `${page}: ${url} has no such heading`;
}

test('every link between the pages leads to a file and a heading that exist', () => {
	expect(linksOfPages.length).toBeGreaterThan(50);
	expect(linksOfPages.map(problemOf).filter((problem) => problem !== undefined)).toEqual([]);
});

test('every page is reached from the README, directly or over other pages', () => {
	const reached = new Set(['README.md']);
	for (const page of reached) {
		for (const link of linksOfPages.filter((candidate) => candidate.page === page)) {
			const target = ownTarget(page, link.url);
			if (target?.path.endsWith('.md')) reached.add(target.path);
			// A link to the folder of decisions lists all of them.
			else if (target && existsSync(join(ROOT, target.path)))
				PAGES.filter((other) => other.startsWith(`${target.path}/`)).forEach((other) => reached.add(other));
		}
	}
	expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});

test('every picture is shown on some page', () => {
	const shown = new Set(linksOfPages.map(({ page, url }) => ownTarget(page, url)?.path));
	const pictures = readdirSync(join(ROOT, 'docs', 'images')).map((file) => `docs/images/${file}`);
	expect(pictures.filter((picture) => !shown.has(picture))).toEqual([]);
});

type Entry = INodeProperties | INodePropertyOptions | INodePropertyCollection;

function descriptionsOf(entries: readonly Entry[]): string[] {
	return entries.flatMap((entry) => {
		const own = 'description' in entry && entry.description ? [entry.description] : [];
		const inner = 'values' in entry ? entry.values : 'options' in entry ? (entry.options ?? []) : [];
		return [...own, ...descriptionsOf(inner)];
	});
}

test('every link in the editor leads to a page and a heading that exist', async () => {
	const { nodes, credentials, codex } = await packageTypes();
	const inFields = nodes
		.flatMap(({ description }) => descriptionsOf(description.properties))
		.flatMap((text) => [...text.matchAll(/href="([^"]+)"/g)].map(([, url = '']) => url));
	const documentation = codex.flatMap(({ resources }) =>
		[...resources.primaryDocumentation, ...resources.credentialDocumentation].map(({ url }) => url),
	);
	const urls = [
		...new Set([...inFields, ...documentation, ...credentials.map(({ documentationUrl = '' }) => documentationUrl)]),
	];
	expect(urls.length).toBeGreaterThan(15);
	expect(urls.map((url) => problemOf({ page: 'the editor', url })).filter((problem) => problem !== undefined)).toEqual(
		[],
	);
});
