import type { Answer } from '../desk';

/** Amazon Device Messaging: errors of the send request. `CanonicalId` is no error: 200 with another registration id. */
export const ADM_REASONS = {
	CanonicalId: 200,
	InvalidRegistrationId: 400,
	InvalidData: 400,
	InvalidConsolidationKey: 400,
	InvalidExpiration: 400,
	InvalidChecksum: 400,
	InvalidType: 400,
	Unregistered: 400,
	AccessTokenExpired: 401,
	MessageTooLarge: 413,
	MaxRateExceeded: 429,
	InternalServerError: 500,
	ServiceUnavailable: 503,
} as const;

export type AdmReason = keyof typeof ADM_REASONS;

export function isAdmReason(word: string): word is AdmReason {
	return Object.hasOwn(ADM_REASONS, word);
}

/** Amazon answers these two without a reason in the body. */
const SILENT: ReadonlySet<AdmReason> = new Set(['InternalServerError', 'ServiceUnavailable']);

export function admRefusal(reason: AdmReason): Answer {
	return {
		status: ADM_REASONS[reason],
		headers: { 'Content-Type': 'application/json' },
		body: SILENT.has(reason) ? '' : JSON.stringify({ reason }),
		reason,
	};
}
