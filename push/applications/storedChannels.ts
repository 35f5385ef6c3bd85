import type { Application, Channel, ChannelType } from '../model';
import { PushError } from '../model';
import { open, seal } from '../security/secretBox';
import type { StoredChannel } from '../store';
import { type Caller, principalName } from './caller';
import { type ChannelSecrets, decodeSecrets, encodeSecrets } from './channelSecrets';
import type { Context } from './context';
import { resource } from './resources';

/** What permission and audit row of an operation on one channel are about. */
export const onChannel = (application: Application, channelType: ChannelType) => ({
	channelType,
	resource: resource.channel(application.id, channelType),
	application,
});

/** @throws {PushError} `NotFound` when it was never configured */
export async function configured(
	{ store }: Context,
	applicationId: string,
	channelType: ChannelType,
): Promise<StoredChannel> {
	const stored = await store.channels.get(applicationId, channelType);
	if (stored) return stored;
	throw new PushError('NotFound', `Channel ${channelType} of application ${applicationId} was never configured.`, {
		hint: 'Run Enable with the credential of the provider attached.',
	});
}

/** @throws {PushError} `KeyMissing`, `StoreUnavailable` */
export function storedSecrets(context: Context, stored: StoredChannel | undefined): ChannelSecrets | undefined {
	if (!stored?.sealed) return undefined;
	return decodeSecrets(
		open(stored.sealed, context.keyring, { applicationId: stored.applicationId, channelType: stored.channelType }),
	);
}

export function sealed(context: Context, applicationId: string, channelType: ChannelType, secrets: ChannelSecrets) {
	const { current } = context.keyring;
	return { sealed: seal(encodeSecrets(secrets), current, { applicationId, channelType }), keyId: current.id };
}

export function blank(applicationId: string, channelType: ChannelType, now: number) {
	return { applicationId, channelType, createdAt: now, archived: false };
}

export type Written = Omit<StoredChannel, 'version' | 'updatedAt' | 'lastModifiedBy'>;

/** One version on, whoever else may have written in the meantime is not overwritten. */
export async function put(
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
export function shown(stored: StoredChannel): Channel {
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
