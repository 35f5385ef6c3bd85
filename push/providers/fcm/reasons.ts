import type { OutcomeClass, TokenAction } from '../../model';

/** What a sentence about a refusal may need to name. None of it is secret. */
export interface FcmFacts {
	readonly projectId: string;
	readonly clientEmail: string;
	/** What FCM says about single fields, or its sentence; may be empty. */
	readonly detail: string;
}

/** What one reason means and what to do about it. */
export interface FcmRow {
	readonly class: OutcomeClass;
	/** In place of the class's own, and of FCM's for `config`, `temporary` and `unknown`. */
	readonly statusCode?: number;
	/** @default 'keep' */
	readonly tokenAction?: TokenAction;
	readonly guarded?: boolean;
	readonly stops?: 'message' | 'client';
	/** First delay of the back-off, ms. */
	readonly backoffMs?: number;
	say(facts: FcmFacts): string;
}

/** "Starting at 10 s" for server trouble, "60 s" for quota without Retry-After (FCM: Scale, best practices). */
const TROUBLE_BACKOFF_MS = 10_000;
const QUOTA_BACKOFF_MS = 60_000;

const IAM_PAGE = 'https://console.cloud.google.com/iam-admin/iam?project=';
const API_PAGE = 'https://console.cloud.google.com/apis/library/fcm.googleapis.com?project=';
const BILLING_PAGE = 'https://console.cloud.google.com/billing/linkedaccount?project=';

export const BAD_TOKEN: FcmRow = {
	class: 'token',
	statusCode: 400,
	tokenAction: 'remove',
	say: () => 'This is not a registration token of FCM. Remove it and let the app register again.',
};

export const TOO_BIG: FcmRow = {
	class: 'payload',
	statusCode: 413,
	stops: 'message',
	say: ({ detail }) => `FCM takes at most 4,096 bytes of data and notification${quoted(detail)}. Shorten the message.`,
};

/** FCM named what is wrong in the message: it is wrong for every recipient. */
export const BAD_FIELD: FcmRow = {
	class: 'payload',
	stops: 'message',
	say: ({ detail }) => `FCM does not accept the message${quoted(detail)}. Correct that field.`,
};

/** It may still be about this one token: FCM does not say. */
const BAD_REQUEST: FcmRow = {
	class: 'payload',
	say: ({ detail }) => `FCM does not accept the request${quoted(detail)}. Check the message, data keys above all.`,
};

const DEAD_TOKEN: FcmRow = {
	class: 'token',
	statusCode: 410,
	tokenAction: 'remove',
	say: () => 'The app was removed from this device, or its token has expired. Remove the token.',
};

const SENDER_MISMATCH: FcmRow = {
	class: 'token',
	statusCode: 400,
	tokenAction: 'suspect',
	guarded: true,
	say: ({ projectId }) =>
		`The token belongs to another Firebase project than ${projectId}. If many fail so, the credential is of the wrong project.`,
};

const QUOTA: FcmRow = {
	class: 'throttle-sender',
	backoffMs: QUOTA_BACKOFF_MS,
	say: ({ projectId }) => `Project ${projectId} sends faster than its FCM quota allows. Lower the messages per second.`,
};

export const DEVICE_QUOTA: FcmRow = {
	class: 'throttle-device',
	backoffMs: QUOTA_BACKOFF_MS,
	say: () => 'This device gets more messages than FCM allows for one device. Send it less, or later.',
};

const TROUBLE: FcmRow = {
	class: 'temporary',
	backoffMs: TROUBLE_BACKOFF_MS,
	say: () => 'FCM is overloaded or in trouble. Try again later.',
};

/** Only devices of that kind are concerned: the others must go on. */
const THIRD_PARTY: FcmRow = {
	class: 'config',
	say: ({ projectId }) =>
		`Firebase project ${projectId} cannot reach Apple or the web push service for this device: its APNs key or certificate, ` +
		'or its web push key, is missing or no longer valid. Upload it in the Firebase console > Project settings > Cloud Messaging.',
};

const REFUSED_ACCESS_TOKEN: FcmRow = {
	class: 'auth-refresh',
	statusCode: 401,
	say: ({ clientEmail }) =>
		`FCM refused the access token of ${clientEmail}. Check the clock of the n8n server and the credential.`,
};

const FORBIDDEN: FcmRow = config(
	({ projectId, clientEmail }) =>
		`${clientEmail} may not send for project ${projectId}. Give it the role "Firebase Cloud Messaging API Admin" at ${IAM_PAGE}${projectId}.`,
);

