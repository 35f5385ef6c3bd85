import type { ChannelType } from './channel';

/** Settings of an application that sends fall back on. */
export interface ApplicationSettings {
	/** Messages per second over each channel; absent = the provider's default. */
	readonly ratePerSecond?: number;
	/** Local time span in which campaigns keep quiet (used by campaigns); `HH:MM`. */
	readonly quietHours?: { readonly start: string; readonly end: string };
	/** Sends add dead addresses (tokenAction `remove`) to the suppression list. */
	readonly suppressDeadAddresses?: boolean;
}

/** The container of everything a mobile product needs to be sent to (AWS: application). */
export interface Application {
	/** 32 lowercase hex. */
	readonly id: string;
	readonly name: string;
	readonly tags: Readonly<Record<string, string>>;
	readonly settings: ApplicationSettings;
	/** Epoch ms. */
	readonly createdAt: number;
	readonly updatedAt: number;
	/** From 1, plus one per change. */
	readonly version: number;
}

export const AUTHENTICATION_METHODS = ['KEY', 'CERTIFICATE', 'TOKEN'] as const;

export type AuthenticationMethod = (typeof AUTHENTICATION_METHODS)[number];

/** What may be known of a stored credential: never a secret. */
export interface CredentialFacts {
	/** APNs key stored. */
	readonly hasTokenKey: boolean;
	/** APNs certificate, Baidu keys, ADM client or FCM legacy key stored. */
	readonly hasCredential: boolean;
	readonly hasFcmServiceCredentials: boolean;
	/** SHA-256 (16 hex) of the credential: tells whether two are the same without showing either. */
	readonly fingerprint?: string;
	/** Epoch ms; certificates only. */
	readonly expiresAt?: number;
	readonly topics?: readonly string[];
	readonly authenticationMethod?: AuthenticationMethod;
}

export interface ChannelHealth {
	readonly ok: boolean;
	readonly message: string;
	/** Epoch ms. */
	readonly checkedAt: number;
}

/** One channel of an application, as operations show it. */
export interface Channel {
	readonly applicationId: string;
	readonly channelType: ChannelType;
	readonly enabled: boolean;
	readonly facts: CredentialFacts;
	readonly health?: ChannelHealth;
	/** From 1, plus one per write. */
	readonly version: number;
	readonly createdAt: number;
	readonly updatedAt: number;
	/** Principal of the last write. */
	readonly lastModifiedBy: string;
	/** True after Delete: disabled and its secrets destroyed. */
	readonly archived: boolean;
}

export interface AuditEntry {
	/** Chain (one per process) and place in it, from 1. */
	readonly chain: string;
	readonly sequence: number;
	/** Epoch ms. */
	readonly at: number;
	/** AWS's action name, e.g. `mobiletargeting:CreateApp`. */
	readonly action: string;
	readonly applicationId?: string;
	readonly resource: string;
	readonly principal: Principal;
	readonly outcome: 'allowed' | 'denied' | 'failed';
	/** Changed fields, secrets as `***`; counts of a send. */
	readonly details: Readonly<Record<string, unknown>>;
	/** HMAC-SHA-256 (hex) over the row and the mac before it. */
	readonly mac: string;
}

/** Who asked. n8n gives no user id for most runs: absent then. */
export interface Principal {
	readonly credentialId?: string;
	readonly credentialName?: string;
	readonly workflowId?: string;
	readonly workflowName?: string;
	readonly executionId?: string;
	readonly executionMode?: string;
	readonly userId?: string;
}

export const SUPPRESSION_REASONS = ['DEAD', 'OPT_OUT'] as const;

export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export interface Suppression {
	readonly applicationId: string;
	readonly address: string;
	readonly reason: SuppressionReason;
	/** The provider's word for DEAD, the caller's note for OPT_OUT. */
	readonly note?: string;
	/** Epoch ms. */
	readonly createdAt: number;
}
