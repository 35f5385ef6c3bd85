import type { Application, ApplicationSettings } from '../model';
import { PushError } from '../model';
import type { Page } from '../store';
import type { Caller } from './caller';
import { type Context, perform } from './context';
import { checkName, checkTags } from './names';
import { actionOf, resource } from './resources';

/** The word that confirms a deletion, as in AWS's console. */
export const DELETE_WORD = 'delete';

const ID = /^[0-9a-f]{32}$/;

/** Rows a deletion removes at a time; a slice stays far below 50 ms. */
const PURGE_SLICE = 500;

/** How people name an application: by its id, or by its exact name. */
export type ApplicationLocator =
	| { readonly by: 'id'; readonly id: string }
	| { readonly by: 'name'; readonly name: string };

export type SettingsChange = {
	readonly [Field in keyof ApplicationSettings]?: Partial<ApplicationSettings[Field]> | null;
};

export interface ApplicationChange {
	readonly name?: string;
	/** Replaces all tags. */
	readonly tags?: Readonly<Record<string, string>>;
	/** Merged field by field, quiet hours also one end at a time; `null` clears one. */
	readonly settings?: SettingsChange;
}

export interface DeletionPreview {
	readonly application: Application;
	readonly channels: number;
	readonly suppressions: number;
	readonly idempotencyKeys: number;
}

export interface Applications {
	create(
		caller: Caller,
		input: {
			readonly name: string;
			readonly tags?: Readonly<Record<string, string>>;
			readonly settings?: ApplicationSettings;
		},
	): Promise<Application>;
	get(caller: Caller, locator: ApplicationLocator): Promise<Application>;
	list(
		caller: Caller,
		page: { readonly limit: number; readonly after?: string; readonly search?: string },
	): Promise<Page<Application>>;
	update(caller: Caller, locator: ApplicationLocator, change: ApplicationChange): Promise<Application>;
	/** What would go. Nothing is changed. */
	previewDelete(caller: Caller, locator: ApplicationLocator): Promise<DeletionPreview>;
	/** Gone for everyone at once, secrets destroyed; its rows follow in the background. @throws {PushError} `InvalidRequest` without the word */
	delete(caller: Caller, locator: ApplicationLocator, word: string): Promise<DeletionPreview>;
	/** Removes rows of deleted applications until none is left; picks up what a killed process left. */
	purge(): Promise<void>;
}

export function createApplications(context: Context): Applications {
	const { store, clock, random } = context;

	return {
		async create(caller, { name, tags = {}, settings = {} }) {
			const now = clock.now();
			const application: Application = {
				id: random.uuid().replaceAll('-', ''),
				name: checkName(name),
				tags: checkTags(tags),
				settings: checkSettings(settings),
				createdAt: now,
				updatedAt: now,
				version: 1,
			};
			const operation = {
				action: 'CreateApp',
				resource: resource.apps(),
				application,
				details: { name: application.name, tags, settings },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				await store.applications.insert(application);
				return application;
			});
		},

		async get(caller, locator) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				action: 'GetApp',
				resource: resource.app(application.id),
				application,
				changes: false,
			} as const;
			return await perform(context, caller, operation, async () => application);
		},

		async list(caller, page) {
			const operation = { action: 'GetApps', resource: resource.apps(), changes: false } as const;
			return await perform(context, caller, operation, async () => await store.applications.list(page));
		},

		async update(caller, locator, change) {
			const application = await findApplication(context, caller, locator);
			const updated: Application = {
				...application,
				...(change.name === undefined ? {} : { name: checkName(change.name) }),
				...(change.tags === undefined ? {} : { tags: checkTags(change.tags) }),
				settings: checkSettings(mergeSettings(application.settings, change.settings ?? {})),
				updatedAt: clock.now(),
				version: application.version + 1,
			};
			const operation = {
				action: 'UpdateApp',
				resource: resource.app(application.id),
				application,
				details: { ...change },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				await store.applications.update(updated, application.version);
				return updated;
			});
		},

		async previewDelete(caller, locator) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				action: 'GetApp',
				resource: resource.app(application.id),
				application,
				changes: false,
			} as const;
			return await perform(context, caller, operation, async () => await preview(context, application));
		},

		async delete(caller, locator, word) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				action: 'DeleteApp',
				resource: resource.app(application.id),
				application,
				details: { name: application.name },
				changes: true,
			} as const;
			return await perform(context, caller, operation, async () => {
				const goes = await preview(context, application);
				if (word.trim().toLowerCase() !== DELETE_WORD) throw unconfirmed(goes);
				await store.applications.markDeleted(application.id, clock.now());
				return goes;
			});
		},

		async purge() {
			while ((await store.applications.purgeDeleted(PURGE_SLICE)) > 0);
		},
	};
}

