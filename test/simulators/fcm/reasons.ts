import type { Answer } from '../desk';

export interface FcmRefusal {
	readonly status: number;
	/** Canonical gRPC word; absent: not Google's JSON (a proxy's page). */
	readonly word?: string;
	readonly message: string;
	/** `FcmError.errorCode`. */
	readonly errorCode?: string;
	/** `ErrorInfo.reason`. */
	readonly info?: string;
	readonly violations?: ReadonlyArray<{ field: string; description: string }>;
	/** `QuotaFailure` violation: what ran over. */
	readonly quota?: { subject: string; description: string };
	/** `RetryInfo`, seconds. */
	readonly retryDelay?: number;
	readonly html?: boolean;
}

const INVALID_TOKEN = 'The registration token is not a valid FCM registration token';
const OAUTH_TEXT =
	'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
const invalid = (message: string): FcmRefusal => ({ status: 400, word: 'INVALID_ARGUMENT', message });
const denied = (info: string, message: string): FcmRefusal => ({
	status: 403,
	word: 'PERMISSION_DENIED',
	message,
	info,
});
const unauthenticated = (info: string, message = OAUTH_TEXT): FcmRefusal => ({
	status: 401,
	word: 'UNAUTHENTICATED',
	message,
	info,
});
const exhausted = (message: string): FcmRefusal => ({
	status: 429,
	word: 'RESOURCE_EXHAUSTED',
	message,
	errorCode: 'QUOTA_EXCEEDED',
});

/** FCM: "ErrorCode" and the throttling page; one word of ours per row that differs on the wire. */
export const FCM_REASONS = {
	INVALID_TOKEN: { ...invalid(INVALID_TOKEN), errorCode: 'INVALID_ARGUMENT' },
	INVALID_TOKEN_FIELD: {
		...invalid('Request contains an invalid argument.'),
		violations: [{ field: 'message.token', description: INVALID_TOKEN }],
	},
	INVALID_ARGUMENT: {
		...invalid('Invalid value at \'message.android.ttl\' (type.googleapis.com/google.protobuf.Duration), "5"'),
		violations: [
			{
				field: 'message.android.ttl',
				description: 'Invalid value at \'message.android.ttl\' (type.googleapis.com/google.protobuf.Duration), "5"',
			},
		],
	},
	MESSAGE_TOO_BIG: { ...invalid('Android message is too big'), errorCode: 'INVALID_ARGUMENT' },
	INVALID_DATA_KEY: { ...invalid('Invalid data payload key: from'), errorCode: 'INVALID_ARGUMENT' },
	UNREGISTERED: {
		status: 404,
		word: 'NOT_FOUND',
		message: 'Requested entity was not found.',
		errorCode: 'UNREGISTERED',
	},
	NOT_REGISTERED: { status: 404, word: 'NOT_FOUND', message: 'NotRegistered', errorCode: 'UNREGISTERED' },
	NOT_FOUND: { status: 404, word: 'NOT_FOUND', message: 'Requested entity was not found.' },
	SENDER_ID_MISMATCH: {
		status: 403,
		word: 'PERMISSION_DENIED',
		message: 'SenderId mismatch',
		errorCode: 'SENDER_ID_MISMATCH',
	},
	SERVICE_DISABLED: denied(
		'SERVICE_DISABLED',
		'Firebase Cloud Messaging API has not been used in project 1 before or it is disabled.',
	),
	IAM_PERMISSION_DENIED: denied(
		'IAM_PERMISSION_DENIED',
		"Permission 'cloudmessaging.messages.create' denied on resource",
	),
	CONSUMER_INVALID: denied('CONSUMER_INVALID', 'Permission denied on resource project unknown.'),
	BILLING_DISABLED: denied('BILLING_DISABLED', 'This API method requires billing to be enabled.'),
	API_KEY_SERVICE_BLOCKED: denied('API_KEY_SERVICE_BLOCKED', 'Requests to this API are blocked.'),
	PERMISSION_DENIED: { status: 403, word: 'PERMISSION_DENIED', message: 'The caller does not have permission' },
	THIRD_PARTY_AUTH_ERROR: {
		status: 401,
		word: 'UNAUTHENTICATED',
		message: OAUTH_TEXT,
		errorCode: 'THIRD_PARTY_AUTH_ERROR',
	},
	APNS_AUTH_ERROR: { status: 401, word: 'UNAUTHENTICATED', message: OAUTH_TEXT, errorCode: 'APNS_AUTH_ERROR' },
	ACCESS_TOKEN_EXPIRED: unauthenticated('ACCESS_TOKEN_EXPIRED'),
	ACCESS_TOKEN_TYPE_UNSUPPORTED: unauthenticated('ACCESS_TOKEN_TYPE_UNSUPPORTED'),
	CREDENTIALS_MISSING: unauthenticated(
		'CREDENTIALS_MISSING',
		'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
	),
	QUOTA_EXCEEDED: {
		...exhausted("Quota exceeded for quota metric 'Send requests' and limit 'Send requests per minute'."),
		quota: { subject: 'project_number:1', description: 'Send requests per minute' },
	},
	DEVICE_QUOTA_EXCEEDED: {
		...exhausted('Device message rate exceeded.'),
		quota: { subject: 'device', description: 'Device message rate exceeded' },
	},
	TOPIC_QUOTA_EXCEEDED: {
		...exhausted('Topic message rate exceeded.'),
		quota: { subject: 'topic', description: 'Topic message rate exceeded' },
	},
	QUOTA_EXCEEDED_RETRY_INFO: { ...exhausted('Quota exceeded.'), retryDelay: 30 },
	INTERNAL: { status: 500, word: 'INTERNAL', message: 'Internal error encountered.', errorCode: 'INTERNAL' },
	UNAVAILABLE: {
		status: 503,
		word: 'UNAVAILABLE',
		message: 'The service is currently unavailable.',
		errorCode: 'UNAVAILABLE',
	},
	BAD_GATEWAY: { status: 502, message: 'The server encountered a temporary error.', html: true },
	GATEWAY_TIMEOUT: { status: 504, word: 'DEADLINE_EXCEEDED', message: 'Deadline exceeded.' },
	REQUEST_TIMEOUT: { status: 408, message: 'Your client has taken too long to issue its request.', html: true },
	UNSPECIFIED_ERROR: {
		status: 400,
		word: 'FAILED_PRECONDITION',
		message: 'Unspecified.',
		errorCode: 'UNSPECIFIED_ERROR',
	},
} as const satisfies Readonly<Record<string, FcmRefusal>>;