export const WRONG_PROJECT: FcmRow = config(
	({ projectId }) =>
		`FCM knows no project ${projectId}. Enter a service account of the Firebase project the app belongs to, and check the custom endpoint if one is set.`,
);

const API_KEY: FcmRow = config(
	() =>
		'FCM was given an API key it does not accept. Pushes are sent with a service account: check the gateway in between.',
);

const SUSPENDED: FcmRow = config(
	({ projectId }) =>
		`Google has suspended project ${projectId}. See what it says at https://console.cloud.google.com/home/dashboard?project=${projectId}.`,
);

function config(say: FcmRow['say']): FcmRow {
	return { class: 'config', stops: 'client', say };
}

function quoted(detail: string): string {
	return detail === '' ? '' : ` (${detail})`;
}

/** FcmError.errorCode (FCM REST reference: ErrorCode; `UNREGISTERED_FID` is newer, `APNS_AUTH_ERROR` an old alias). */
export const FCM_ERROR_CODES = [
	'UNSPECIFIED_ERROR',
	'INVALID_ARGUMENT',
	'UNREGISTERED',
	'UNREGISTERED_FID',
	'SENDER_ID_MISMATCH',
	'QUOTA_EXCEEDED',
	'UNAVAILABLE',
	'INTERNAL',
	'THIRD_PARTY_AUTH_ERROR',
	'APNS_AUTH_ERROR',
] as const;

export type FcmErrorCode = (typeof FCM_ERROR_CODES)[number];

/** null: says nothing; the next source decides. INVALID_ARGUMENT and QUOTA_EXCEEDED are split further by `response`. */
export const FCM_ERROR: Readonly<Record<FcmErrorCode, FcmRow | null>> = {
	UNSPECIFIED_ERROR: null,
	INVALID_ARGUMENT: BAD_REQUEST,
	UNREGISTERED: DEAD_TOKEN,
	UNREGISTERED_FID: DEAD_TOKEN,
	SENDER_ID_MISMATCH: SENDER_MISMATCH,
	QUOTA_EXCEEDED: QUOTA,
	UNAVAILABLE: TROUBLE,
	INTERNAL: TROUBLE,
	THIRD_PARTY_AUTH_ERROR: THIRD_PARTY,
	APNS_AUTH_ERROR: THIRD_PARTY,
};

/** ErrorInfo.reason (google.api.ErrorReason, and IAM's own). */
export const ERROR_INFO_REASONS = [
	'SERVICE_DISABLED',
	'IAM_PERMISSION_DENIED',
	'CONSUMER_INVALID',
	'CONSUMER_SUSPENDED',
	'RESOURCE_PROJECT_INVALID',
	'BILLING_DISABLED',
	'USER_PROJECT_DENIED',
	'ACCOUNT_STATE_INVALID',
	'SECURITY_POLICY_VIOLATED',
	'LOCATION_TAX_POLICY_VIOLATED',
	'API_KEY_INVALID',
	'API_KEY_SERVICE_BLOCKED',
	'API_KEY_HTTP_REFERRER_BLOCKED',
	'API_KEY_IP_ADDRESS_BLOCKED',
	'API_KEY_ANDROID_APP_BLOCKED',
	'API_KEY_IOS_APP_BLOCKED',
	'ACCESS_TOKEN_EXPIRED',
	'ACCESS_TOKEN_TYPE_UNSUPPORTED',
	'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
	'CREDENTIALS_MISSING',
	'RATE_LIMIT_EXCEEDED',
	'RESOURCE_QUOTA_EXCEEDED',
] as const;

export type ErrorInfoReason = (typeof ERROR_INFO_REASONS)[number];

