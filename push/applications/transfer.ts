import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { z } from 'zod/v4';
import { type Application, CHANNEL_TYPES, PushError } from '../model';
import { open, seal } from '../security/secretBox';
import type { Caller } from './caller';
import { type ChannelSecrets, decodeSecrets, encodeSecrets } from './channelSecrets';
import { type Context, perform } from './context';
import { checkName, checkTags } from './names';
import { resource } from './resources';
import { checkTemplate, exportedTemplates, exportTemplates, importTemplate } from './transferTemplates';

/** Format of the exported file; raised when its shape changes. */
const FORMAT = 1;

/** scrypt: N 2^15, r 8, p 1 (RFC 7914; 32 MiB, some 60 ms). */
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const MIN_PASSPHRASE = 12;

const facts = z.looseObject({
	hasTokenKey: z.boolean(),
	hasCredential: z.boolean(),
	hasFcmServiceCredentials: z.boolean(),
});

const exportFile = z.strictObject({
	format: z.literal(FORMAT),
	applications: z.array(
		z.strictObject({
			id: z.string().regex(/^[0-9a-f]{32}$/),
			name: z.string(),
			tags: z.record(z.string(), z.string()),
			settings: z.record(z.string(), z.unknown()),
			channels: z.array(
				z.strictObject({
					channelType: z.enum(CHANNEL_TYPES),
					enabled: z.boolean(),
					facts,
					/** Under the passphrase; absent in an export without secrets. */
					secrets: z.string().optional(),
				}),
			),
		}),
	),
	/** Absent in files of versions without templates. */
	templates: exportedTemplates.optional(),
});

export type ExportFile = z.infer<typeof exportFile>;

export interface ImportReport {
	readonly created: number;
	readonly templatesCreated: number;
	readonly skipped: readonly { readonly id?: string; readonly name: string; readonly reason: string }[];
	/** Channels that came without secrets: they stay off until Enable is run with a credential. */
	readonly channelsWithoutSecrets: number;
}

/** Applications in one file. Read by pages, but the file is whole: meant for hundreds of applications. */
export async function exportApplications(context: Context, caller: Caller, passphrase?: string): Promise<ExportFile> {
	if (passphrase !== undefined) checkPassphrase(passphrase);
	const operation = {
		action: 'ExportApps',
		resource: resource.apps(),
		details: { secrets: passphrase !== undefined },
		changes: true,
	} as const;
	return await perform(context, caller, operation, async () => {
		const applications: ExportFile['applications'] = [];
		let after: string | undefined;
		do {
			const page = await context.store.applications.list({ limit: 200, ...(after ? { after } : {}) });
			for (const application of page.items) applications.push(await exportOne(context, application, passphrase));
			after = page.next;
		} while (after);
		return { format: FORMAT, applications, templates: await exportTemplates(context) };
	});
}

/**
 * Adds what is in the file; what exists already (same id) is left as it is.
 * @throws {PushError} `InvalidRequest` when it is no export, or the passphrase is wrong: nothing is written then
 */
export async function importApplications(
	context: Context,
	caller: Caller,
	file: unknown,
	passphrase?: string,
): Promise<ImportReport> {
	const parsed = exportFile.safeParse(file);
	if (!parsed.success)
		throw new PushError('InvalidRequest', 'This is not a file that Export wrote.', {
			hint: 'Give the JSON as it was exported.',
		});
	const { applications, templates = [] } = parsed.data;
	const operation = {
		action: 'ImportApps',
		resource: resource.apps(),
		details: { applications: applications.length, templates: templates.length },
		changes: true,
	} as const;
	return await perform(context, caller, operation, async () => {
		// Everything is decrypted before anything is written.
		const secrets = new Map<object, ChannelSecrets>();
		for (const { channels } of applications) {
			for (const channel of channels) {
				if (channel.secrets === undefined) continue;
				if (!passphrase)
					throw new PushError('InvalidRequest', 'The file holds encrypted secrets; no passphrase was given.', {
						hint: 'Give the passphrase it was exported with.',
					});
				secrets.set(channel, decodeSecrets(decrypt(channel.secrets, passphrase)));
			}
		}
		for (const template of templates) checkTemplate(template);
		const skipped: { id?: string; name: string; reason: string }[] = [];
		let created = 0;
		let channelsWithoutSecrets = 0;
		for (const application of applications) {
			try {
				await importOne(context, caller, application, secrets);
				created += 1;
				channelsWithoutSecrets += application.channels.filter((channel) => !secrets.has(channel)).length;
			} catch (error) {
				if (!(error instanceof PushError)) throw error;
				skipped.push({
					id: application.id,
					name: application.name,
					reason: error.code === 'Conflict' ? 'It exists already.' : error.message,
				});
			}
		}
		let templatesCreated = 0;
		for (const template of templates) {
			if (await importTemplate(context, template)) templatesCreated += 1;
			else skipped.push({ name: template.name, reason: 'A template of this name exists already.' });
		}
		return { created, templatesCreated, skipped, channelsWithoutSecrets };
	});
}

