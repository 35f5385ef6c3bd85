import type { ChannelType } from './channel';

/** AWS's words, plus its older TIMEOUT (aws-push-api.md 4.2). */
export const DELIVERY_STATUSES = [
	'SUCCESSFUL',
	'THROTTLED',
	'TEMPORARY_FAILURE',
	'PERMANENT_FAILURE',
	'UNKNOWN_FAILURE',
	'OPT_OUT',
	'DUPLICATE',
	'TIMEOUT',
] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * What to do with the address after this result.
 * `suspect`: the provider calls it invalid, but a wrong environment, topic or project looks the same.
 */
export const TOKEN_ACTIONS = ['keep', 'remove', 'replace', 'suspect'] as const;

export type TokenAction = (typeof TOKEN_ACTIONS)[number];

/** One per recipient, always (design section 3). */
export interface DeliveryResult {
	/** The caller's number for the recipient, untouched. */
	ref: number;
	/** The address exactly as it was given. */
	address: string;
	channelType: ChannelType;
	applicationId?: string;
	campaignId?: string;
	/** The caller's own id for what caused the message (AWS: TraceId). */
	traceId?: string;
	deliveryStatus: DeliveryStatus;
	/** AWS's normalised code: 200, 400, 410, 413, 429, 500 ... (providers.md 0.5). */
	statusCode: number;
	/** One sentence for people: what happened and what to do. Empty when all went well. */
	statusMessage: string;
	/** The provider's id of the message; for APNs the `apns-id`. */
	messageId?: string;
	/** The address to use from now on (tokenAction `replace`). */
	updatedToken?: string;
	tokenAction: TokenAction;
	/** The HTTP status the provider answered with; absent when no answer came. */
	providerStatus?: number;
	/** The provider's own word for it (`BadDeviceToken`, `UNREGISTERED`, `30608`), or ours when nothing was asked. */
	providerReason?: string;
	/** The provider's own sentence, verbatim, where it gives one. */
	providerMessage?: string;
	/** Epoch ms of the last moment the provider knew the address to be dead (APNs 410 `timestamp`). */
	invalidSince?: number;
	/** True when the message may have arrived more than once: it was sent again after a lost answer. */
	possibleDuplicate: boolean;
	/** Seconds after which another try makes sense; absent when none does. */
	retryAfterSeconds?: number;
	/** Requests the provider got to see; 0 when nothing was sent. */
	attempts: number;
	/** From the first attempt to the final answer, in ms. */
	latencyMs: number;
	/** ISO 8601 time of the first attempt; absent when nothing was sent. */
	sentAt?: string;
	/** Nothing was sent, for a reason that is not the recipient's: the send was stopped, or a fault met everybody. */
	unsent?: true;
	/** Things worth knowing although it worked ("the certificate expires in 12 days"). */
	warnings?: readonly string[];
}