export type FcmReason = keyof typeof FCM_REASONS;

export function isFcmReason(word: string): word is FcmReason {
	return Object.hasOwn(FCM_REASONS, word);
}

const TYPE = 'type.googleapis.com/';

/** Google's error body (AIP-193) for a refusal, or the page of a proxy. */
export function fcmAnswer(refusal: FcmRefusal, reason: string): Answer {
	if (refusal.html || refusal.word === undefined) {
		const body = `<!DOCTYPE html>\n<html lang=en><title>Error ${refusal.status}</title><p><b>${refusal.status}.</b> <ins>That’s an error.</ins><p>${refusal.message}</html>\n`;
		return { status: refusal.status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body, reason };
	}
	const details = detailsOf(refusal);
	const error = {
		code: refusal.status,
		message: refusal.message,
		status: refusal.word,
		...(details.length > 0 ? { details } : {}),
	};
	return {
		status: refusal.status,
		headers: { 'content-type': 'application/json; charset=UTF-8' },
		body: JSON.stringify({ error }, null, 2),
		reason,
	};
}

function detailsOf(refusal: FcmRefusal): Array<Record<string, unknown>> {
	const { errorCode, violations, quota, info, retryDelay } = refusal;
	const details: Array<Record<string, unknown>> = [];
	if (errorCode !== undefined) details.push({ '@type': `${TYPE}google.firebase.fcm.v1.FcmError`, errorCode });
	if (violations) details.push({ '@type': `${TYPE}google.rpc.BadRequest`, fieldViolations: violations });
	if (quota) details.push({ '@type': `${TYPE}google.rpc.QuotaFailure`, violations: [quota] });
	if (info !== undefined) {
		const metadata = { service: 'fcm.googleapis.com', method: 'google.firebase.fcm.v1.FcmService.SendMessage' };
		details.push({ '@type': `${TYPE}google.rpc.ErrorInfo`, reason: info, domain: 'googleapis.com', metadata });
	}
	if (retryDelay !== undefined) details.push({ '@type': `${TYPE}google.rpc.RetryInfo`, retryDelay: `${retryDelay}s` });
	return details;
}
