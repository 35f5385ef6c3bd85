import type { BadRow, Campaign, CampaignCount, CampaignState, DeliveryBatch } from '../model';
import type { Page, PageRequest } from './types';

/** Up to 1,000 rows of the source on their way into the store. */
export interface NewBatch {
	readonly batch: number;
	/** Number of its first row in the source, from 0. */
	readonly firstRow: number;
	/** Line of the file its first row begins at, from 1. */
	readonly firstLine: number;
	readonly rows: number;
	/** Tells whether the same place of the source reads the same when it is read again. */
	readonly contentHash: string;
	readonly content: string;
}

/** What is known of the recipients of a batch that are not simply "done" or "not yet handed over". */
export interface BatchProgress {
	/** Recipients at places below this one may have been handed to the sender. */
	readonly handed: number;
	/** Base64 of a bit per place: the recipient has its result, or never gets one. Null = none yet. */
	readonly done: string | null;
	/** JSON of those that come again; see campaigns/progress. */
	readonly later: string | null;
}

/** A batch in the hands of one runner, until its lease is over. */
export interface ClaimedBatch extends BatchProgress {
	readonly batch: number;
	readonly firstRow: number;
	readonly firstLine: number;
	readonly rows: number;
	readonly content: string;
	/** Changes with each claim: who claimed before can write no more. */
	readonly fence: number;
}

/** Devices that a campaign sends to, as batches bring them in. */
export interface AdmittedDevices {
	/** Dense, from 1. */
	readonly sequence: number;
	readonly batch: number;
	/** Base64 of 8 bytes per device. */
	readonly hashes: string;
}

/** What became of a claimed batch so far. */
export interface BatchChange extends BatchProgress {
	readonly batch: number;
	readonly owner: string;
	readonly fence: number;
	/** Nothing is left to do: its rows go. */
	readonly finished: boolean;
	/** Gives the lease back; the batch can be claimed again from this moment (epoch ms). */
	readonly releaseUntil?: number;
}

/** What runners write in one transaction: all of it counts, or nothing does. */
export interface CampaignRecord {
	readonly changes: readonly BatchChange[];
	readonly counts: readonly CampaignCount[];
	readonly badRows: readonly BadRow[];
	/** For the delivery log. */
	readonly log: readonly DeliveryBatch[];
}

export interface CampaignMove {
	readonly state: CampaignState;
	readonly stateReason?: string;
	readonly nextRunAt?: number;
	readonly startedAt?: number;
	readonly finishedAt?: number;
	/** How it went so far, for those who hear of the change. */
	readonly counts?: Readonly<Record<string, number>>;
}

/** What is written together with a new campaign. */
export interface NewCampaignRows {
	/** All of its rows, where they are at hand. */
	readonly batches?: readonly NewBatch[];
	/** How its source is opened again. */
	readonly sealedSource?: string;
}

/** How a campaign's source is opened again, and whose it is. */
export interface SealedSource {
	readonly number: number;
	readonly campaignId: string;
	readonly applicationId: string;
	readonly sealed: string;
}

export interface CampaignRepository {
	/**
	 * The campaign and what it brings along, all or nothing.
	 * @returns the campaign with its number, or undefined when the application has one with this key.
	 */
	insert(campaign: Campaign, along?: NewCampaignRows): Promise<Campaign | undefined>;
	get(id: string): Promise<Campaign | undefined>;
	findByKey(applicationId: string, key: string): Promise<Campaign | undefined>;
	/** The newest first. */
	list(
		page: PageRequest & { readonly applicationId?: string; readonly state?: CampaignState },
	): Promise<Page<Campaign>>;
	/** Those that somebody should work on now, the one that waits longest first. */
	due(now: number, limit: number): Promise<readonly Campaign[]>;
	/** When the first of the others wants to run; undefined = none waits. */
	nextDue(): Promise<number | undefined>;
	/** Writes the new state if the version still is what the caller saw. @returns undefined when it is not. */
	move(campaign: Campaign, move: CampaignMove, at: number): Promise<Campaign | undefined>;

