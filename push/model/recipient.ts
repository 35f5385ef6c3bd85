import type { ChannelType } from './channel';

/** `{{name}}` values as AWS shapes them; the first element is the scalar. A text alone is a list of one. */
export type Substitutions = Readonly<Record<string, string | readonly string[]>>;

/** What an address of FCM names: one app on one device (by either of its ids), or everybody who subscribed. */
export const ADDRESS_KINDS = ['token', 'fid', 'topic', 'condition'] as const;

export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** One device to reach. */
export interface Recipient {
	/** The caller's own number for it; comes back on the result (nodes: the index of the input item). */
	readonly ref: number;
	/** Device token, registration id, channel id: the provider's address, exactly as given. */
	readonly address: string;
	readonly channelType: ChannelType;
	/** GCM only. @default token */
	readonly addressKind?: AddressKind;
	readonly titleOverride?: string;
	readonly bodyOverride?: string;
	/** JSON text that replaces all other content for this address. */
	readonly rawContent?: string;
	readonly substitutions?: Substitutions;
	readonly context?: Readonly<Record<string, string>>;
	/** Epoch ms when the app registered this address: an APNs 410 older than that does not condemn it. */
	readonly registeredAt?: number;
	/** A message id from an earlier try of the same message (UUID); a new one is drawn when absent. */
	readonly messageId?: string;
	/** An earlier try, in a process that is gone, may have reached the device: the result says `possibleDuplicate`. */
	readonly mayHaveArrived?: boolean;
	/** Comes back on the result: the caller's own id for what caused the message (AWS: TraceId). */
	readonly traceId?: string;
}
