import { z } from 'zod/v4';
import { readTemplateContent } from '../messages';
import { PushError } from '../model';
import type { Store } from '../store';
import type { Context } from './context';
import { checkTags } from './names';

/** Templates in an exported file. */
export const exportedTemplates = z.array(
	z.strictObject({
		name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/),
		tags: z.record(z.string(), z.string()),
		activeVersion: z.int().min(1),
		latestVersion: z.int().min(1),
		versions: z.array(
			z.strictObject({
				version: z.int().min(1),
				content: z.record(z.string(), z.unknown()),
				description: z.string().max(500).optional(),
			}),
		),
	}),
);

type ExportedTemplate = z.infer<typeof exportedTemplates>[number];

/** All templates with their versions. */
export async function exportTemplates({ store }: Context): Promise<ExportedTemplate[]> {
	const found: ExportedTemplate[] = [];
	let after: string | undefined;
	do {
		const page = await store.templates.list({ limit: 200, ...(after ? { after } : {}) });
		for (const { name, tags, activeVersion, latestVersion } of page.items) {
			found.push({
				name,
				tags: { ...tags },
				activeVersion,
				latestVersion,
				versions: await exportVersions(store, name),
			});
		}
		after = page.next;
	} while (after);
	return found;
}

async function exportVersions(store: Store, name: string): Promise<ExportedTemplate['versions']> {
	const found: ExportedTemplate['versions'] = [];
	let after: string | undefined;
	do {
		const page = await store.templates.listVersions(name, { limit: 200, ...(after ? { after } : {}) });
		for (const { version, content, description } of page.items) {
			found.push({ version, content: { ...content }, ...(description === undefined ? {} : { description }) });
		}
		after = page.next;
	} while (after);
	return found;
}

/** @throws {PushError} `InvalidRequest` before anything is written */
export function checkTemplate({ name, activeVersion, latestVersion, versions, tags }: ExportedTemplate): void {
	checkTags(tags);
	for (const { content } of versions) readTemplateContent(content);
	const numbers = new Set(versions.map(({ version }) => version));
	if (numbers.size === versions.length && numbers.has(activeVersion) && Math.max(...numbers) <= latestVersion) return;
	throw new PushError('InvalidRequest', `The versions of the template "${name}" in the file do not fit together.`, {
		hint: 'Nothing was imported. Give the JSON as it was exported.',
	});
}

/** @returns false when the name exists already; that template stays as it is. */
export async function importTemplate({ store, clock }: Context, imported: ExportedTemplate): Promise<boolean> {
	const { name, tags, activeVersion, latestVersion, versions } = imported;
	if (await store.templates.get(name)) return false;
	const now = clock.now();
	const times = { createdAt: now, updatedAt: now };
	await store.templates.insert(
		{ name, tags, activeVersion, latestVersion, ...times, revision: 1 },
		versions.map(({ version, content, description }) => ({
			name,
			version,
			content: readTemplateContent(content),
			...(description === undefined ? {} : { description }),
			...times,
		})),
	);
	return true;
}
