import { join } from 'node:path';
import {
	type ApplicationSend,
	createContext,
	createRegistry,
	type Registry as Applications,
	type RegistryDeps,
} from './applications';
import {
	type Campaigns,
	checkPostgresSource,
	createCampaigns,
	DEFAULT_RETRY_HORIZON_MS,
	itemSource,
	openFile,
	postgresSource,
	rowSource,
} from './campaigns';
import { sendPastSuppressions } from './applications/sendFilter';
import {
	compileMessageRequest,
	compileNotification,
	compileTemplateMessage,
	namedTemplate,
	placeholderNames,
	readLenientJson,
	toAwsResult,
	toMessageResponse,
} from './messages';
import {
	CHANNELS,
	CREDENTIAL_PROVIDER,
	type ChannelCredential,
	type ChannelType,
	type Clock,
	type CredentialReport,
	type ProviderId,
	PushError,
	type Random,
	systemClock,
	systemRandom,
} from './model';
import { PROVIDERS } from './providers';
import type { ProviderClient, ProviderDeps } from './providers/provider';
import {
	createChannelHealth,
	createDeliveryLog,
	createUpkeep,
	type DeliveryLog,
	figuresOf,
	recordResults,
	type RecordedSendOptions,
	type Report,
	type ReportData,
	toAwsEvent,
} from './results';
import { credentialKey } from './security/hash';
import { deriveMasterKey } from './security/masterKey';
import { ActiveSends, createSender, createThrottleRegistry, onTermination, Turns } from './sending';
import type { ChannelRefusal, ResultStream, SendBatch, SenderPorts, SendOptions } from './sending/types';
import { openStore, type StoreOptions } from './store';
import { createTemplates, previewMessage, type Templates } from './templates';
import { createTransports } from './transport';
import type { EgressFilter } from './transport/types';

/** At most one credential per provider: what a "direct" send uses. */
export type DirectCredentials = Readonly<Partial<Record<ProviderId, ChannelCredential>>>;

export interface EngineDeps {
	readonly clock: Clock;
	readonly random: Random;
	/** HTTPS_PROXY, NO_PROXY, N8N_SSRF_* are read from here. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The built thread of the SQLite store. */
	readonly sqliteWorkerPath: string;
	/** Aborted when the process is asked to end: campaigns stop within a second and can be gone on with. */
	readonly shutdown: AbortSignal;
}

/** Where applications live, and the key material that seals their secrets. */
export interface RegistryOptions {
	readonly store:
		| { readonly kind: 'sqlite'; readonly file: string }
		| Extract<StoreOptions, { readonly kind: 'postgres' }>;
	/** Any text that only this n8n has; only what HKDF makes of it is kept. */
	readonly keyMaterial: string;
	/** Former key material that stored secrets may still be sealed under. */
	readonly previousKeyMaterial?: readonly string[];
}

/** Everything that is kept in a store. */
export interface Registry extends Applications {
	readonly templates: Templates;
	/** For direct sends that are to be recorded. */
	readonly deliveryLog: DeliveryLog;
	readonly campaigns: Campaigns;
}

/** Pools, throttles and provider tokens, and what can be done with them. */
export interface Engine {
	/**
	 * Sends to all recipients; one result each, in the order they are known. Nothing happens before the first read.
	 * A channel without a credential gives results, not an exception.
	 * @throws {PushError} (from the stream) `InvalidCredential` when a credential cannot be read.
	 */
	send(
		source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
		credentials: DirectCredentials,
		options?: RecordedSendOptions,
	): ResultStream;
	/**
	 * Sends for an application, with its stored credentials, past its suppression list. Results are in the delivery log
	 * of its store before they are read here.
	 */
	sendFor(
		application: ApplicationSend,
		source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
		options?: RecordedSendOptions,
	): ResultStream;
	/**
	 * The applications in a store; opened once per process and place, and shared.
	 * @throws {PushError} `StoreUnavailable`, `StoreTooNew`
	 */
	openRegistry(options: RegistryOptions): Promise<Registry>;
	/**
	 * Asks the provider whether it accepts the credential; nothing reaches a device.
	 * @throws {PushError} `InvalidCredential` when it cannot be read at all.
	 */
	checkCredential(credential: ChannelCredential): Promise<CredentialReport>;
	/** n8n's egress filter, asked from now on at each new connection. */
	useEgressFilter(filter: EgressFilter | undefined): void;
	/** Sends under way send nothing more; open requests may end for up to `graceMs`, then everything is closed. */
	close(graceMs: number): Promise<void>;
	/** The same for good, for a process that ends; stores stay open, as the last results have to be written. */
	shutDown(graceMs: number): Promise<void>;
}

