import type { INodeProperties } from 'n8n-workflow';

import { packageTypes } from './packageTypes';
import { anchorsOf, ownTarget, PAGES, proseOf, read } from './pages';

/** The part of a page under the heading with this anchor, to the next heading of the same rank; all of it without one. */
function sectionAt(url: string): string {
	const target = ownTarget('the editor', url);
	if (!target) throw new Error(`${url} is not a page of ours`);
	const text = read(target.path);
	if (target.anchor === undefined) return text;
	const headings = [...text.matchAll(/^(#{1,6}) +.+$/gm)];
	const start = anchorsOf(target.path).indexOf(target.anchor);
	const rank = headings[start]?.[1]?.length ?? 0;
	const next = headings.slice(start + 1).find(([, marks = '']) => marks.length <= rank);
	return text.slice(headings[start]?.index, next?.index);
}

const slugOf = (title: string) => title.toLowerCase().replaceAll(' ', '-');

const isField = ({ type }: INodeProperties) => !['notice', 'hidden', 'button'].includes(type);

test('the help of each credential is its own part of docs/credentials.md, which names all of its fields', async () => {
	const { credentials } = await packageTypes();
	const advanced = sectionAt('docs/credentials.md#advanced');
	const missing = credentials.flatMap(({ displayName, documentationUrl = '', properties }) => {
		const anchor = documentationUrl.split('docs/credentials.md#')[1] ?? '';
		if (!anchor.startsWith(slugOf(displayName))) return [`${displayName}: ${documentationUrl}`];
		const section = sectionAt(documentationUrl);
		return properties
			.filter(isField)
			.filter((field) => !section.includes(field.displayName) && !advanced.includes(field.displayName))
			.map((field) => `${displayName}: ${field.displayName}`);
	});
	expect(missing).toEqual([]);
});

test('the help of each node is a page of its own', async () => {
	const { codex } = await packageTypes();
	const pages = codex.map(({ resources }) => resources.primaryDocumentation[0]?.url ?? '');
	expect(pages.filter((page) => !/\/docs\/[\w-]+\.md$/.test(page))).toEqual([]);
	expect(new Set(pages).size).toBe(codex.length);
});

test('the page of the trigger names all of its fields', async () => {
	const { nodes } = await packageTypes();
	const fields = nodes.find(({ description }) => description.name === 'deliveryResultTrigger')?.description.properties;
	const names = (fields ?? []).flatMap((field) => [
		field.displayName,
		...(field.options ?? []).flatMap((option) => ('default' in option ? [option.displayName] : [])),
	]);
	expect(names.length).toBeGreaterThan(20);
	const page = read('docs/delivery-result-trigger.md');
	expect(names.map((name) => name.replace(/ \(.*\)$/, '')).filter((name) => !page.includes(name))).toEqual([]);
});

/** What pages name in italics and is not ours: n8n's editor and its nodes, phones, Xcode. */
const OTHERS = new Set([
	...['Settings', 'Community nodes', 'Create workflow', 'Add first step…', 'Trigger manually', 'Execute step', 'Test'],
	...['Webhook', 'Postgres', 'Execute Query', 'Respond to Webhook', 'Import from File', 'Tools', 'Set Manually'],
	...[
		'Save successful executions',
		'Timeout Workflow',
		'On Error',
		'Stop Workflow',
		'Continue',
		'Push Notifications',
		'Do not disturb',
	],
	// A heading of the same page.
	'Batches',
]);

/** Every text a field, a choice or an action of ours shows, also without what stands in brackets behind it. */
function namesIn(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(namesIn);
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const isName = ['displayName', 'name', 'action'].includes(key) && typeof inner === 'string';
		return isName ? [inner, inner.replace(/ \(.*\)$/, '')] : namesIn(inner);
	});
}

test('what the pages call by name in italics is called so in the editor', async () => {
	const { nodes, credentials } = await packageTypes();
	const names = namesIn([nodes.map(({ description }) => description), credentials]);
	const known = (name: string) => OTHERS.has(name) || names.some((own) => own.startsWith(name));
	// The consoles of Apple, Google, Baidu and Amazon are on docs/credentials.md; decisions speak of other things.
	const pages = PAGES.filter((page) => !/credentials|decisions|CHANGELOG|performance/.test(page));
	const unknown = pages.flatMap((page) =>
		[
			...proseOf(page)
				.replace(/\*\*[^*]+\*\*/g, '')
				.matchAll(/(?<![*\w])\*([A-Z][^*\n]+)\*(?!\*)/g),
		]
			.flatMap(([, text = '']) => (known(text) ? [] : text.split(/, *| → |: /)))
			.filter((name) => !known(name))
			.map((name) => `${page}: ${name}`),
	);
	expect(unknown).toEqual([]);
});
