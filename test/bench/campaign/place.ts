import type { N8nCredential } from '../../../scripts/simulatorCredentials';
import type { Gauge } from './gauge';

/** What the node answers, as far as the bench reads it. */
export interface CampaignSummary {
	readonly state?: string;
	readonly rows?: number;
	readonly successful?: number;
	/** ISO 8601 */
	readonly startedAt?: string;
	readonly finishedAt?: string;
}

export interface PlaceSettings {
	/** Of its own, for n8n and its store. */
	readonly folder: string;
	/** Files of recipients lie here. */
	readonly files: string;
	readonly apnsKey: N8nCredential;
	readonly profile?: string;
}

/** A process in which campaigns run, as it is after its start. */
export interface Running {
	readonly gauge: Gauge;
	/** @param ratePerSecond {@link PACED}, or as fast as it goes */
	campaign(file: string, key: string, ratePerSecond?: number): Promise<CampaignSummary>;
	stop(): Promise<void>;
}

export interface Place {
	/** Once: the application and its channel. */
	prepare(): Promise<void>;
	start(): Promise<Running>;
}

/** The limit of paced campaigns, messages per second. */
export const PACED = 5_000;

/** Waited for answers at most, ms. */
export const PATIENCE_MS = 240_000;
