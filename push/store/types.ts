import type {
	Application,
	AuditEntry,
	Channel,
	ChannelTally,
	ChannelType,
	DeliveryBatch,
	DeliveryStatus,
	DeliveryTally,
	EventType,
	LoggedBatch,
	PushTemplate,
	PushTemplateVersion,
	Suppression,
	TokenAction,
} from '../model';
import type { CampaignBatchRepository, CampaignRepository } from './campaignTypes';

/** One page; `next` absent = the last one. Pages are keyset pages: constant cost at any depth. */
export interface Page<T> {
	readonly items: readonly T[];
	readonly next?: string;
}

export interface PageRequest {
	/** 1 to 1,000. */
	readonly limit: number;
	readonly after?: string;
}

/** A channel as it lies in the store: its secrets sealed. */
export interface StoredChannel extends Channel {
	/** `v1.<key id>.<nonce>.<ciphertext>` of credential and connection settings together; null after Delete. */
	readonly sealed: string | null;
	/** Which master key sealed it. */
	readonly keyId: string | null;
}

export interface ApplicationRepository {
	/** @throws {PushError} `Conflict` when the id exists. */
	insert(application: Application): Promise<void>;
	/** Undefined also for one that is being deleted. */
	get(id: string): Promise<Application | undefined>;
	/** At most two are returned: names are not unique, and two are enough to say so. */
	findByName(name: string): Promise<readonly Application[]>;
	list(page: PageRequest & { readonly search?: string }): Promise<Page<Application>>;
	/** Writes the whole row if the stored version is `expectedVersion`. @throws {PushError} `StaleWrite`, `NotFound` */
	update(application: Application, expectedVersion: number): Promise<void>;
	/**
	 * One transaction: marks it deleted (gone for everyone at once) and destroys the sealed secrets of its channels and
	 * campaigns.
	 * The rows follow by `purgeDeleted`. @returns false when there was none.
	 */
	markDeleted(id: string, at: number): Promise<boolean>;
	/** What would go with it. */
	countDependents(id: string): Promise<Readonly<Record<'channels' | 'suppressions' | 'idempotencyKeys', number>>>;
	/** Removes up to `limit` rows of deleted applications. @returns rows removed; 0 = done. Resumable. */
	purgeDeleted(limit: number): Promise<number>;
}

export interface ChannelRepository {
	get(applicationId: string, channelType: string): Promise<StoredChannel | undefined>;
	list(applicationId: string): Promise<readonly StoredChannel[]>;
	/** Inserts when `expectedVersion` is 0, else replaces that version. @throws {PushError} `StaleWrite`, `NotFound` (application) */
	put(channel: StoredChannel, expectedVersion: number): Promise<void>;
	setHealth(applicationId: string, channelType: string, health: Channel['health']): Promise<void>;
	/** Channels sealed under a key other than `keyId`, for rotation. */
	listSealedUnderOther(keyId: string, limit: number): Promise<readonly StoredChannel[]>;
	/** Puts a new seal in place if the row still carries `oldSealed`. @returns false when it changed meanwhile. */
	reseal(
		applicationId: string,
		channelType: string,
		oldSealed: string,
		sealed: string,
		keyId: string,
	): Promise<boolean>;
}

export interface AuditRepository {
	/** Appends; sequence numbers of a chain are dense. @throws {PushError} `Conflict` */
	append(entries: readonly AuditEntry[]): Promise<void>;
	list(
		page: PageRequest & {
			readonly applicationId?: string;
			readonly action?: string;
			readonly since?: number;
			readonly until?: number;
		},
	): Promise<Page<AuditEntry>>;
	/** In order of sequence. */
	chain(chain: string, fromSequence: number, limit: number): Promise<readonly AuditEntry[]>;
	chains(): Promise<ReadonlyArray<{ readonly chain: string; readonly sequence: number; readonly mac: string }>>;
}

export type IdempotencyClaim =
	| { readonly state: 'new' }
	/** Another execution holds it and has not answered yet. */
	| { readonly state: 'running'; readonly since: number }
	| { readonly state: 'done'; readonly requestHash: string; readonly response: string };

export interface IdempotencyRepository {
	/** Atomically takes the key, or says what stands. Expired keys count as absent. */
	claim(
		applicationId: string,
		key: string,
		requestHash: string,
		now: number,
		expiresAt: number,
	): Promise<IdempotencyClaim>;
	complete(applicationId: string, key: string, response: string): Promise<void>;
	/** After a failure before anything was sent. */
	release(applicationId: string, key: string): Promise<void>;
	trim(now: number, limit: number): Promise<number>;
}

export interface SuppressionRepository {
	/** Keeps the older row where one stands; OPT_OUT wins over DEAD. @returns how many are new. */
	add(suppressions: readonly Suppression[]): Promise<number>;
	remove(applicationId: string, addresses: readonly string[]): Promise<number>;
	/** Of up to 1,000 addresses, the suppressed ones. */
	find(applicationId: string, addresses: readonly string[]): Promise<readonly Suppression[]>;
	list(applicationId: string, page: PageRequest): Promise<Page<Suppression>>;
}

