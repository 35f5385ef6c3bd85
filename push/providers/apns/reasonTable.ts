import type { ApnsEnvironment, ChannelType, OutcomeClass, TokenAction } from '../../model';
import type { ApnsReason } from './reasons';

/** What a sentence may name: where the push went and with what. */
export interface ReasonContext {
	/** `the key ABC123DEFG`, `the certificate "Apple Push Services: com.example.app"`. */
	readonly credential: string;
	readonly environment: ApnsEnvironment;
	/** The channel of the other environment. */
	readonly otherChannel: ChannelType;
	readonly topic: string;
	readonly pushType: string;
	/** How far the local clock is off, if the answer told: `61 minutes behind`. */
	readonly clockOff: string | undefined;
	/** Age of the provider token used; absent with certificates. */
	readonly tokenAgeSeconds: number | undefined;
}

export interface ReasonRow {
	/** The HTTP status it comes with. */
	readonly httpStatus: number;
	readonly class: OutcomeClass;
	/** The StatusCode to report; absent = the class's. */
	readonly statusCode?: number;
	readonly tokenAction: TokenAction;
	/** A wrong environment or topic gives the same reason. */
	readonly guarded?: true;
	/** `topic`: everything of this credential when it is its own topic, else this message alone. */
	readonly stops?: 'message' | 'client' | 'topic';
	/** ms */
	readonly backoffMs?: number;
	/** Seconds after which the caller may try again when we give up. */
	readonly adviseSeconds?: number;
	/** The connection is of no use any more. */
	readonly newConnection?: true;
	readonly sentence: (context: ReasonContext) => string;
}

type Sentence = ReasonRow['sentence'];

const payload = (sentence: Sentence): ReasonRow => ({
	httpStatus: 400,
	class: 'payload',
	tokenAction: 'keep',
	stops: 'message',
	sentence,
});

const config = (httpStatus: 400 | 403, sentence: Sentence, stops: ReasonRow['stops'] = 'client'): ReasonRow => ({
	httpStatus,
	class: 'config',
	statusCode: httpStatus,
	tokenAction: 'keep',
	stops,
	sentence,
});

const deadToken = (row: Pick<ReasonRow, 'httpStatus' | 'tokenAction' | 'guarded' | 'sentence'>): ReasonRow => ({
	class: 'token',
	statusCode: 410,
	...row,
});

const clientBug = (httpStatus: 400 | 404 | 405, sentence: Sentence, stops?: ReasonRow['stops']): ReasonRow => ({
	httpStatus,
	class: 'client-bug',
	statusCode: httpStatus,
	tokenAction: 'keep',
	...(stops ? { stops } : {}),
	sentence,
});

/** Apple advises to try again 15 minutes after a 5xx. */
const trouble = (httpStatus: 500 | 503, sentence: Sentence, more: Partial<ReasonRow> = {}): ReasonRow => ({
	httpStatus,
	class: 'temporary',
	statusCode: httpStatus,
	tokenAction: 'keep',
	adviseSeconds: 900,
	sentence,
	...more,
});

const wrongEnvironmentKey =
	(reason: ApnsReason): Sentence =>
	({ credential, environment, otherChannel }) =>
		`APNs refused ${credential} for environment ${environment} (${reason}). Create a key for ${environment} at ` +
		`developer.apple.com, or send on the ${otherChannel} channel.`;

const ours =
	(reason: ApnsReason): Sentence =>
	() =>
		`APNs did not understand the request (${reason}). This is a fault of this package or of a gateway in between: please report it.`;