	/** Takes or keeps the right to append rows. @returns false while somebody else has it. */
	takeIntake(number: number, owner: string, now: number, until: number): Promise<boolean>;
	/** @throws {PushError} `StaleWrite` when the intake is not the owner's any more. */
	append(number: number, owner: string, batches: readonly NewBatch[], until: number): Promise<void>;
	/** @throws {PushError} `StaleWrite` */
	endIntake(number: number, owner: string, intake: 'DONE' | 'INTERRUPTED', at: number): Promise<void>;
	/** How the source is opened again; gone when all rows are there, or the campaign is over. */
	sealedSource(number: number): Promise<string | undefined>;
	/** Takes the place of what is there, as long as rows are missing and the campaign is not over. */
	putSealedSource(number: number, sealed: string): Promise<void>;
	/** Sources whose seal does not begin like this, for rotation. */
	sourcesSealedOtherwise(beginning: string, limit: number): Promise<readonly SealedSource[]>;
	/** Puts a new seal in place if the row still carries the old one. @returns false when it changed meanwhile */
	resealSource(source: SealedSource, sealed: string): Promise<boolean>;
	/** All rows are there, or the campaign is gone. */
	isRead(number: number): Promise<boolean>;
	contentHash(number: number, batch: number): Promise<string | undefined>;
	/** What has been appended so far. */
	size(number: number): Promise<{ readonly rows: number; readonly batches: number }>;

	counts(number: number): Promise<readonly CampaignCount[]>;
	/** The first 1,000. */
	badRows(number: number): Promise<readonly BadRow[]>;
	/** A runner says that it is there, and how fast. */
	seen(number: number, owner: string, at: number, perSecond: number): Promise<void>;
	left(number: number, owner: string): Promise<void>;
	/** Runners that were there since. */
	runners(
		number: number,
		since: number,
	): Promise<ReadonlyArray<{ readonly owner: string; readonly perSecond: number }>>;
	/** The campaign goes at once, its rows in slices. @returns false when there was none. */
	remove(campaign: Campaign): Promise<boolean>;
}

export interface CampaignBatchRepository {
	/** Takes up to `limit` batches that are due and nobody's. */
	claim(
		number: number,
		claim: { readonly owner: string; readonly now: number; readonly until: number; readonly limit: number },
	): Promise<readonly ClaimedBatch[]>;
	/** @returns how many leases there are. */
	extend(number: number, owner: string, until: number): Promise<number>;
	/** Gives back what was claimed and not begun. */
	release(number: number, owner: string, batches: readonly ClaimedBatch[]): Promise<void>;
	/**
	 * Notes the devices of a batch as the campaign's.
	 * @returns false when the number is taken: somebody else noted others meanwhile, which have to be looked at first
	 */
	admit(number: number, admitted: AdmittedDevices): Promise<boolean>;
	/** The devices noted for this batch; undefined when none were. */
	admitted(number: number, batch: number): Promise<string | undefined>;
	/** In their order, from the one after `sequence` on. */
	admittedAfter(number: number, sequence: number, limit: number): Promise<readonly AdmittedDevices[]>;
	/**
	 * Counts a message for each address that has not reached its caps; asked again for the same batch and day, it counts
	 * nothing and says the same.
	 * @param hashes JSON array of 64-bit numbers, each once
	 * @returns places in the array that may be sent to
	 */
	countContacts(
		contact: {
			readonly applicationId: string;
			readonly number: number;
			readonly batch: number;
			readonly day: number;
			readonly perDay: number;
			readonly total: number;
			/** The message counts towards the total already, and was not sent on the day it was counted for. */
			readonly postponed: boolean;
		},
		hashes: string,
	): Promise<readonly number[]>;
	/** @throws {PushError} `StaleWrite` when a batch has been taken over: nothing is written then. */
	record(number: number, record: CampaignRecord): Promise<void>;
	/** What is left, and the first moment at which a batch can be claimed. */
	outlook(
		number: number,
	): Promise<{ readonly unfinished: number; readonly leased: number; readonly nextAt: number | undefined }>;
}