/** @throws {PushError} `NotFound`, `InvalidRequest` (no id, or a name that several share) */
export async function findApplication(
	context: Context,
	caller: Caller,
	locator: ApplicationLocator,
): Promise<Application> {
	try {
		return await lookUp(context, locator);
	} catch (error) {
		// Whoever may do nothing here shall not learn which names exist.
		await context.access.authorize(caller, { action: actionOf('GetApps'), resource: resource.apps(), tags: {} });
		throw error;
	}
}

async function lookUp({ store }: Context, locator: ApplicationLocator): Promise<Application> {
	if (locator.by === 'name') {
		const [found, another] = await store.applications.findByName(locator.name.trim());
		if (!found) throw notFound(`named "${locator.name.slice(0, 64)}"`);
		if (!another) return found;
		throw new PushError('InvalidRequest', `Several applications are named "${found.name}".`, {
			hint: 'Choose it from the list, or by its ID.',
		});
	}
	const id = locator.id.trim().toLowerCase();
	const found = ID.test(id) ? await store.applications.get(id) : undefined;
	if (!found) throw notFound(`with the ID "${locator.id.slice(0, 40)}"`);
	return found;
}

function notFound(which: string): PushError {
	return new PushError('NotFound', `There is no application ${which}.`, {
		hint: 'Choose one from the list. Applications are made with Manage App; another Push Store holds other applications.',
	});
}

async function preview({ store }: Context, application: Application): Promise<DeletionPreview> {
	return { application, ...(await store.applications.countDependents(application.id)) };
}

function unconfirmed({ application, channels, suppressions }: DeletionPreview): PushError {
	return new PushError(
		'InvalidRequest',
		`Application "${application.name}" was not deleted: the word "${DELETE_WORD}" was not given.`,
		{
			hint: `With it go ${channels} channels with their credentials and ${suppressions} suppressed addresses. Type ${DELETE_WORD} into the confirmation field.`,
		},
	);
}

function mergeSettings(settings: ApplicationSettings, { quietHours, ...others }: SettingsChange): ApplicationSettings {
	// What is still missing is refused as no time.
	const hours = quietHours ? { start: '', end: '', ...settings.quietHours, ...quietHours } : quietHours;
	const change = { ...others, ...(hours === undefined ? {} : { quietHours: hours }) };
	const merged = Object.entries({ ...settings, ...change }).filter(
		([, value]) => value !== null && value !== undefined,
	);
	return Object.fromEntries(merged);
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

function checkSettings(settings: ApplicationSettings): ApplicationSettings {
	const { ratePerSecond, quietHours } = settings;
	if (ratePerSecond !== undefined && !(Number.isFinite(ratePerSecond) && ratePerSecond > 0)) {
		throw new PushError('InvalidRequest', `The rate must be a number above 0, not ${ratePerSecond}.`, {
			hint: 'Leave it empty for the default of each provider.',
		});
	}
	if (
		quietHours &&
		!(TIME.test(quietHours.start) && TIME.test(quietHours.end) && quietHours.start !== quietHours.end)
	) {
		throw new PushError('InvalidRequest', 'Quiet hours need a start and an end that differ, as HH:MM.', {
			hint: 'For example 22:00 and 07:00.',
		});
	}
	return settings;
}
