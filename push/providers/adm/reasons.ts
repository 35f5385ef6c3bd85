import type { OutcomeClass, TokenAction } from '../../model';

/** What one reason means and what to do about it. */
export interface AdmRow {
	readonly class: OutcomeClass;
	readonly statusCode?: number;
	/** @default 'keep' */
	readonly tokenAction?: TokenAction;
	readonly guarded?: boolean;
	readonly stops?: 'message' | 'client';
	/** First delay of the back-off, ms. */
	readonly backoffMs?: number;
	readonly message: string;
}

const BACKOFF_MS = 2_000;

/** Every reason ADM documents (ADM: Send a message, response format). */
export const ADM_REASONS = [
	'InvalidRegistrationId',
	'Unregistered',
	'InvalidData',
	'InvalidConsolidationKey',
	'InvalidExpiration',
	'InvalidChecksum',
	'InvalidType',
	'AccessTokenExpired',
	'MessageTooLarge',
	'MaxRateExceeded',
] as const;

export type AdmReason = (typeof ADM_REASONS)[number];

const TOO_FAST: AdmRow = {
	class: 'throttle-sender',
	backoffMs: BACKOFF_MS,
	message: 'Messages go to Amazon faster than it allows this app. Lower the messages per second.',
};

const REFUSED_ACCESS_TOKEN: AdmRow = {
	class: 'auth-refresh',
	statusCode: 401,
	message: 'Amazon refused the access token. Check the client id, the client secret and the custom endpoints, if set.',
};

const TOO_LARGE: AdmRow = {
	class: 'payload',
	statusCode: 413,
	stops: 'message',
	message: 'ADM takes at most 6,144 bytes of data. Shorten the message.',
};

export const ADM_REASON: Readonly<Record<AdmReason, AdmRow>> = {
	InvalidRegistrationId: {
		class: 'token',
		statusCode: 410,
		tokenAction: 'remove',
		guarded: true,
		message:
			'ADM does not know this registration id. Remove it; if many fail so, the credential is of another security profile than the app.',
	},
	Unregistered: {
		class: 'token',
		statusCode: 410,
		tokenAction: 'remove',
		message: 'The app was removed from this device. Remove the registration id.',
	},
	InvalidData: {
		class: 'payload',
		stops: 'message',
		message: 'ADM does not accept the data: it is empty, or a value is not text. Correct it.',
	},
	InvalidConsolidationKey: {
		class: 'payload',
		stops: 'message',
		message: 'ADM does not accept the collapse id (consolidationKey). Use a shorter one, of at most 64 characters.',
	},
	InvalidExpiration: {
		class: 'payload',
		stops: 'message',
		message: 'ADM does not accept the time to live. Use 1 to 2,678,400 seconds (31 days).',
	},
	InvalidChecksum: {
		class: 'payload',
		stops: 'message',
		message: 'The checksum (md5) does not belong to the data. Leave it out, or let it be computed.',
	},
	InvalidType: {
		class: 'client-bug',
		stops: 'client',
		message: 'ADM does not know the kind of message that was announced to it (X-Amzn headers). Please report this.',
	},
	AccessTokenExpired: REFUSED_ACCESS_TOKEN,
	MessageTooLarge: TOO_LARGE,
	MaxRateExceeded: TOO_FAST,
};

/** An answer without a known reason. */
export function rowOfHttpStatus(status: number, fallback: OutcomeClass): AdmRow {
	if (status === 401) return REFUSED_ACCESS_TOKEN;
	if (status === 413) return TOO_LARGE;
	switch (fallback) {
		case 'throttle-sender':
			return TOO_FAST;
		case 'temporary':
			return {
				class: 'temporary',
				statusCode: status,
				backoffMs: BACKOFF_MS,
				message: `ADM, or a gateway in between, is in trouble (HTTP ${status}). Try again later.`,
			};
		case 'config':
			return {
				class: 'config',
				statusCode: status,
				stops: 'client',
				message: `Amazon does not let this security profile send (HTTP ${status}). Check it at developer.amazon.com, and the custom endpoint, if one is set.`,
			};
		case 'payload':
			return { class: 'payload', message: `ADM does not accept the message (HTTP ${status}). Check its content.` };
		case 'client-bug':
			return {
				class: 'client-bug',
				stops: 'client',
				message: `There is no ADM at this address (HTTP ${status}). Check the custom endpoint, if one is set; otherwise please report this.`,
			};
		case 'token':
			return {
				class: 'token',
				statusCode: 410,
				tokenAction: 'suspect',
				message: `ADM says that this registration id is gone (HTTP ${status}).`,
			};
		default:
			return { class: fallback, message: `ADM gave an answer this version does not know (HTTP ${status}).` };
	}
}
