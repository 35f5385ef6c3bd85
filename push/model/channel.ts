import { PushError } from './errors';

/** AWS's words for the channels this package sends on (aws-push-api.md 2, design section 3). */
export const CHANNEL_TYPES = ['APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'GCM', 'BAIDU', 'ADM'] as const;

export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** The four services behind the channels; one folder each under `push/providers/`. */
export type ProviderId = 'apns' | 'fcm' | 'baidu' | 'adm';

export type ApnsEnvironment = 'production' | 'sandbox';

export interface ChannelFacts {
	readonly provider: ProviderId;
	/** What people call it. */
	readonly label: string;
	/** Which of Apple's two services takes the tokens of this channel; absent elsewhere. */
	readonly environment?: ApnsEnvironment;
	readonly voip: boolean;
	/** Largest payload in bytes of UTF-8, counted as the provider counts it (providers.md section 8). */
	readonly payloadLimit: number;
}

export const CHANNELS: Readonly<Record<ChannelType, ChannelFacts>> = {
	APNS: { provider: 'apns', label: 'Apple (production)', environment: 'production', voip: false, payloadLimit: 4096 },
	APNS_SANDBOX: { provider: 'apns', label: 'Apple (sandbox)', environment: 'sandbox', voip: false, payloadLimit: 4096 },
	APNS_VOIP: {
		provider: 'apns',
		label: 'Apple VoIP (production)',
		environment: 'production',
		voip: true,
		payloadLimit: 5120,
	},
	APNS_VOIP_SANDBOX: {
		provider: 'apns',
		label: 'Apple VoIP (sandbox)',
		environment: 'sandbox',
		voip: true,
		payloadLimit: 5120,
	},
	GCM: { provider: 'fcm', label: 'Google (FCM)', voip: false, payloadLimit: 4096 },
	BAIDU: { provider: 'baidu', label: 'Baidu Cloud Push', voip: false, payloadLimit: 4096 },
	ADM: { provider: 'adm', label: 'Amazon Device Messaging', voip: false, payloadLimit: 6144 },
};

/**
 * Reads a channel word in any case; `FCM` is accepted for AWS's `GCM`.
 * @throws {PushError} `UnknownChannel` when the word names no push channel.
 */
export function parseChannelType(word: string): ChannelType {
	const upper = word.trim().toUpperCase();
	const canonical = upper === 'FCM' ? 'GCM' : upper;
	const known = CHANNEL_TYPES.find((type) => type === canonical);
	if (known) return known;
	throw new PushError('UnknownChannel', `"${word.slice(0, 40)}" is not a push channel.`, {
		hint: `Use one of ${CHANNEL_TYPES.join(', ')} (FCM is accepted for GCM).`,
	});
}
