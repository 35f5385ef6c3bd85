import type { Answer } from '../desk';

/** Apple: "Handling notification responses from APNs", status per reason (plus the two spellings of the environment one). */
export const APNS_REASONS = {
	BadCollapseId: 400,
	BadDeviceToken: 400,
	BadExpirationDate: 400,
	BadMessageId: 400,
	BadPriority: 400,
	BadTopic: 400,
	DeviceTokenNotForTopic: 400,
	DuplicateHeaders: 400,
	IdleTimeout: 400,
	InvalidPushType: 400,
	MissingDeviceToken: 400,
	MissingTopic: 400,
	PayloadEmpty: 400,
	TopicDisallowed: 400,
	BadCertificate: 403,
	BadCertificateEnvironment: 403,
	BadEnvironmentKeyIdInToken: 403,
	BadEnvironmentKeyInToken: 403,
	ExpiredProviderToken: 403,
	Forbidden: 403,
	InvalidProviderToken: 403,
	MissingProviderToken: 403,
	UnrelatedKeyIdInToken: 403,
	BadPath: 404,
	MethodNotAllowed: 405,
	ExpiredToken: 410,
	Unregistered: 410,
	PayloadTooLarge: 413,
	TooManyProviderTokenUpdates: 429,
	TooManyRequests: 429,
	InternalServerError: 500,
	ServiceUnavailable: 503,
	Shutdown: 503,
} as const;

export type ApnsReason = keyof typeof APNS_REASONS;

export function isApnsReason(word: string): word is ApnsReason {
	return Object.hasOwn(APNS_REASONS, word);
}

/** Days before now at which a dead token was last known to be dead. */
const DEAD_SINCE_MS = 86_400_000;

/** `{"reason": …}` with its status; 410 also says since when. */
export function apnsRefusal(reason: ApnsReason, now: number): Answer {
	const status = APNS_REASONS[reason];
	const body = status === 410 ? { reason, timestamp: now - DEAD_SINCE_MS } : { reason };
	return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), reason };
}
