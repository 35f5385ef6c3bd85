import type { ChannelType } from './channel';
import type { LatencyHistogram } from './latency';
import type { DeliveryResult, DeliveryStatus, TokenAction } from './result';

/** Where a send came from: what results can be found by, and how a workflow is kept from starting itself. */
export interface SendOrigin {
	readonly workflowId?: string;
	readonly workflowName?: string;
	readonly nodeId?: string;
	readonly executionId?: string;
	/** The caller's own id for what caused the send; a recipient's own goes before it. */
	readonly traceId?: string;
	/** The caller's own word for a group of sends. */
	readonly tag?: string;
}

/** Results that are recorded together: all of one application, campaign and origin. */
export interface DeliveryBatch {
	/** Epoch ms when they were recorded. */
	readonly at: number;
	/** 32 zeros for a direct send. */
	readonly applicationId: string;
	readonly campaignId?: string;
	readonly origin: SendOrigin;
	/** 1 to 1,000. */
	readonly results: readonly DeliveryResult[];
}

/** A result as the log keeps it: without the caller's number, which means nothing afterwards. */
export type LoggedResult = Omit<DeliveryResult, 'ref' | 'applicationId' | 'campaignId'>;

export interface LoggedBatch extends Omit<DeliveryBatch, 'results'> {
	/** Place in the log, ascending in the order in which batches became visible; gaps mean nothing. */
	readonly sequence: number;
	readonly results: readonly LoggedResult[];
}

/** What one channel did, in numbers. Two tallies are merged by adding. */
export interface ChannelTally {
	readonly statuses: Readonly<Partial<Record<DeliveryStatus, number>>>;
	readonly actions: Readonly<Partial<Record<TokenAction, number>>>;
	/** Failures by the provider's word for them. */
	readonly reasons: Readonly<Record<string, number>>;
	/** Of everything that reached a provider. */
	readonly latency: LatencyHistogram;
	/** Tries beyond the first one. */
	readonly retries: number;
}

export type DeliveryTally = Readonly<Partial<Record<ChannelType, ChannelTally>>>;

/** What happens besides results, in the words of the trigger. */
export const EVENT_TYPES = [
	'campaign.started',
	'campaign.finished',
	'campaign.paused',
	'campaign.stopped',
	'channel.credentialRefused',
	'channel.credentialExpiring',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
