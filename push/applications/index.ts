import type {
	AuditEntry,
	ChannelCredential,
	ChannelType,
	Clock,
	CredentialInspection,
	CredentialReport,
	Random,
	Suppression,
} from '../model';
import type { DeliveryLog, Upkeep } from '../results';
import type { Keyring } from '../security/masterKey';
import type { ChannelRefusal } from '../sending/types';
import type { Page, Store } from '../store';
import { createAccess, type Grant, type NewGrant } from './access';
import { type ApplicationLocator, type Applications, createApplications, findApplication } from './applications';
import { createAuditTrail, type ChainReport } from './auditTrail';
import type { Caller } from './caller';
import { type Channels, createChannels, credentialForSend } from './channels';
import { type Context, perform } from './context';
import { createDeliveryMetrics, type DeliveryMetrics } from './deliveryMetrics';
import { createDeliveryResults, type DeliveryResults } from './deliveryResults';
import { once } from './idempotency';
import { actionOf, type ActionName, resource } from './resources';
import { rotateKeys, type RotationReport } from './rotation';
import { createSubscriptions, type Subscriptions } from './subscriptions';
import { createSuppressions, type Suppressions } from './suppressions';
import { type ExportFile, exportApplications, importApplications, type ImportReport } from './transfer';

export interface RegistryDeps {
	readonly store: Store;
	readonly keyring: Keyring;
	readonly clock: Clock;
	readonly random: Random;
	/** Where the results of sends go. */
	readonly deliveryLog: DeliveryLog;
	readonly upkeep: Pick<Upkeep, 'keepAwake'>;
	inspect(credential: ChannelCredential, channelType: ChannelType): Promise<CredentialInspection>;
	check(credential: ChannelCredential): Promise<CredentialReport>;
}

/** What a send by application starts from: permission was asked, the application exists. */
export interface ApplicationSend {
	readonly application: Awaited<ReturnType<Applications['get']>>;
	/** A channel's credential, or the result each of its recipients gets. */
	credentialFor(channelType: ChannelType): Promise<ChannelCredential | ChannelRefusal>;
	/** Of up to 1,000 addresses, those not to send to. */
	suppressed(addresses: readonly string[]): Promise<readonly Suppression[]>;
	/** Puts dead addresses on the suppression list, when the application's settings say so. */
	suppressDead(addresses: ReadonlyArray<{ readonly address: string; readonly reason: string }>): Promise<void>;
	/** Does `work` once per idempotency key. */
	once<T>(
		key: string,
		request: unknown,
		work: (sent: () => void) => Promise<T>,
		decode: (response: unknown) => T,
	): Promise<{ readonly value: T; readonly replayed: boolean }>;
	/** Where the results go before the caller sees them. */
	readonly log: DeliveryLog;
	/** The audit row of the request, with its counts. */
	finished(counts: Readonly<Record<string, number>>): Promise<void>;
}

/** What a store says of itself to whoever reaches it. */
export interface StoreDescription {
	readonly kind: Store['kind'];
	/** For people; no password. */
	readonly location: string;
	readonly locked: boolean;
	/** Of the caller's access secret; absent on an open store and for an unknown secret. */
	readonly grant?: Grant;
}

/** Everything about applications over one open store. */
export interface Registry {
	/** For the Test button: asks for no permission, and tells nothing of what is stored. */
	describe(caller: Caller): Promise<StoreDescription>;
	readonly applications: Applications;
	readonly channels: Channels;
	readonly suppressions: Suppressions;
	readonly results: DeliveryResults;
	readonly metrics: DeliveryMetrics;
	readonly subscriptions: Subscriptions;
	/** @throws {PushError} `AccessDenied`, `NotFound` */
	openSend(caller: Caller, locator: ApplicationLocator): Promise<ApplicationSend>;
	rotateKeys(caller: Caller): Promise<RotationReport>;
	exportApplications(caller: Caller, passphrase?: string): Promise<ExportFile>;
	importApplications(caller: Caller, file: unknown, passphrase?: string): Promise<ImportReport>;
	auditTrail(caller: Caller, query: Parameters<Store['audit']['list']>[0]): Promise<Page<AuditEntry>>;
	verifyAuditTrail(
		caller: Caller,
		knownHeads?: readonly { chain: string; sequence: number; mac: string }[],
	): Promise<readonly ChainReport[]>;
	lockStore(caller: Caller, name: string): Promise<NewGrant>;
	unlockStore(caller: Caller): Promise<void>;
	grantAccess(caller: Caller, name: string, policy: unknown): Promise<NewGrant>;
	revokeAccess(caller: Caller, id: string): Promise<Grant>;
	listAccess(caller: Caller): Promise<{ readonly locked: boolean; readonly grants: readonly Grant[] }>;
	close(): Promise<void>;
}