export interface TemplateRepository {
	/** How many templates there are. */
	count(): Promise<number>;
	/** With the versions it starts with. @throws {PushError} `Conflict` when the name exists. */
	insert(template: PushTemplate, versions: readonly PushTemplateVersion[]): Promise<void>;
	get(name: string): Promise<PushTemplate | undefined>;
	getVersion(name: string, version: number): Promise<PushTemplateVersion | undefined>;
	/** By name. */
	list(page: PageRequest & { readonly prefix?: string }): Promise<Page<PushTemplate>>;
	/** The newest first. */
	listVersions(name: string, page: PageRequest): Promise<Page<PushTemplateVersion>>;
	/** Writes the head, and a new or changed version with it. @throws {PushError} `StaleWrite` */
	update(template: PushTemplate, expectedRevision: number, version?: PushTemplateVersion): Promise<void>;
	/** @throws {PushError} `StaleWrite` */
	removeVersion(template: PushTemplate, expectedRevision: number, version: number): Promise<void>;
	/** With all versions. @returns false when there was none. */
	remove(name: string): Promise<boolean>;
}

/** What is wanted of the log. Batches without anything wanted are passed over; those found may hold other results too. */
export interface LogFilter {
	readonly applicationId?: string;
	readonly campaignId?: string;
	readonly tag?: string;
	/** Not what this workflow sent. */
	readonly notWorkflowId?: string;
	/** Recorded at or after, and before; epoch ms. */
	readonly since?: number;
	readonly until?: number;
	readonly statuses?: readonly DeliveryStatus[];
	readonly channels?: readonly ChannelType[];
	readonly actions?: readonly TokenAction[];
	readonly reason?: string;
	/** An address, message id or trace id. Looks at every text: for the part of the log that has no index yet. */
	readonly holds?: string;
}

export interface LogScan {
	/** Where to start; itself left out. */
	readonly sequence: number;
	/** Batches at most. */
	readonly limit: number;
	/** Backwards only: where to end, itself left out. */
	readonly downTo?: number;
	readonly filter?: LogFilter;
}

/** A part of the log whose keys can be looked up: about 50,000 results. */
export interface LogSegment {
	readonly firstSequence: number;
	readonly lastSequence: number;
	/** Results. */
	readonly count: number;
}

/** Batches of results in the order in which they became visible (design section 4; kept for a time, then trimmed). */
export interface DeliveryLogRepository {
	/** All or nothing. */
	append(batches: readonly DeliveryBatch[]): Promise<void>;
	/** Sequence of the newest batch, of the oldest one; 0 when there is none. */
	last(): Promise<number>;
	first(): Promise<number>;
	/** Sequence of the last batch before `at` (epoch ms); 0 when there is none. */
	lastBefore(at: number): Promise<number>;
	/** Onwards. `scannedTo`: everything up to there was looked at, found or not. */
	after(scan: LogScan): Promise<{ readonly batches: readonly LoggedBatch[]; readonly scannedTo: number }>;
	/** Results of the batches the filter lets through; a batch counts as a whole. */
	count(after: number, upTo: number, filter: LogFilter): Promise<number>;
	/** Backwards, the newest first. */
	before(scan: LogScan): Promise<readonly LoggedBatch[]>;
	/** The newest first; those that are gone are left out. At most 1,000. */
	get(sequences: readonly number[]): Promise<readonly LoggedBatch[]>;
	/** Removes the results of an address from a batch. @returns how many */
	erase(sequence: number, address: string): Promise<number>;
	/** @see Database.listen */
	listen(onAppended: () => void): Promise<() => Promise<void>>;
}

/** How batches are found by address, message id or trace id, and how old ones go. */
export interface DeliveryIndexRepository {
	/** The oldest part of the log that has no index, once it is large enough for one. */
	nextSegment(): Promise<LogSegment | undefined>;
	/** Reads the segment and writes its index, in one transaction of some ms. */
	seal(segment: LogSegment): Promise<void>;
	/** Everything up to here has an index; 0 when nothing has. */
	sealedTo(): Promise<number>;
	/** Sequences of the batches that may hold the key, the newest first. The part without an index is not looked at. */
	find(key: string): Promise<readonly number[]>;
	/** The first sequence to keep: everything before it is older than `before` (epoch ms), or more than `maxResults`. */
	floor(before: number, maxResults: number): Promise<number>;
	/** Removes up to `limit` batches below the floor, and the index of segments that are gone. @returns batches removed; 0 = done */
	trim(floor: number, limit: number): Promise<number>;
}

/** Something that happened besides results: to a campaign, to a credential. */
export interface PushEvent {
	readonly sequence: number;
	/** Epoch ms. */
	readonly at: number;
	readonly type: EventType;
	readonly applicationId: string;
	readonly campaignId?: string;
	readonly channelType?: ChannelType;
	/** What people want to know of it: counts, names, a reason. No secret. */
	readonly details: Readonly<Record<string, unknown>>;
}

