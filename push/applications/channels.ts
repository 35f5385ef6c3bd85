import type {
	Application,
	Channel,
	ChannelHealth,
	ChannelType,
	CredentialInspection,
	CredentialReport,
} from '../model';
import { CHANNEL_TYPES, PushError } from '../model';
import { open, seal } from '../security/secretBox';
import type { ChannelRefusal } from '../sending/types';
import type { StoredChannel } from '../store';
import { type ApplicationLocator, findApplication } from './applications';
import { type Caller, principalName } from './caller';
import {
	activeCredential,
	type ChannelSecrets,
	decodeSecrets,
	encodeSecrets,
	factsOf,
	fingerprintOf,
	mergeSecrets,
	type SecretsInput,
} from './channelSecrets';
import { type Context, perform } from './context';
import { resource } from './resources';

export interface EnableInput extends SecretsInput {
	/** One, or several that share the credential (production and sandbox together). */
	readonly channelTypes: readonly ChannelType[];
	/** Asks the provider first and stores nothing it refuses. */
	readonly verify: boolean;
}

/** A channel that was never configured is shown too. */
export type ChannelView =
	| Channel
	| {
			readonly applicationId: string;
			readonly channelType: ChannelType;
			readonly enabled: false;
			readonly configured: false;
	  };

export interface ChannelCheck {
	readonly channel: Channel;
	readonly report: CredentialReport;
	/** Whole days until the certificate ends; absent where nothing ends. */
	readonly daysToExpiry?: number;
	/** With credentials attached: true when they are not the stored ones. */
	readonly differs?: boolean;
}

export interface Channels {
	enable(caller: Caller, locator: ApplicationLocator, input: EnableInput): Promise<readonly Channel[]>;
	/** Keeps the credentials. @throws {PushError} `NotFound` when it was never configured */
	disable(caller: Caller, locator: ApplicationLocator, channelType: ChannelType): Promise<Channel>;
	get(caller: Caller, locator: ApplicationLocator, channelType: ChannelType): Promise<Channel>;
	/** All seven types. */
	list(caller: Caller, locator: ApplicationLocator): Promise<readonly ChannelView[]>;
	/** Disabled and its secrets destroyed; the last state comes back. */
	delete(caller: Caller, locator: ApplicationLocator, channelType: ChannelType): Promise<Channel>;
	/** Asks the provider with the stored credentials; a refusal is a report. */
	check(
		caller: Caller,
		locator: ApplicationLocator,
		channelType: ChannelType,
		attached?: SecretsInput,
	): Promise<ChannelCheck>;
}

const DAY_MS = 86_400_000;

export function createChannels(context: Context): Channels {
	const { store, clock } = context;

	async function enableOne(
		caller: Caller,
		application: Application,
		channelType: ChannelType,
		input: EnableInput,
	): Promise<Channel> {
		const stored = await store.channels.get(application.id, channelType);
		const secrets = mergeSecrets(channelType, storedSecrets(context, stored), input);
		const active = activeCredential(secrets);
		const inspection: CredentialInspection = active ? await context.inspect(active, channelType) : {};
		const health = active && input.verify ? await verify(context, channelType, active) : undefined;
		return await put(context, caller, stored, {
			...blank(application.id, channelType, clock.now()),
			enabled: true,
			facts: factsOf(secrets, inspection),
			...(health ? { health } : {}),
			...sealed(context, application.id, channelType, secrets),
		});
	}

	/** Reads one configured channel and writes it back changed. */
	async function change(
		caller: Caller,
		application: Application,
		channelType: ChannelType,
		patch: (stored: StoredChannel) => StoredChannel,
	) {
		const stored = await configured(context, application.id, channelType);
		return await put(context, caller, stored, patch(stored));
	}

	const operationOf = (application: Application, channelType: ChannelType) => ({
		channelType,
		resource: resource.channel(application.id, channelType),
		application,
	});

	return {
		async enable(caller, locator, input) {
			const application = await findApplication(context, caller, locator);
			const done: Channel[] = [];
			for (const channelType of input.channelTypes) {
				const details = { enabled: true, credentials: input.credentials, legacyFcmKey: input.legacyFcmKey && '***' };
				const operation = {
					...operationOf(application, channelType),
					action: 'UpdateChannel',
					details,
					changes: true,
				} as const;
				done.push(
					await perform(
						context,
						caller,
						operation,
						async () => await enableOne(caller, application, channelType, input),
					),
				);
			}
			return done;
		},

		async disable(caller, locator, channelType) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				...operationOf(application, channelType),
				action: 'UpdateChannel',
				details: { enabled: false },
				changes: true,
			} as const;
			return await perform(
				context,
				caller,
				operation,
				async () => await change(caller, application, channelType, (stored) => ({ ...stored, enabled: false })),
			);
		},

		async get(caller, locator, channelType) {
			const application = await findApplication(context, caller, locator);
			const operation = { ...operationOf(application, channelType), action: 'GetChannel', changes: false } as const;
			return await perform(context, caller, operation, async () =>
				shown(await configured(context, application.id, channelType)),
			);
		},

		async list(caller, locator) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				action: 'GetChannels',
				resource: resource.channels(application.id),
				application,
				changes: false,
			} as const;
			return await perform(context, caller, operation, async () => {
				const found = await store.channels.list(application.id);
				return CHANNEL_TYPES.map((channelType): ChannelView => {
					const stored = found.find((candidate) => candidate.channelType === channelType);
					return stored
						? shown(stored)
						: { applicationId: application.id, channelType, enabled: false, configured: false };
				});
			});
		},

		async delete(caller, locator, channelType) {
			const application = await findApplication(context, caller, locator);
			const operation = { ...operationOf(application, channelType), action: 'DeleteChannel', changes: true } as const;
			return await perform(
				context,
				caller,
				operation,
				async () =>
					await change(caller, application, channelType, (stored) => ({
						...stored,
						enabled: false,
						archived: true,
						facts: { hasTokenKey: false, hasCredential: false, hasFcmServiceCredentials: false },
						sealed: null,
						keyId: null,
					})),
			);
		},

		async check(caller, locator, channelType, attached) {
			const application = await findApplication(context, caller, locator);
			const operation = { ...operationOf(application, channelType), action: 'CheckChannel', changes: false } as const;
			return await perform(context, caller, operation, async () => {
				const stored = await configured(context, application.id, channelType);
				const secrets = storedSecrets(context, stored);
				const active = secrets && activeCredential(secrets);
				const report = active ? await context.check(active) : noCredential(secrets);
				const ok = report.ok && report.channels.includes(channelType);
				const health: ChannelHealth = { ok, message: report.message, checkedAt: clock.now() };
				await store.channels.setHealth(application.id, channelType, health);
				const given = (attached?.credentials ?? []).map(fingerprintOf);
				const kept = (secrets?.credentials ?? []).map(fingerprintOf);
				return {
					channel: { ...shown(stored), health },
					report: { ...report, ok },
					...(report.expiresAt === undefined
						? {}
						: { daysToExpiry: Math.floor((report.expiresAt - clock.now()) / DAY_MS) }),
					...(given.length > 0 ? { differs: !given.every((fingerprint) => kept.includes(fingerprint)) } : {}),
				};
			});
		},
	};
}

