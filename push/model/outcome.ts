import type { DeliveryStatus, TokenAction } from './result';

/** What an answer means for the caller; one vocabulary for all providers (providers.md, "Outcome classes"). */
export const OUTCOME_CLASSES = [
	'ok',
	'duplicate',
	'token',
	'payload',
	'config',
	'auth-refresh',
	'throttle-device',
	'throttle-sender',
	'temporary',
	'ambiguous',
	'timeout',
	'client-bug',
	'unknown',
	'cancelled',
] as const;

export type OutcomeClass = (typeof OUTCOME_CLASSES)[number];

export interface OutcomeClassFacts {
	/** The status a result ends with when this class is final (providers.md 0.5). */
	readonly status: DeliveryStatus;
	/** Whether the same message may be tried again without risk of showing it twice. */
	readonly retryable: boolean;
	/** The StatusCode to report unless the row or the provider says otherwise. */
	readonly statusCode: number;
}

export const OUTCOME_CLASS: Readonly<Record<OutcomeClass, OutcomeClassFacts>> = {
	ok: { status: 'SUCCESSFUL', retryable: false, statusCode: 200 },
	duplicate: { status: 'DUPLICATE', retryable: false, statusCode: 200 },
	token: { status: 'PERMANENT_FAILURE', retryable: false, statusCode: 410 },
	payload: { status: 'PERMANENT_FAILURE', retryable: false, statusCode: 400 },
	config: { status: 'PERMANENT_FAILURE', retryable: false, statusCode: 400 },
	'auth-refresh': { status: 'PERMANENT_FAILURE', retryable: false, statusCode: 401 },
	'throttle-device': { status: 'THROTTLED', retryable: true, statusCode: 429 },
	'throttle-sender': { status: 'THROTTLED', retryable: true, statusCode: 429 },
	temporary: { status: 'TEMPORARY_FAILURE', retryable: true, statusCode: 500 },
	ambiguous: { status: 'UNKNOWN_FAILURE', retryable: false, statusCode: 500 },
	timeout: { status: 'TIMEOUT', retryable: false, statusCode: 408 },
	'client-bug': { status: 'PERMANENT_FAILURE', retryable: false, statusCode: 400 },
	unknown: { status: 'UNKNOWN_FAILURE', retryable: false, statusCode: 500 },
	cancelled: { status: 'UNKNOWN_FAILURE', retryable: false, statusCode: 499 },
};

/** What one attempt came to, said by a provider's `response` and judged by the sender. */
export interface Outcome {
	readonly class: OutcomeClass;
	/** Overrides the class's status (Baidu's and AWS's odd cases). */
	readonly status?: DeliveryStatus;
	/** Overrides the class's code. */
	readonly statusCode?: number;
	/** One sentence: what happened and what to do. Empty for `ok`. */
	readonly message: string;
	readonly tokenAction: TokenAction;
	/**
	 * How far the refusal reaches: `message` = every recipient of this very content (class `config`: of this message)
	 * fails the same way, `client` = every recipient of this credential on this channel does.
	 * Absent: only this recipient.
	 */
	readonly stops?: 'message' | 'client';
	/** The reason is one that a wrong environment, topic or project also gives (providers.md 0.2). */
	readonly guarded?: boolean;
	readonly messageId?: string;
	readonly updatedToken?: string;
	readonly providerStatus?: number;
	readonly providerReason?: string;
	readonly providerMessage?: string;
	readonly invalidSince?: number;
	/** The wait the provider asked for (Retry-After, RetryInfo), in seconds, clamped to 0..3600. */
	readonly retryAfterSeconds?: number;
	/** First delay of the exponential back-off in ms; 0 = at once. Absent: the sender's default of 1,000. */
	readonly backoffMs?: number;
	/** When the sender gives up: the advice to the caller, in seconds (APNs 5xx: 900). */
	readonly adviseSeconds?: number;
	/**
	 * The provider surely did not process this request: refused untouched, never written, or refused locally. Not
	 * counted among the result's attempts; with `backoffMs: 0` it does not use up a try either. Absent: it may have.
	 */
	readonly processed?: false;
	/** False: even though the class is retryable, not within this run (Baidu's daily quota). Default true. */
	readonly retryInRun?: boolean;
	/** Nothing was sent, for a reason that is not the recipient's own. */
	readonly unsent?: true;
}