/** Every row of Apple's answer tables. */
export const REASON_TABLE: Readonly<Record<ApnsReason, ReasonRow>> = {
	BadCollapseId: payload(() => 'APNs refused the collapse id (BadCollapseId). Use at most 64 bytes.'),
	BadDeviceToken: deadToken({
		httpStatus: 400,
		tokenAction: 'suspect',
		guarded: true,
		sentence: ({ environment, otherChannel }) =>
			`APNs ${environment} does not know this device token (BadDeviceToken). It is damaged, or it belongs to the other ` +
			`environment: then send on the ${otherChannel} channel.`,
	}),
	BadExpirationDate: payload(() => 'APNs refused the expiry (BadExpirationDate). Choose another time to live.'),
	BadMessageId: {
		httpStatus: 400,
		class: 'payload',
		tokenAction: 'keep',
		sentence: () => 'APNs refused the message id (BadMessageId). It must be a UUID in lower case.',
	},
	BadPriority: payload(
		({ pushType }) =>
			`APNs refused the priority for push type ${pushType} (BadPriority). Use 10, 5 or 1; background pushes need 5.`,
	),
	BadTopic: config(
		400,
		({ topic }) =>
			`APNs calls the topic ${topic} invalid (BadTopic). Correct the bundle id in the credential or the message.`,
		'topic',
	),
	DeviceTokenNotForTopic: deadToken({
		httpStatus: 400,
		tokenAction: 'suspect',
		guarded: true,
		sentence: ({ topic }) =>
			`This device token does not belong to the topic ${topic} (DeviceTokenNotForTopic). It comes from another app, or ` +
			'the bundle id is wrong.',
	}),
	DuplicateHeaders: clientBug(400, ours('DuplicateHeaders'), 'message'),
	IdleTimeout: {
		httpStatus: 400,
		class: 'temporary',
		tokenAction: 'keep',
		backoffMs: 0,
		newConnection: true,
		sentence: () => 'APNs closed a connection that was idle (IdleTimeout). Try again.',
	},
	InvalidPushType: payload(
		({ pushType, topic }) =>
			`APNs refused the push type ${pushType} for the topic ${topic} (InvalidPushType). Choose the type that fits the message.`,
	),
	MissingDeviceToken: clientBug(
		400,
		() => 'The request named no device token (MissingDeviceToken). Check the recipient.',
	),
	MissingTopic: config(400, () => 'APNs got no topic (MissingTopic). Set the bundle id in the credential.', 'topic'),
	PayloadEmpty: payload(() => 'APNs got an empty message (PayloadEmpty). Give it a title, a body or data.'),
	TopicDisallowed: config(
		400,
		({ credential, topic }) =>
			`APNs does not let ${credential} send to the topic ${topic} (TopicDisallowed). Check the bundle id, or use a credential ` +
			'that covers this app.',
		'topic',
	),
	BadCertificate: config(
		403,
		({ credential }) =>
			`APNs refused ${credential} (BadCertificate). Create a new push certificate at developer.apple.com.`,
	),
	BadCertificateEnvironment: config(
		403,
		({ credential, environment, otherChannel }) =>
			`APNs refused ${credential} for environment ${environment} (BadCertificateEnvironment). Use a certificate for ` +
			`${environment}, or send on the ${otherChannel} channel.`,
	),
	ExpiredProviderToken: {
		httpStatus: 403,
		class: 'auth-refresh',
		statusCode: 403,
		tokenAction: 'keep',
		sentence: ({ credential, clockOff, tokenAgeSeconds }) =>
			`APNs calls the token made with ${credential}${tokenAgeSeconds === undefined ? '' : ` ${tokenAgeSeconds} s ago`} too old ` +
			`(ExpiredProviderToken). Set the clock of the n8n server${clockOff === undefined ? '' : `: it is ${clockOff}`}.`,
	},
	Forbidden: config(
		403,
		({ credential, environment }) =>
			`APNs ${environment} does not allow this to ${credential} (Forbidden). Check its permissions at developer.apple.com.`,
	),
	InvalidProviderToken: config(
		403,
		({ credential, environment, clockOff }) =>
			`APNs refused ${credential} for environment ${environment} (InvalidProviderToken). Check key id, team id and that the ` +
			'.p8 file belongs to them and was not revoked at developer.apple.com.' +
			(clockOff === undefined ? '' : ` The clock of the n8n server is ${clockOff}: set it.`),
	),
	MissingProviderToken: config(
		403,
		({ credential }) =>
			`APNs saw no credential although ${credential} was used (MissingProviderToken). ` +
			'A proxy or gateway in between may have removed it; otherwise enter the credential again.',
	),
	UnrelatedKeyIdInToken: {
		httpStatus: 403,
		class: 'auth-refresh',
		statusCode: 403,
		tokenAction: 'keep',
		sentence: ({ credential, topic }) =>
			`APNs says that ${credential} does not fit the connection (UnrelatedKeyIdInToken). Check at developer.apple.com ` +
			`that the key covers ${topic}.`,
	},
	BadEnvironmentKeyIdInToken: config(403, wrongEnvironmentKey('BadEnvironmentKeyIdInToken')),
	BadEnvironmentKeyInToken: config(403, wrongEnvironmentKey('BadEnvironmentKeyInToken')),
	BadPath: clientBug(404, () => 'APNs did not understand the path of the request (BadPath). Check the recipient.'),
	MethodNotAllowed: clientBug(405, ours('MethodNotAllowed'), 'client'),
	ExpiredToken: deadToken({
		httpStatus: 410,
		tokenAction: 'remove',
		sentence: () => 'The device token has expired (ExpiredToken). Remove it.',
	}),
	Unregistered: deadToken({
		httpStatus: 410,
		tokenAction: 'remove',
		sentence: () =>
			'The app is no longer on the device or does not take pushes any more (Unregistered). Remove the token.',
	}),
	PayloadTooLarge: {
		httpStatus: 413,
		class: 'payload',
		statusCode: 413,
		tokenAction: 'keep',
		sentence: () =>
			'The message is too large for APNs (PayloadTooLarge). At most 4,096 bytes go, 5,120 for VoIP: shorten it.',
	},
	TooManyProviderTokenUpdates: {
		httpStatus: 429,
		class: 'throttle-sender',
		tokenAction: 'keep',
		backoffMs: 60_000,
		adviseSeconds: 1200,
		sentence: ({ credential }) =>
			`APNs got new tokens for ${credential} too often (TooManyProviderTokenUpdates). Wait 20 minutes, and look for other ` +
			'programs that use the same key.',
	},
	TooManyRequests: {
		httpStatus: 429,
		class: 'throttle-device',
		tokenAction: 'keep',
		backoffMs: 60_000,
		adviseSeconds: 60,
		sentence: () =>
			'Too many pushes went to this device in a short time (TooManyRequests). Wait at least a minute, and merge messages ' +
			'with a collapse id.',
	},
	InternalServerError: trouble(500, () => 'APNs had an internal error (InternalServerError). Try again in 15 minutes.'),
	ServiceUnavailable: trouble(
		503,
		() => 'APNs is not available at the moment (ServiceUnavailable). Try again in 15 minutes.',
	),
	Shutdown: trouble(503, () => 'An APNs server was shutting down (Shutdown). Try again in 15 minutes.', {
		backoffMs: 0,
		newConnection: true,
	}),
	FeatureNotEnabled: config(
		400,
		({ topic }) =>
			`Broadcasts are not enabled for ${topic} (FeatureNotEnabled). Switch them on at developer.apple.com.`,
	),
	MissingChannelId: clientBug(400, ours('MissingChannelId'), 'message'),
	BadChannelId: payload(() => 'APNs refused the broadcast channel id (BadChannelId). Check it.'),
	ChannelNotRegistered: deadToken({
		httpStatus: 400,
		tokenAction: 'remove',
		sentence: () => 'The broadcast channel does not exist any more (ChannelNotRegistered). Remove it.',
	}),
	BadRequestParams: payload(() => 'APNs refused the parameters of the request (BadRequestParams). Check the message.'),
	BadRequestPayload: payload(() => 'APNs refused the body of the request (BadRequestPayload). Check the message.'),
	MissingPushType: clientBug(400, ours('MissingPushType'), 'message'),
	CannotCreateChannelConfig: config(
		400,
		() => 'APNs keeps at most 10,000 broadcast channels per app (CannotCreateChannelConfig). Delete some.',
	),
	MissingChannelQueueSize: clientBug(400, ours('MissingChannelQueueSize'), 'message'),
	TopicMismatch: config(
		403,
		({ credential, topic }) =>
			`APNs says that ${credential} is not for the topic ${topic} (TopicMismatch). Correct the bundle id or use another credential.`,
	),
};
