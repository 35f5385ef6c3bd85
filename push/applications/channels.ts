import type { Application, Channel, ChannelHealth, ChannelType, CredentialReport } from '../model';
import { CHANNEL_TYPES } from '../model';
import type { ChannelRefusal } from '../sending/types';
import type { StoredChannel } from '../store';
import { type ApplicationLocator, findApplication } from './applications';
import type { Caller } from './caller';
import { activeCredential, type ChannelSecrets, fingerprintOf, type SecretsInput } from './channelSecrets';
import { type Context, perform } from './context';
import { type EnableInput, enableChannels } from './enableChannels';
import { resource } from './resources';
import { configured, onChannel, put, shown, storedSecrets } from './storedChannels';

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
	/**
	 * One input per provider. All channels are verified before the first is stored: a refusal leaves every one as it was.
	 * @throws {PushError} `InvalidRequest`, `InvalidCredential`, `CredentialRefused`
	 */
	enable(caller: Caller, locator: ApplicationLocator, ...inputs: readonly EnableInput[]): Promise<readonly Channel[]>;
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

	return {
		enable: async (caller, locator, ...inputs) => await enableChannels(context, caller, locator, inputs),

		async disable(caller, locator, channelType) {
			const application = await findApplication(context, caller, locator);
			const operation = {
				...onChannel(application, channelType),
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
			const operation = { ...onChannel(application, channelType), action: 'GetChannel', changes: false } as const;
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
			const operation = { ...onChannel(application, channelType), action: 'DeleteChannel', changes: true } as const;
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
			const operation = { ...onChannel(application, channelType), action: 'CheckChannel', changes: false } as const;
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