export const ERROR_INFO: Readonly<Record<ErrorInfoReason, FcmRow>> = {
	SERVICE_DISABLED: config(
		({ projectId }) =>
			`The Firebase Cloud Messaging API is switched off in project ${projectId}. Switch it on at ${API_PAGE}${projectId}, wait a few minutes and try again.`,
	),
	IAM_PERMISSION_DENIED: FORBIDDEN,
	CONSUMER_INVALID: WRONG_PROJECT,
	CONSUMER_SUSPENDED: SUSPENDED,
	RESOURCE_PROJECT_INVALID: WRONG_PROJECT,
	BILLING_DISABLED: config(
		({ projectId }) => `Billing is switched off for project ${projectId}. Switch it on at ${BILLING_PAGE}${projectId}.`,
	),
	USER_PROJECT_DENIED: FORBIDDEN,
	ACCOUNT_STATE_INVALID: config(
		({ clientEmail }) =>
			`The service account ${clientEmail} is disabled or deleted. Enable it in Google Cloud console > IAM > Service accounts, or enter another one.`,
	),
	SECURITY_POLICY_VIOLATED: config(
		({ projectId }) =>
			`A security policy of project ${projectId} (VPC Service Controls) keeps this n8n server out. Ask the administrator of the Google Cloud organization.`,
	),
	LOCATION_TAX_POLICY_VIOLATED: config(
		({ projectId }) =>
			`Google refuses project ${projectId} because of its location and tax settings. Correct them in its billing account.`,
	),
	API_KEY_INVALID: API_KEY,
	API_KEY_SERVICE_BLOCKED: API_KEY,
	API_KEY_HTTP_REFERRER_BLOCKED: API_KEY,
	API_KEY_IP_ADDRESS_BLOCKED: API_KEY,
	API_KEY_ANDROID_APP_BLOCKED: API_KEY,
	API_KEY_IOS_APP_BLOCKED: API_KEY,
	ACCESS_TOKEN_EXPIRED: REFUSED_ACCESS_TOKEN,
	ACCESS_TOKEN_TYPE_UNSUPPORTED: REFUSED_ACCESS_TOKEN,
	ACCESS_TOKEN_SCOPE_INSUFFICIENT: config(
		() =>
			'The access token may not be used for pushes. If a custom token endpoint is set, let it give out tokens with the scope firebase.messaging.',
	),
	CREDENTIALS_MISSING: REFUSED_ACCESS_TOKEN,
	RATE_LIMIT_EXCEEDED: QUOTA,
	RESOURCE_QUOTA_EXCEEDED: QUOTA,
};

/** error.status (google.rpc.Code). */
export const RPC_STATUSES = [
	'CANCELLED',
	'UNKNOWN',
	'INVALID_ARGUMENT',
	'DEADLINE_EXCEEDED',
	'NOT_FOUND',
	'ALREADY_EXISTS',
	'PERMISSION_DENIED',
	'UNAUTHENTICATED',
	'RESOURCE_EXHAUSTED',
	'FAILED_PRECONDITION',
	'ABORTED',
	'OUT_OF_RANGE',
	'UNIMPLEMENTED',
	'INTERNAL',
	'UNAVAILABLE',
	'DATA_LOSS',
] as const;

export type RpcStatus = (typeof RPC_STATUSES)[number];

/** null: by HTTP status. */
export const RPC_STATUS: Readonly<Record<RpcStatus, FcmRow | null>> = {
	CANCELLED: TROUBLE,
	UNKNOWN: TROUBLE,
	INVALID_ARGUMENT: BAD_REQUEST,
	DEADLINE_EXCEEDED: TROUBLE,
	// FCM marks its own 404 with an errorCode; without one it is the path, that is the project, which is not found.
	NOT_FOUND: WRONG_PROJECT,
	ALREADY_EXISTS: null,
	PERMISSION_DENIED: FORBIDDEN,
	UNAUTHENTICATED: REFUSED_ACCESS_TOKEN,
	RESOURCE_EXHAUSTED: QUOTA,
	FAILED_PRECONDITION: null,
	ABORTED: TROUBLE,
	OUT_OF_RANGE: null,
	UNIMPLEMENTED: null,
	INTERNAL: TROUBLE,
	UNAVAILABLE: TROUBLE,
	DATA_LOSS: TROUBLE,
};

/** An answer without any reason in it, such as a gateway's HTML page. */
export function rowOfHttpStatus(status: number, fallback: OutcomeClass): FcmRow {
	if (status === 401) return REFUSED_ACCESS_TOKEN;
	if (status === 403) return FORBIDDEN;
	if (status === 404) return WRONG_PROJECT;
	if (status === 413) return TOO_BIG;
	if (status === 400) return BAD_REQUEST;
	if (fallback === 'throttle-sender') return QUOTA;
	if (fallback === 'temporary')
		return { ...TROUBLE, say: () => `FCM, or a gateway in between, is in trouble (HTTP ${status}). Try again later.` };
	return {
		class: fallback,
		say: ({ detail }) =>
			`FCM gave an answer this version does not know (HTTP ${status}${detail === '' ? '' : `, ${detail}`}).`,
	};
}