/** Opened credentials kept at most; the least recently used one goes first. */
const MAX_CLIENTS = 500;

/** In "direct" mode there is no application; AWS's sentences and responses name this id in its place. */
export const DIRECT_APPLICATION_ID = '0'.repeat(32);

/** A private engine: own pools, own throttles. Tests and programs outside n8n; nodes use {@link engine}. */
export function createEngine(overrides: Partial<EngineDeps> = {}): Engine {
	const deps: EngineDeps = {
		clock: systemClock,
		random: systemRandom,
		env: process.env,
		sqliteWorkerPath: join(__dirname, 'sqlite-worker.js'),
		shutdown: new AbortController().signal,
		...overrides,
	};
	let egressFilter: EgressFilter | undefined;
	const transports = createTransports({ ...deps, egress: () => egressFilter });
	const providerDeps: ProviderDeps = { transports, clock: deps.clock, random: deps.random };
	const throttles = createThrottleRegistry({ clock: deps.clock });
	const turns = new Turns(deps.clock);
	const sends = new ActiveSends();
	const clients = new Map<string, Promise<ProviderClient>>();

	function openClient(credential: ChannelCredential, channelType: ChannelType): Promise<ProviderClient> {
		const key = credentialKey(JSON.stringify(credential), channelType);
		const known = clients.get(key);
		clients.delete(key);
		const client = known ?? PROVIDERS[CREDENTIAL_PROVIDER[credential.type]].open(credential, channelType, providerDeps);
		clients.set(key, client);
		if (!known) client.catch(() => clients.delete(key));
		for (const oldest of clients.keys()) {
			if (clients.size <= MAX_CLIENTS) break;
			clients.delete(oldest);
		}
		return client;
	}

	const registries = new Map<string, Promise<Registry>>();

	async function open({ store, keyMaterial, previousKeyMaterial = [] }: RegistryOptions): Promise<Registry> {
		const opened = await openStore(store.kind === 'sqlite' ? { ...store, workerPath: deps.sqliteWorkerPath } : store);
		const deliveryLog = createDeliveryLog(opened, deps.clock);
		const health = createChannelHealth(opened, deps.clock);
		const upkeep = createUpkeep(opened, deps.clock, deps.random, health.look);
		deliveryLog.onRecorded((batches) => {
			upkeep.wake();
			// An event that cannot be written now comes with the next refusal.
			health.watch(batches).catch(() => {});
		});
		const parts: RegistryDeps = {
			clock: deps.clock,
			random: deps.random,
			store: opened,
			deliveryLog,
			upkeep,
			keyring: { current: deriveMasterKey(keyMaterial), others: previousKeyMaterial.map(deriveMasterKey) },
			inspect: async (credential, channelType) => (await openClient(credential, channelType)).inspection ?? {},
			check,
		};
		const context = createContext(parts);
		const applications = createRegistry(parts, context);
		return {
			...applications,
			templates: createTemplates(context),
			deliveryLog,
			campaigns: createCampaigns(context, {
				openSend: applications.openSend,
				send: (application, source, options) => sendFor(application, source, { ...options, log: 'none' }),
				room: async () => await turns.room(),
				shutdown: deps.shutdown,
			}),
			async close() {
				await upkeep.stop();
				await applications.close();
			},
		};
	}

	async function check(credential: ChannelCredential): Promise<CredentialReport> {
		return await PROVIDERS[CREDENTIAL_PROVIDER[credential.type]].check(credential, providerDeps);
	}

	function senderWith(clientFor: SenderPorts['clientFor']) {
		return createSender({ clientFor }, { clock: deps.clock, random: deps.random, throttles, sends, turns });
	}

	function sendFor(
		application: ApplicationSend,
		source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
		options: RecordedSendOptions = {},
	): ResultStream {
		const { id, settings } = application.application;
		const sender = senderWith(async (channelType) => {
			const found = await application.credentialFor(channelType);
			// One broken credential must not keep the application's other channels from being sent to.
			return 'refused' in found ? found : await openClient(found, channelType).catch(credentialRefusal);
		});
		const { log = application.log, origin = {}, signal, ...sending } = options;
		const ofApplication: SendOptions = {
			...(settings.ratePerSecond === undefined ? {} : { channelRatePerSecond: settings.ratePerSecond }),
			...sending,
			applicationId: id,
		};
		const start = (stop: AbortSignal | undefined) =>
			sendPastSuppressions(application, source, (batches) =>
				sender.send(batches, { ...ofApplication, ...(stop ? { signal: stop } : {}) }),
			);
		return log === 'none' ? start(signal) : recordResults(start, log, { ...headOf(sending, id), origin }, signal);
	}

	return {
		send(source, credentials, options = {}) {
			const sender = senderWith(async (channelType) => {
				const credential = credentials[CHANNELS[channelType].provider];
				if (!credential) return channelNotConfigured(channelType, options);
				const client = openClient(credential, channelType);
				// One broken credential must not keep the other channels from being sent to.
				return await (Object.keys(credentials).length > 1 ? client.catch(credentialRefusal) : client);
			});
			const { log = 'none', origin = {}, signal, ...sending } = options;
			const start = (stop: AbortSignal | undefined) =>
				sender.send(source, { ...sending, ...(stop ? { signal: stop } : {}) });
			return log === 'none'
				? start(signal)
				: recordResults(start, log, { ...headOf(sending, DIRECT_APPLICATION_ID), origin }, signal);
		},
		sendFor,
		async openRegistry(options) {
			const key = credentialKey(JSON.stringify(options));
			const registry = registries.get(key) ?? open(options);
			registries.set(key, registry);
			// A store that could not be opened is tried anew next time.
			registry.catch(() => registries.delete(key));
			return await registry;
		},
		checkCredential: check,
		useEgressFilter(filter) {
			egressFilter = filter;
		},
		async shutDown(graceMs) {
			sends.close();
			await transports.close(graceMs);
		},
		async close(graceMs) {
			sends.windDown();
			clients.clear();
			await transports.close(graceMs);
			const open = await Promise.allSettled(registries.values());
			registries.clear();
			for (const registry of open) if (registry.status === 'fulfilled') await registry.value.close();
		},
	};
}