export interface EventRepository {
	append(events: readonly Omit<PushEvent, 'sequence'>[]): Promise<void>;
	/** Onwards. `scannedTo`: everything up to there was looked at, found or not. */
	after(
		sequence: number,
		limit: number,
		types: readonly EventType[],
	): Promise<{ readonly events: readonly PushEvent[]; readonly scannedTo: number }>;
	/** Sequence of the last event before `at`; 0 when there is none. */
	lastBefore(at: number): Promise<number>;
	/** Removes up to `limit` events older than `before`. @returns how many */
	trim(before: number, limit: number): Promise<number>;
}

/** Seconds a row of figures stands for. */
export const METRIC_RESOLUTIONS = [60, 3_600, 86_400] as const;

/** AWS tells direct messages from campaign messages. */
export type MetricKind = 'direct' | 'campaign';

export interface MetricRow {
	/** Seconds. */
	readonly resolution: number;
	/** Epoch ms of its beginning, in UTC. */
	readonly period: number;
	readonly applicationId: string;
	readonly channelType: ChannelType;
	readonly kind: MetricKind;
	readonly tally: ChannelTally;
}

/** The tally of a recorded batch. */
export interface BatchTally {
	readonly sequence: number;
	readonly at: number;
	readonly applicationId: string;
	readonly campaignId?: string;
	readonly kind: MetricKind;
	readonly tally: DeliveryTally;
}

export interface MetricsRepository {
	/** Sequence of the last batch of the log that is counted. */
	cursor(): Promise<number>;
	/** Of the batches after a sequence, in order. */
	tallies(after: number, limit: number): Promise<readonly BatchTally[]>;
	/** In order of time; `until` is left out. */
	rows(query: {
		readonly resolution: number;
		readonly since: number;
		readonly until: number;
		readonly applicationId?: string;
	}): Promise<readonly MetricRow[]>;
	/** Writes whole rows and moves the cursor, or neither. @throws {PushError} `StaleWrite` when it is not at `from` any more */
	put(rows: readonly MetricRow[], from: number, to: number): Promise<void>;
	trim(resolution: number, before: number, limit: number): Promise<number>;
}

/** How far a subscription has come. */
export interface SubscriptionCursor {
	/** Sequence of the delivery log up to which everything is done. */
	readonly results: number;
	/**
	 * How many results of the batch after it are left; 0 = none is done. Counted from the end, because an erasure of what
	 * is done must not move what is left.
	 */
	readonly place: number;
	/** Sequence of the events up to which everything is done. */
	readonly events: number;
	/** How often what comes next has failed. */
	readonly failures: number;
	/** JSON of what else has to be remembered. */
	readonly state: string;
}

/** Epoch ms. */
export interface Lease {
	readonly holder: string;
	readonly now: number;
	readonly until: number;
}

/** Cursors of those who are told of results; each is worked on by one process at a time. */
export interface SubscriptionRepository {
	/**
	 * Takes the lease, unless another holder has it. `start`: where a new subscription begins.
	 */
	acquire(id: string, lease: Lease, start: SubscriptionCursor): Promise<SubscriptionCursor | undefined>;
	/** @returns false when the lease is over or another's */
	renew(id: string, lease: Lease): Promise<boolean>;
	/** @throws {PushError} `StaleWrite` when the lease is another's */
	advance(id: string, lease: Lease, cursor: SubscriptionCursor): Promise<void>;
	release(id: string, holder: string): Promise<void>;
	/** Removes those that nobody has worked on since. */
	trim(before: number): Promise<number>;
}

/** Small named documents: the access policy, key rotation's state. Compare-and-set by version. */
export interface DocumentRepository {
	get(name: string): Promise<{ readonly value: string; readonly version: number } | undefined>;
	/** `expectedVersion` 0 = must not exist. @throws {PushError} `StaleWrite` */
	put(name: string, value: string, expectedVersion: number): Promise<void>;
	remove(name: string): Promise<void>;
}

/** Everything that lasts. SQLite and PostgreSQL behind one interface and one contract test suite. */
export interface Store {
	readonly kind: 'sqlite' | 'postgres';
	/** Where it is, for people; no password. */
	readonly location: string;
	readonly applications: ApplicationRepository;
	readonly channels: ChannelRepository;
	readonly audit: AuditRepository;
	readonly idempotency: IdempotencyRepository;
	readonly suppressions: SuppressionRepository;
	readonly templates: TemplateRepository;
	readonly deliveryLog: DeliveryLogRepository;
	readonly deliveryIndex: DeliveryIndexRepository;
	readonly events: EventRepository;
	readonly metrics: MetricsRepository;
	readonly subscriptions: SubscriptionRepository;
	readonly documents: DocumentRepository;
	readonly campaigns: CampaignRepository;
	readonly campaignBatches: CampaignBatchRepository;
	close(): Promise<void>;
}
