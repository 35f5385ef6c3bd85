import { DELIVERY_STATUSES } from './result';

/**
 * Where a campaign stands.
 * `PENDING`: its start is still to come. `RUNNING`: somebody sends, or should. `WAITING`: nothing to do before
 * `nextRunAt`. `PAUSED`: by a person. `STOPPED`: by its own circuit breaker, resumable. The others are ends.
 */
export const CAMPAIGN_STATES = [
	'PENDING',
	'RUNNING',
	'WAITING',
	'PAUSED',
	'STOPPED',
	'COMPLETED',
	'CANCELLED',
	'FAILED',
] as const;

export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** Where a campaign may go from each state; the compiler demands every row. */
export const CAMPAIGN_MOVES: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
	PENDING: ['RUNNING', 'PAUSED', 'CANCELLED', 'FAILED'],
	RUNNING: ['WAITING', 'PAUSED', 'STOPPED', 'COMPLETED', 'CANCELLED', 'FAILED'],
	WAITING: ['RUNNING', 'WAITING', 'PAUSED', 'COMPLETED', 'CANCELLED', 'FAILED'],
	PAUSED: ['PENDING', 'RUNNING', 'CANCELLED'],
	STOPPED: ['RUNNING', 'CANCELLED'],
	COMPLETED: [],
	CANCELLED: [],
	FAILED: ['RUNNING', 'CANCELLED'],
};

export const CAMPAIGN_ENDS: ReadonlySet<CampaignState> = new Set(['COMPLETED', 'CANCELLED', 'FAILED']);

/**
 * How far the recipients are in the store.
 * `OPEN`: they are being read. `INTERRUPTED`: whoever read them died; Start with the same key goes on, and a file that
 * n8n still has is read on by Run. `DONE`: all of them are there.
 */
export const INTAKE_STATES = ['OPEN', 'INTERRUPTED', 'DONE'] as const;

export type IntakeState = (typeof INTAKE_STATES)[number];

/** Why a campaign did not send to a recipient at all. */
export const SKIP_REASONS = ['DUPLICATE', 'HOLD_OUT', 'CAPPED', 'QUIET_HOURS', 'EXPIRED'] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

/** What a campaign counts its rows by: a provider's answer, why none was asked, or that the line is empty. */
export const CAMPAIGN_OUTCOMES = [...DELIVERY_STATUSES, ...SKIP_REASONS, 'EMPTY'] as const;

export type CampaignOutcome = (typeof CAMPAIGN_OUTCOMES)[number];

/** A number of recipients that ended alike. */
export interface CampaignCount {
	/** Empty where the campaign has no treatments. */
	readonly treatment: string;
	readonly outcome: CampaignOutcome;
	/** The provider's word, or ours; empty when all went well. */
	readonly reason: string;
	readonly recipients: number;
	readonly possibleDuplicates: number;
}

/** A row of the source that is no recipient. */
export interface BadRow {
	/** Line of the file, from 1; the number of the item or row for other sources. */
	readonly line: number;
	readonly reason: string;
}

/** A campaign as it lies in the store. Times are epoch ms. */
export interface Campaign {
	/** 32 lowercase hex. */
	readonly id: string;
	/** What its rows in the store are kept under: shorter than the id. 0 before it is stored. */
	readonly number: number;
	readonly applicationId: string;
	/** Unique within the application. */
	readonly key: string;
	/** JSON of what it is: message, schedule, source; fixed at Start. */
	readonly definition: string;
	/** Set by whom. */
	readonly createdBy: string;
	readonly state: CampaignState;
	/** One sentence; empty when there is nothing to say. */
	readonly stateReason: string;
	readonly intake: IntakeState;
	/** Rows of the source in the store so far, and the batches they make. */
	readonly rows: number;
	readonly batches: number;
	readonly badRows: number;
	readonly nextRunAt: number | undefined;
	readonly createdAt: number;
	readonly startedAt: number | undefined;
	readonly finishedAt: number | undefined;
	readonly updatedAt: number;
	/** From 1, plus one per change of state. */
	readonly version: number;
}
