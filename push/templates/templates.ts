import { checkTags, type Caller, type Context, perform, resource } from '../applications';
import { type CompiledTemplate, readTemplateContent } from '../messages';
import { PushError, type PushTemplate, type PushTemplateVersion } from '../model';
import type { Page, PageRequest } from '../store';
import { compileTemplate } from './compile';
import { checkDescription, checkRoom, checkTemplateName, checkVersionNumber } from './rules';

/** A template with one of its versions. */
export interface TemplateView {
	readonly template: PushTemplate;
	readonly version: PushTemplateVersion;
}

export interface NewTemplate {
	readonly name: string;
	/** AWS's PushNotificationTemplateRequest, the parts alone. */
	readonly content: unknown;
	readonly description?: string;
	readonly tags?: Readonly<Record<string, string>>;
}

export interface TemplateChange {
	/** Absent: the content stays. */
	readonly content?: unknown;
	readonly description?: string;
	readonly tags?: Readonly<Record<string, string>>;
	/** Makes the next version, which is not active by itself. Otherwise the latest one is overwritten. */
	readonly createNewVersion?: boolean;
	/** When overwriting: the latest version as the caller knows it. */
	readonly version?: number;
}

/** Named messages with versions (AWS: push templates). */
export interface Templates {
	create(caller: Caller, input: NewTemplate): Promise<TemplateView>;
	/** The active version, unless one is asked for. @throws {PushError} `NotFound` */
	get(caller: Caller, name: string, version?: number): Promise<TemplateView>;
	list(caller: Caller, page: PageRequest & { readonly prefix?: string }): Promise<Page<PushTemplate>>;
	/** The newest first. */
	listVersions(
		caller: Caller,
		name: string,
		page: PageRequest,
	): Promise<Page<PushTemplateVersion> & { readonly activeVersion: number }>;
	update(caller: Caller, name: string, change: TemplateChange): Promise<TemplateView>;
	setActiveVersion(caller: Caller, name: string, version: number): Promise<TemplateView>;
	/** One version, or without one the whole template. @throws {PushError} `InvalidRequest` for the active version among several */
	delete(caller: Caller, name: string, version?: number): Promise<{ readonly name: string; readonly version?: number }>;
	/** Ready for sending. @throws {PushError} `NotFound`, `AccessDenied` */
	compiled(caller: Caller, name: string, version?: number): Promise<CompiledTemplate>;
}

/** Compiled versions kept at most. */
const MAX_COMPILED = 200;

