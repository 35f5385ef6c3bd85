import type { ChannelContent } from '../messages/content';
import type {
	ChannelCredential,
	ChannelType,
	Clock,
	CredentialInspection,
	CredentialReport,
	Outcome,
	ProviderId,
	Random,
	Recipient,
} from '../model';
import type { RequestHandle, TransportFactory } from '../transport/types';

export interface ProviderDeps {
	readonly transports: TransportFactory;
	readonly clock: Clock;
	readonly random: Random;
}

/** How a provider likes to be sent to (providers.md section 8). All of it can be overridden by the caller. */
export interface ProviderPace {
	/** Messages per second; absent = no cap. */
	readonly ratePerSecond?: number;
	/** ms from 0 to the full rate. */
	readonly rampUpMs: number;
	/** Requests in flight at most. */
	readonly inFlight: number;
	/** First try plus retries. */
	readonly attempts: number;
	/** Cap of one back-off delay inside a run, ms. */
	readonly maxBackoffMs: number;
}

export interface SendAttempt {
	/** UUID; stays the same over all tries of one message (APNs: `apns-id`). */
	readonly messageId: string;
	/** ms from the moment the request is written. */
	readonly timeoutMs: number;
	/** Check everything and let nothing show on a device: FCM is asked, the others only check locally. */
	readonly validateOnly: boolean;
}

/** One credential on one channel, ready to send. Shared by every execution that uses the same credential. */
export interface ProviderClient {
	readonly provider: ProviderId;
	readonly channelType: ChannelType;
	/** Hash of credential and channel; the key of throttles and pools. Holds no secret. */
	readonly key: string;
	readonly pace: ProviderPace;
	/** Requests the transport can usefully hold now. */
	readonly capacity: number;
	/** What may be shown of the credential; absent where it says nothing. */
	readonly inspection?: CredentialInspection;
	/** Read anew for each result batch: "the certificate expires in 12 days". */
	warnings(): readonly string[];
	/**
	 * One try. Local refusals (bad token shape, header rules) come back as outcomes too. `done` is called exactly
	 * once and never before `send` returns. Obtains or waits for the provider token by itself.
	 */
	send(
		content: ChannelContent,
		recipient: Recipient,
		attempt: SendAttempt,
		done: (outcome: Outcome) => void,
	): RequestHandle;
	/**
	 * After an `auth-refresh` outcome: gets a new provider token or connection, single-flight.
	 * @returns false when that cannot help (APNs: the token is younger than 20 minutes): the outcome becomes `config`.
	 */
	renewAuthorization(outcome: Outcome): Promise<boolean>;
}

/** One folder each under `providers/`, one line each in the registry. */
export interface Provider {
	readonly id: ProviderId;
	/**
	 * Reads and checks the credential locally.
	 * @throws {PushError} `InvalidCredential` with a sentence saying which field is wrong and what to do.
	 */
	open(credential: ChannelCredential, channelType: ChannelType, deps: ProviderDeps): Promise<ProviderClient>;
	/**
	 * Asks the provider whether it accepts the credential, sending nothing to any device. Refusals are reports.
	 * @throws {PushError} `InvalidCredential` as in `open`.
	 */
	check(credential: ChannelCredential, deps: ProviderDeps): Promise<CredentialReport>;
}
