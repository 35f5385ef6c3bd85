/** Reasons for pushes to a device (Apple: "Handling notification responses from APNs"). */
const DEVICE_REASONS = [
	'BadCollapseId',
	'BadDeviceToken',
	'BadExpirationDate',
	'BadMessageId',
	'BadPriority',
	'BadTopic',
	'DeviceTokenNotForTopic',
	'DuplicateHeaders',
	'IdleTimeout',
	'InvalidPushType',
	'MissingDeviceToken',
	'MissingTopic',
	'PayloadEmpty',
	'TopicDisallowed',
	'BadCertificate',
	'BadCertificateEnvironment',
	'ExpiredProviderToken',
	'Forbidden',
	'InvalidProviderToken',
	'MissingProviderToken',
	'UnrelatedKeyIdInToken',
	'BadEnvironmentKeyIdInToken',
	// Not in Apple's list, but seen in answers.
	'BadEnvironmentKeyInToken',
	'BadPath',
	'MethodNotAllowed',
	'ExpiredToken',
	'Unregistered',
	'PayloadTooLarge',
	'TooManyProviderTokenUpdates',
	'TooManyRequests',
	'InternalServerError',
	'ServiceUnavailable',
	'Shutdown',
] as const;

/** Further reasons for broadcast channels (Apple: "Handling error responses from APNs"). */
const BROADCAST_REASONS = [
	'FeatureNotEnabled',
	'MissingChannelId',
	'BadChannelId',
	'ChannelNotRegistered',
	'BadRequestParams',
	'BadRequestPayload',
	'MissingPushType',
	'CannotCreateChannelConfig',
	// Not in Apple's list, but seen in answers.
	'MissingChannelQueueSize',
	'TopicMismatch',
] as const;

export const APNS_REASONS = [...DEVICE_REASONS, ...BROADCAST_REASONS] as const;

export type ApnsReason = (typeof APNS_REASONS)[number];

const KNOWN: ReadonlyMap<string, ApnsReason> = new Map(APNS_REASONS.map((reason) => [reason, reason]));

/** The reason a word stands for; undefined for words that are new to us. */
export function knownReason(word: string | undefined): ApnsReason | undefined {
	return word === undefined ? undefined : KNOWN.get(word);
}