function headOf({ campaignId }: SendOptions, applicationId: string) {
	return { applicationId, ...(campaignId === undefined ? {} : { campaignId }) };
}

/** AWS's own words, which callers of SendMessages match on. */
function channelNotConfigured(channelType: ChannelType, options: SendOptions): ChannelRefusal {
	return {
		refused: true,
		reason: 'ChannelNotConfigured',
		statusCode: 400,
		message: `No channel of type ${channelType} is enabled for the application ${options.applicationId ?? DIRECT_APPLICATION_ID}`,
	};
}

/** @throws what is not a mistake in the credential */
function credentialRefusal(error: unknown): ChannelRefusal {
	if (!(error instanceof PushError)) throw error;
	const message = error.hint ? `${error.message} ${error.hint}` : error.message;
	return { refused: true, reason: error.code, statusCode: 400, message };
}

/** Draws a report. The plotting library is loaded at the first one. */
export async function renderReport(data: ReportData): Promise<Report> {
	return (await import('./report')).renderReport(data);
}

/** Set by the build to the package's version; absent when the engine runs from its sources. */
declare const PACKAGE_VERSION: string | undefined;

const BUILD = typeof PACKAGE_VERSION === 'string' ? PACKAGE_VERSION : 'source';
const GLOBAL_KEY = Symbol.for('n8n-nodes-push-notifications');

interface Held {
	readonly build: string;
	readonly engine: Engine;
	readonly forgetSignals?: () => void;
}

/** What is in flight when the process is to end gets this long: n8n kills itself after 30 s. */
const DRAIN_MS = 20_000;

function isHeld(value: unknown): value is Held {
	return typeof value === 'object' && value !== null && 'build' in value && 'engine' in value;
}

/**
 * The engine of this process. It hangs on `globalThis`, because n8n loads a package's files again when the package is
 * updated; an engine of another version is drained (20 s) and replaced. It drains, too, when the process is told to end.
 */
export function engine(): Engine {
	const held: unknown = Reflect.get(globalThis, GLOBAL_KEY);
	if (isHeld(held)) {
		if (held.build === BUILD) return held.engine;
		held.forgetSignals?.();
		void held.engine.close(DRAIN_MS);
	}
	const shutdown = new AbortController();
	const fresh = createEngine({ shutdown: shutdown.signal });
	const forgetSignals = onTermination(async () => {
		shutdown.abort();
		await fresh.shutDown(DRAIN_MS);
	});
	Reflect.set(globalThis, GLOBAL_KEY, { build: BUILD, engine: fresh, forgetSignals } satisfies Held);
	return fresh;
}

export {
	checkPostgresSource,
	compileMessageRequest,
	compileNotification,
	compileTemplateMessage,
	figuresOf,
	DEFAULT_RETRY_HORIZON_MS,
	itemSource,
	namedTemplate,
	openFile,
	postgresSource,
	placeholderNames,
	readLenientJson,
	rowSource,
	previewMessage,
	toAwsEvent,
	toAwsResult,
	toMessageResponse,
};
export * from './model';
export type * from './messages';
export type * from './applications';
export type * from './campaigns';
export type * from './results';
export type * from './sending/types';
export type * from './templates';
export type { EgressFilter } from './transport/types';