/** What a send needs of a channel: its credential, or the result every recipient on it gets. */
export async function credentialForSend(context: Context, applicationId: string, channelType: ChannelType) {
	const stored = await context.store.channels.get(applicationId, channelType);
	if (!stored?.enabled || !stored.sealed) return notEnabled(applicationId, channelType);
	const secrets = storedSecrets(context, stored);
	return (secrets && activeCredential(secrets)) ?? legacyKey();
}

function notEnabled(applicationId: string, channelType: ChannelType): ChannelRefusal {
	return {
		refused: true,
		reason: 'ChannelNotEnabled',
		statusCode: 400,
		// AWS's own words, which callers of SendMessages match on.
		message: `No channel of type ${channelType} is enabled for the application ${applicationId}`,
	};
}

function legacyKey(): ChannelRefusal {
	return {
		refused: true,
		reason: 'LegacyFcmKey',
		statusCode: 400,
		message:
			'This channel has a legacy FCM server key only, and Google switched the legacy API off in July 2024. Create a service account key in the Firebase console and enable the channel with it.',
	};
}

async function configured({ store }: Context, applicationId: string, channelType: ChannelType): Promise<StoredChannel> {
	const stored = await store.channels.get(applicationId, channelType);
	if (stored) return stored;
	throw new PushError('NotFound', `Channel ${channelType} of application ${applicationId} was never configured.`, {
		hint: 'Run Enable with the credential of the provider attached.',
	});
}

function storedSecrets(context: Context, stored: StoredChannel | undefined): ChannelSecrets | undefined {
	if (!stored?.sealed) return undefined;
	return decodeSecrets(
		open(stored.sealed, context.keyring, { applicationId: stored.applicationId, channelType: stored.channelType }),
	);
}

function sealed(context: Context, applicationId: string, channelType: ChannelType, secrets: ChannelSecrets) {
	const { current } = context.keyring;
	return { sealed: seal(encodeSecrets(secrets), current, { applicationId, channelType }), keyId: current.id };
}

async function verify(
	context: Context,
	channelType: ChannelType,
	active: NonNullable<ReturnType<typeof activeCredential>>,
): Promise<ChannelHealth> {
	const report = await context.check(active);
	if (report.ok && report.channels.includes(channelType))
		return { ok: true, message: report.message, checkedAt: context.clock.now() };
	throw new PushError('CredentialRefused', `Channel ${channelType} was not enabled: ${report.message}`, {
		hint: 'Correct the credential, choose the channel it is for, or switch "Verify With Provider" off to store it all the same.',
	});
}

function noCredential(secrets: ChannelSecrets | undefined): CredentialReport {
	return {
		ok: false,
		message: secrets
			? legacyKey().message
			: 'No credential is stored: the channel was deleted. Run Enable with a credential attached.',
		channels: [],
		warnings: [],
	};
}

function blank(applicationId: string, channelType: ChannelType, now: number) {
	return { applicationId, channelType, createdAt: now, archived: false };
}

type Written = Omit<StoredChannel, 'version' | 'updatedAt' | 'lastModifiedBy'>;

/** One version on, whoever else may have written in the meantime is not overwritten. */
async function put(
	{ store, clock }: Context,
	caller: Caller,
	stored: StoredChannel | undefined,
	written: Written,
): Promise<Channel> {
	const channel: StoredChannel = {
		...written,
		createdAt: stored?.createdAt ?? written.createdAt,
		version: (stored?.version ?? 0) + 1,
		updatedAt: clock.now(),
		lastModifiedBy: principalName(caller.principal),
	};
	await store.channels.put(channel, stored?.version ?? 0);
	return shown(channel);
}

/** Without the seal: operations never even return ciphertext. */
function shown(stored: StoredChannel): Channel {
	const {
		applicationId,
		channelType,
		enabled,
		facts,
		health,
		version,
		createdAt,
		updatedAt,
		lastModifiedBy,
		archived,
	} = stored;
	const channel = {
		applicationId,
		channelType,
		enabled,
		facts,
		version,
		createdAt,
		updatedAt,
		lastModifiedBy,
		archived,
	};
	return health ? { ...channel, health } : channel;
}
