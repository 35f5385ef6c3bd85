import type { CompiledMessage } from '../messages/content';
import type { ChannelType, DeliveryResult, Recipient } from '../model';
import type { ProviderClient } from '../providers/provider';

/** Up to 1,000 recipients of one message. One promise per batch, not per recipient (design section 2). */
export interface SendBatch {
	readonly message: CompiledMessage;
	readonly recipients: readonly Recipient[];
}

/** Why a channel cannot be used at all; becomes the result of each of its recipients. */
export interface ChannelRefusal {
	readonly refused: true;
	/** Our word: `ChannelNotConfigured`, `ChannelDisabled`. */
	readonly reason: string;
	readonly statusCode: number;
	readonly message: string;
}

/** The sender's ports, plugged together by `push/index.ts`. */
export interface SenderPorts {
	/** The opened credential of a channel. Asked once per channel and send. */
	clientFor(channelType: ChannelType): Promise<ProviderClient | ChannelRefusal>;
}

export interface SendOptions {
	/** Messages per second for this send, over all its channels; under each channel's own rate. */
	readonly ratePerSecond?: number;
	/** Messages per second over each channel, in place of the provider's own: the application's rate. */
	readonly channelRatePerSecond?: number;
	/** ms from 0 to the full rate; overrides the provider's. */
	readonly rampUpMs?: number;
	/** Requests in flight at most; overrides the provider's. */
	readonly concurrency?: number;
	/**
	 * Requests in flight and results that the reader is not done with (it is when it asks for the next ones), together
	 * at most: whose outcome is lost if the process dies. No limit by default.
	 */
	readonly window?: number;
	/** Another batch is read only while fewer recipients than this wait for their first request. @default 1000 */
	readonly lookAhead?: number;
	/** Per recipient, ms from its first attempt: a next try beyond it is not made. @default 30_000 */
	readonly maximumWaitMs?: number;
	/** ms from the moment a request is written. @default 15_000 */
	readonly requestTimeoutMs?: number;
	/**
	 * What to do when the connection died after the request was written. `auto` (default): send again where a
	 * collapse id or key hides the double, report otherwise; VoIP is always reported unless `sendAgain` is chosen.
	 */
	readonly whenAnswerIsLost?: 'auto' | 'report' | 'sendAgain';
	readonly validateOnly?: boolean;
	/** Stop: nothing new is sent, retries are dropped, requests in flight get 500 ms, all within a second. */
	readonly signal?: AbortSignal;
	readonly applicationId?: string;
	readonly campaignId?: string;
}

/** Results come in the order they are known, in batches of up to 1,000; `ref` says whose they are. */
export type ResultStream = AsyncIterable<DeliveryResult[]>;