export function createTemplates(context: Context): Templates {
	const { store, clock } = context;
	const compiledVersions = new Map<string, Promise<CompiledTemplate>>();

	const find = async (caller: Caller, name: string): Promise<PushTemplate> => {
		const found = await store.templates.get(name.trim());
		if (found) return found;
		// Whoever may do nothing here shall not learn which names exist.
		const operation = { action: 'ListTemplates', resource: resource.templates(), changes: false } as const;
		return await perform(context, caller, operation, async () => {
			throw new PushError('NotFound', `There is no template "${name.trim().slice(0, 128)}".`, {
				hint: 'Choose one from the list, or create it with Manage App. Names differ by upper and lower case.',
			});
		});
	};

	const versionOf = async (template: PushTemplate, version = template.activeVersion): Promise<PushTemplateVersion> => {
		const found = await store.templates.getVersion(template.name, version);
		if (found) return found;
		throw new PushError('NotFound', `The template "${template.name}" has no version ${version}.`, {
			hint: `Versions go up to ${template.latestVersion}; List Versions shows those that are left.`,
		});
	};

	const view = async (caller: Caller, name: string, version?: number): Promise<TemplateView> => {
		const template = await find(caller, name);
		const { name: found, tags } = template;
		const operation = { action: 'GetPushTemplate', resource: resource.template(found), tags, changes: false } as const;
		return await perform(context, caller, operation, async () => ({
			template,
			version: await versionOf(template, version),
		}));
	};

	return {
		async create(caller, { name: given, content: parts, description, tags = {} }) {
			const name = checkTemplateName(given);
			const operation = {
				action: 'CreatePushTemplate',
				resource: resource.template(name),
				tags,
				details: { name, tags },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				const now = clock.now();
				const template: PushTemplate = {
					name,
					tags: checkTags(tags),
					activeVersion: 1,
					latestVersion: 1,
					createdAt: now,
					updatedAt: now,
					revision: 1,
				};
				const version = await checked({
					name,
					version: 1,
					content: readTemplateContent(parts),
					description,
					createdAt: now,
					updatedAt: now,
				});
				checkRoom(await store.templates.count());
				await store.templates.insert(template, [version]).catch(nameTaken(name));
				return { template, version };
			});
		},

		get: view,

		async list(caller, page) {
			const operation = { action: 'ListTemplates', resource: resource.templates(), changes: false } as const;
			return await perform(context, caller, operation, async () => await store.templates.list(page));
		},

		async listVersions(caller, given, page) {
			const { name, tags, activeVersion } = await find(caller, given);
			const operation = {
				action: 'ListTemplateVersions',
				resource: resource.template(name),
				tags,
				changes: false,
			} as const;
			const found = await perform(
				context,
				caller,
				operation,
				async () => await store.templates.listVersions(name, page),
			);
			return { ...found, activeVersion };
		},

		async update(caller, given, change) {
			const before = await find(caller, given);
			const { name } = before;
			const operation = {
				action: 'UpdatePushTemplate',
				resource: resource.template(name),
				tags: before.tags,
				details: { createNewVersion: change.createNewVersion === true, ...(change.tags ? { tags: change.tags } : {}) },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				checkVersion(before, change);
				const now = clock.now();
				const latest = await store.templates.getVersion(name, before.latestVersion);
				const made = change.createNewVersion || !latest;
				const number = made ? before.latestVersion + 1 : before.latestVersion;
				checkVersionNumber(name, number);
				const base = latest ?? (await versionOf(before));
				const version = await checked({
					name,
					version: number,
					content: change.content === undefined ? base.content : readTemplateContent(change.content),
					description: change.description ?? base.description,
					createdAt: made ? now : base.createdAt,
					updatedAt: now,
				});
				const template: PushTemplate = {
					...before,
					tags: change.tags ? checkTags(change.tags) : before.tags,
					latestVersion: number,
					updatedAt: now,
					revision: before.revision + 1,
				};
				await store.templates.update(template, before.revision, version);
				return { template, version };
			});
		},

		async setActiveVersion(caller, given, activeVersion) {
			const before = await find(caller, given);
			const operation = {
				action: 'UpdateTemplateActiveVersion',
				resource: resource.template(before.name),
				tags: before.tags,
				details: { activeVersion },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				const version = await versionOf(before, activeVersion);
				const template = { ...before, activeVersion, updatedAt: clock.now(), revision: before.revision + 1 };
				await store.templates.update(template, before.revision);
				return { template, version };
			});
		},

		async delete(caller, given, version) {
			const template = await find(caller, given);
			const { name, tags } = template;
			const operation = {
				action: 'DeletePushTemplate',
				resource: resource.template(name),
				tags,
				details: version === undefined ? {} : { version },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				if (version === undefined) {
					await store.templates.remove(name);
					return { name };
				}
				await versionOf(template, version);
				if (version === template.activeVersion) throw activeVersionStays(template);
				const changed = { ...template, updatedAt: clock.now(), revision: template.revision + 1 };
				await store.templates.removeVersion(changed, template.revision, version);
				return { name, version };
			});
		},

		async compiled(caller, name, version) {
			const found = (await view(caller, name, version)).version;
			const key = JSON.stringify([found.name, found.version, found.content]);
			const known = compiledVersions.get(key) ?? compileTemplate(found);
			compiledVersions.delete(key);
			compiledVersions.set(key, known);
			known.catch(() => compiledVersions.delete(key));
			for (const oldest of compiledVersions.keys()) {
				if (compiledVersions.size <= MAX_COMPILED) break;
				compiledVersions.delete(oldest);
			}
			return await known;
		},
	};
}

/** What could not be sent is not stored either. @throws {PushError} `InvalidRequest` */
async function checked(
	version: Omit<PushTemplateVersion, 'description'> & { readonly description: string | undefined },
): Promise<PushTemplateVersion> {
	const { description, ...rest } = version;
	const whole: PushTemplateVersion = description ? { ...rest, description: checkDescription(description) } : rest;
	await compileTemplate(whole);
	return whole;
}

/** AWS: `version` must be the latest one, and cannot be given together with `create-new-version`. */
function checkVersion({ name, latestVersion }: PushTemplate, { version, createNewVersion }: TemplateChange): void {
	if (version === undefined) return;
	if (createNewVersion) {
		throw new PushError('InvalidRequest', 'A version to overwrite was given, and a new version was asked for.', {
			hint: 'Leave one of the two out.',
		});
	}
	if (version === latestVersion) return;
	throw new PushError(
		'StaleWrite',
		`Version ${version} of "${name}" is not the latest one: that is ${latestVersion}. Nothing was written.`,
		{
			hint: 'Only the latest version can be overwritten. Read it again and repeat the change, or make a new version.',
		},
	);
}

function activeVersionStays({ name, activeVersion }: PushTemplate): PushError {
	return new PushError(
		'InvalidRequest',
		`Version ${activeVersion} of "${name}" is the active one; it was not deleted.`,
		{
			hint: 'Set another version active first, or delete the whole template.',
		},
	);
}

function nameTaken(name: string) {
	return (error: unknown): never => {
		if (!(error instanceof PushError) || error.code !== 'Conflict') throw error;
		throw new PushError('Conflict', `There is a template "${name}" already.`, {
			hint: 'Choose another name, or use Update.',
		});
	};
}