/** What every room that works on the store with permissions and an audit trail starts from. */
export function createContext(deps: RegistryDeps): Context {
	const { store, keyring, clock, random } = deps;
	const access = createAccess(store, () => clock.now());
	return { ...deps, access, audit: createAuditTrail(store, keyring, clock, random) };
}

export function createRegistry(deps: RegistryDeps, context = createContext(deps)): Registry {
	const { store, access, audit } = context;
	const applications = createApplications(context);

	const onStore = async <T>(
		caller: Caller,
		action: ActionName,
		changes: boolean,
		details: Record<string, unknown>,
		work: () => Promise<T>,
	) => await perform(context, caller, { action, resource: resource.store(), changes, details }, work);

	return {
		async describe({ accessSecret }) {
			const grant = await access.grantOf(accessSecret);
			const { kind, location } = store;
			return { kind, location, locked: await access.isLocked(), ...(grant ? { grant } : {}) };
		},
		applications,
		channels: createChannels(context),
		suppressions: createSuppressions(context),
		results: createDeliveryResults(context),
		metrics: createDeliveryMetrics(context),
		subscriptions: createSubscriptions(context),
		openSend: async (caller, locator) => await openSend(context, caller, locator),
		rotateKeys: async (caller) => await rotateKeys(context, caller),
		exportApplications: async (caller, passphrase) => await exportApplications(context, caller, passphrase),
		importApplications: async (caller, file, passphrase) => await importApplications(context, caller, file, passphrase),
		auditTrail: async (caller, query) =>
			await onStore(caller, 'GetAuditTrail', false, {}, async () => await audit.list(query)),
		verifyAuditTrail: async (caller, knownHeads) =>
			await onStore(caller, 'VerifyAuditTrail', false, {}, async () => await audit.verify(knownHeads)),
		lockStore: async (caller, name) =>
			await onStore(caller, 'LockStore', true, { name }, async () => await access.lock(name)),
		unlockStore: async (caller) => await onStore(caller, 'UnlockStore', true, {}, async () => await access.unlock()),
		grantAccess: async (caller, name, policy) =>
			await onStore(caller, 'GrantAccess', true, { name, policy }, async () => await access.grant(name, policy)),
		revokeAccess: async (caller, id) =>
			await onStore(caller, 'RevokeAccess', true, { id }, async () => await access.revoke(id)),
		listAccess: async (caller) =>
			await onStore(caller, 'GetAccess', false, {}, async () => ({
				locked: await access.isLocked(),
				grants: await access.list(),
			})),
		close: async () => await store.close(),
	};
}

async function openSend(context: Context, caller: Caller, locator: ApplicationLocator): Promise<ApplicationSend> {
	const { store, clock, audit } = context;
	const application = await findApplication(context, caller, locator);
	const { id, settings } = application;
	const operation = { action: 'SendMessages', resource: resource.messages(id), application, changes: false } as const;
	await perform(context, caller, operation, async () => undefined);
	return {
		application,
		log: context.deliveryLog,
		credentialFor: async (channelType) => await credentialForSend(context, id, channelType),
		suppressed: async (addresses) => await store.suppressions.find(id, addresses),
		async suppressDead(addresses) {
			if (!settings.suppressDeadAddresses || addresses.length === 0) return;
			const createdAt = clock.now();
			await store.suppressions.add(
				addresses.map(({ address, reason }) => ({
					applicationId: id,
					address,
					reason: 'DEAD',
					note: reason,
					createdAt,
				})),
			);
		},
		once: async (key, request, work, decode) => await once(context, id, key, request, work, decode),
		async finished(counts) {
			await audit.record({
				action: actionOf('SendMessages'),
				applicationId: id,
				resource: resource.messages(id),
				principal: caller.principal,
				outcome: 'allowed',
				details: { ...counts },
			});
		},
	};
}

export type { Access, Grant, NewGrant } from './access';
export type {
	ApplicationChange,
	ApplicationLocator,
	Applications,
	DeletionPreview,
	SettingsChange,
} from './applications';
export { DELETE_WORD, findApplication } from './applications';
export { type Context, perform } from './context';
export { checkTags } from './names';
export { actionOf, resource } from './resources';
export type { ChainReport } from './auditTrail';
export { type Caller, principalName } from './caller';
export type { ChannelCheck, Channels, ChannelView } from './channels';
export type { DeliveryMetrics } from './deliveryMetrics';
export type { DeliveryResults, Scope, ScopedQuery } from './deliveryResults';
export type { EnableInput } from './enableChannels';
export type { SecretsInput } from './channelSecrets';
export type { RotationReport } from './rotation';
export type { SubscriptionHandlers, SubscriptionRequest, Subscriptions } from './subscriptions';
export type { SuppressionInput, Suppressions } from './suppressions';
export type { ExportFile, ImportReport } from './transfer';