async function exportOne(
	{ store, keyring }: Context,
	application: Application,
	passphrase: string | undefined,
): Promise<ExportFile['applications'][number]> {
	const { id, name, tags, settings } = application;
	const channels = (await store.channels.list(id)).map(({ channelType, enabled, facts: known, sealed }) => ({
		channelType,
		enabled,
		facts: { ...known },
		...(passphrase && sealed
			? { secrets: encrypt(open(sealed, keyring, { applicationId: id, channelType }), passphrase) }
			: {}),
	}));
	return { id, name, tags: { ...tags }, settings: { ...settings }, channels };
}

async function importOne(
	context: Context,
	caller: Caller,
	imported: ExportFile['applications'][number],
	secrets: ReadonlyMap<object, ChannelSecrets>,
): Promise<void> {
	const { store, clock, keyring } = context;
	const now = clock.now();
	await store.applications.insert({
		id: imported.id,
		name: checkName(imported.name),
		tags: checkTags(imported.tags),
		settings: imported.settings,
		createdAt: now,
		updatedAt: now,
		version: 1,
	});
	for (const channel of imported.channels) {
		const { channelType, enabled } = channel;
		const kept = secrets.get(channel);
		const place = { applicationId: imported.id, channelType };
		await store.channels.put(
			{
				...place,
				enabled: enabled && kept !== undefined,
				facts: kept ? channel.facts : { hasTokenKey: false, hasCredential: false, hasFcmServiceCredentials: false },
				sealed: kept ? seal(encodeSecrets(kept), keyring.current, place) : null,
				keyId: kept ? keyring.current.id : null,
				version: 1,
				createdAt: now,
				updatedAt: now,
				lastModifiedBy: caller.principal.workflowName ?? 'import',
				archived: false,
			},
			0,
		);
	}
}

function checkPassphrase(passphrase: string): void {
	if (passphrase.length >= MIN_PASSPHRASE) return;
	throw new PushError(
		'InvalidRequest',
		`The passphrase has ${passphrase.length} characters; it needs at least ${MIN_PASSPHRASE}.`,
		{
			hint: 'Whoever has the file can try passphrases for as long as they like: use a long one.',
		},
	);
}

/** `<salt>.<nonce>.<ciphertext and tag>`, base64url; AES-256-GCM under a key scrypt makes of the passphrase. */
function encrypt(plaintext: string, passphrase: string): string {
	const salt = randomBytes(16);
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, SCRYPT), nonce);
	const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
	return [salt, nonce, sealed].map((part) => part.toString('base64url')).join('.');
}

function decrypt(record: string, passphrase: string): string {
	const [salt, nonce, sealed] = record.split('.').map((part) => Buffer.from(part, 'base64url'));
	try {
		if (!salt || nonce?.length !== 12 || !sealed || sealed.length < 16) throw new Error('shape');
		const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, SCRYPT), nonce, {
			authTagLength: 16,
		});
		decipher.setAuthTag(sealed.subarray(-16));
		return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf8');
	} catch {
		throw new PushError('InvalidRequest', 'The passphrase does not open this file, or the file was changed.', {
			hint: 'Nothing was imported. Check the passphrase.',
		});
	}
}
