import type { ApnsContent, ApnsPushType } from '../../messages/content';
import { CHANNELS, type ChannelType, type Clock, type Outcome, TurnClock } from '../../model';
import type { ApnsIdentity } from './credential';
import { certificateRefusal, topicFor } from './topic';

/** Why nothing was sent: an outcome of our own. */
export interface LocalRefusal {
	readonly refused: Outcome;
}

/** What all requests with one content have in common. */
export interface PreparedContent {
	readonly topic: string;
	readonly pushType: ApnsPushType;
	/** The topic is the one of the credential and channel, not of this message alone. */
	readonly topicIsCredentials: boolean;
	readonly timeToLiveSeconds: number | undefined;
	/** Headers that never change. */
	readonly fixed: Readonly<Record<string, string>>;
}

const LONGEST_COLLAPSE_ID = 64;
const PRINTABLE = /^[\x20-\x7e]+$/;
const TOPIC = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;
const LONGEST_TOKEN = 200;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** No expiry lies further ahead than APNs keeps anything (30 days). */
const LONGEST_TTL = 30 * 24 * 3600;

function payloadRefusal(providerReason: string, message: string, statusCode = 400): LocalRefusal {
	return {
		refused: {
			class: 'payload',
			statusCode,
			message,
			tokenAction: 'keep',
			stops: 'message',
			providerReason,
			processed: false,
		},
	};
}

function topicRefusal(providerReason: string, message: string, ofCredential: boolean): LocalRefusal {
	return {
		refused: {
			class: 'config',
			statusCode: 400,
			message,
			tokenAction: 'keep',
			stops: ofCredential ? 'client' : 'message',
			providerReason,
			processed: false,
		},
	};
}

/** Priorities per push type: background takes 5 alone; types without a rule of their own get none unless chosen. */
function priorityOf(pushType: ApnsPushType, chosen: ApnsContent['priority']): number | undefined {
	switch (pushType) {
		case 'background':
			return 5;
		case 'fileprovider':
		case 'mdm':
		case 'widgets':
		case 'controls':
			return chosen;
		default:
			return chosen ?? 10;
	}
}

/** Header objects made last; contents filled for one recipient each have the same headers over and over. */
const RECENT = 8;
const recent: Array<{ readonly key: string; readonly headers: Readonly<Record<string, string>> }> = [];
let oldest = 0;

/** One frozen object for the same headers, so that everything down to HPACK can go by the object. */
function fixedHeaders(topic: string, pushType: ApnsPushType, content: ApnsContent): Readonly<Record<string, string>> {
	const priority = priorityOf(pushType, content.priority);
	const key = `${topic} ${pushType} ${priority ?? ''} ${content.collapseId ?? ''}`;
	const known = recent.find((one) => one.key === key);
	if (known) return known.headers;
	const headers = Object.freeze({
		'apns-topic': topic,
		'apns-push-type': pushType,
		...(priority === undefined ? {} : { 'apns-priority': String(priority) }),
		...(content.collapseId ? { 'apns-collapse-id': content.collapseId } : {}),
	});
	recent[oldest] = { key, headers };
	oldest = (oldest + 1) % RECENT;
	return headers;
}

/** What may be wrong with a payload: all there is to check of a content whose settings were checked with another. */
export function refusePayload(content: ApnsContent, pushType: ApnsPushType): LocalRefusal | undefined {
	const limit = pushType === 'voip' ? CHANNELS.APNS_VOIP.payloadLimit : CHANNELS.APNS.payloadLimit;
	if (content.payload === '') {
		return payloadRefusal('PayloadEmpty', 'The message is empty and was not sent. Give it a title, a body or data.');
	}
	if (content.bytes > limit) {
		return payloadRefusal(
			'PayloadTooLarge',
			`The message has ${content.bytes} bytes; APNs takes ${limit} at most. It was not sent: shorten it.`,
			413,
		);
	}
	return undefined;
}

/** Nothing but their payloads tells two contents apart: of a message filled for each recipient that is so. */
export function haveSameSettings(one: ApnsContent, other: ApnsContent): boolean {
	return (
		one.pushType === other.pushType &&
		one.topic === other.topic &&
		one.priority === other.priority &&
		one.timeToLiveSeconds === other.timeToLiveSeconds &&
		one.collapseId === other.collapseId
	);
}

function contentRefusal(content: ApnsContent, pushType: ApnsPushType): LocalRefusal | undefined {
	const refusal = refusePayload(content, pushType);
	if (refusal) return refusal;
	const collapseId = content.collapseId ?? '';
	if (Buffer.byteLength(collapseId) > LONGEST_COLLAPSE_ID) {
		return payloadRefusal('CollapseIdTooLong', 'The collapse id has more than 64 bytes; nothing was sent. Shorten it.');
	}
	if (collapseId !== '' && !PRINTABLE.test(collapseId)) {
		return payloadRefusal(
			'InvalidCollapseId',
			'The collapse id may hold only letters, digits and signs of ASCII; nothing was sent.',
		);
	}
	const ttl = content.timeToLiveSeconds;
	if (ttl !== undefined && !(ttl >= 0)) {
		return payloadRefusal('InvalidTimeToLive', 'The time to live must be 0 or more seconds; nothing was sent.');
	}
	return undefined;
}

/** Checks a content for a channel once and makes what all its requests share. */
export function prepareContent(
	content: ApnsContent,
	channelType: ChannelType,
	identity: ApnsIdentity,
): PreparedContent | LocalRefusal {
	// On a VoIP channel everything is a VoIP push: its tokens take nothing else.
	const pushType = CHANNELS[channelType].voip ? 'voip' : content.pushType;
	const refusal = contentRefusal(content, pushType);
	if (refusal) return refusal;
	const topic = topicFor(content.topic ?? identity.bundleId, pushType);
	const topicIsCredentials =
		content.topic === undefined && topic === topicFor(identity.bundleId, CHANNELS[channelType].voip ? 'voip' : 'alert');
	if (!TOPIC.test(topic)) {
		return topicRefusal(
			'InvalidTopic',
			'The topic may hold only letters, digits, dots and hyphens; nothing was sent.',
			false,
		);
	}
	if (identity.kind === 'certificate') {
		const why = certificateRefusal(identity.facts, topic, pushType);
		if (why) return topicRefusal('TopicNotInCertificate', `${why} Nothing was sent.`, topicIsCredentials);
	}
	return {
		topic,
		pushType,
		topicIsCredentials,
		// Push to Talk is of use at once or never (Apple: PushToTalk).
		timeToLiveSeconds: content.timeToLiveSeconds ?? (pushType === 'pushtotalk' ? 0 : undefined),
		fixed: fixedHeaders(topic, pushType, content),
	};
}

/** `apns-expiration`: epoch seconds, 0 = now or never, undefined = Apple's own policy. */
export function expirationOf(timeToLiveSeconds: number | undefined, nowMs: number): string | undefined {
	if (timeToLiveSeconds === undefined) return undefined;
	if (timeToLiveSeconds === 0) return '0';
	return String(Math.floor(nowMs / 1000) + Math.ceil(Math.min(timeToLiveSeconds, LONGEST_TTL)));
}

interface CachedHeaders {
	readonly fixed: Readonly<Record<string, string>>;
	readonly timeToLiveSeconds: number | undefined;
	/** Epoch second it was made in; 0 when it holds for ever. */
	readonly second: number;
	readonly authorization: string | undefined;
	readonly headers: Readonly<Record<string, string>>;
}

/** Frozen header objects: one per kind of message, second and provider token, shared by all recipients in between. */
export class HeaderCache {
	readonly #recent: CachedHeaders[] = [];

	#oldest = 0;

	readonly #clock: TurnClock;

	constructor(clock: Clock) {
		this.#clock = new TurnClock(clock);
	}

	/** @param authorization absent with certificates: APNs ignores it there. */
	headersFor(prepared: PreparedContent, authorization: string | undefined): Readonly<Record<string, string>> {
		const { fixed, timeToLiveSeconds } = prepared;
		const now = timeToLiveSeconds ? this.#clock.now() : 0;
		const second = Math.floor(now / 1000);
		for (const known of this.#recent) {
			if (known.fixed !== fixed || known.second !== second || known.authorization !== authorization) continue;
			if (known.timeToLiveSeconds === timeToLiveSeconds) return known.headers;
		}
		const expiration = expirationOf(timeToLiveSeconds, now);
		const headers = Object.freeze({
			...(authorization === undefined ? {} : { authorization }),
			...fixed,
			...(expiration === undefined ? {} : { 'apns-expiration': expiration }),
		});
		this.#recent[this.#oldest] = { fixed, timeToLiveSeconds, second, authorization, headers };
		this.#oldest = (this.#oldest + 1) % RECENT;
		return headers;
	}
}

/** What an address that is no device token looks like instead. */
function addressAdvice(address: string): string {
	if (address === '') return 'The device token is empty.';
	if (/^[\w-]{10,}:APA91/.test(address) || (address.length > 100 && /[:_]/.test(address))) {
		return 'This looks like a registration token of Google: send it on the GCM channel.';
	}
	if (/^[A-Za-z0-9+/]{43}=$/.test(address)) {
		return 'This looks like a device token in base64: APNs takes it in hexadecimal digits.';
	}
	return 'It must be an even number of hexadecimal digits (0-9, a-f), usually 64.';
}

/** `:path` of a device. Looked at as a whole, so that the text is put together only once. */
const DEVICE = '/3/device/';
const LONGEST_DEVICE_PATH = DEVICE.length + LONGEST_TOKEN;

/** @returns the path of the request for a device, or why its address cannot be one */
export function devicePath(address: string): string | LocalRefusal {
	const path = DEVICE + address;
	if (path.length % 2 === 0 && path.length <= LONGEST_DEVICE_PATH && isHex(path, DEVICE.length)) return path;
	const token = readAddress(address);
	return typeof token === 'string' ? DEVICE + token : token;
}

function isToken(text: string): boolean {
	return text.length % 2 === 0 && text.length <= LONGEST_TOKEN && isHex(text, 0);
}

/** One or more digits 0-9, a-f up to the end: several times as quick as a regular expression. */
function isHex(text: string, from: number): boolean {
	for (let at = from; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code < 0x30 || code > 0x66 || (code > 0x39 && code < 0x61)) return false;
	}
	return text.length > from;
}

/** The device token as APNs wants it: spaces and <> of old iOS descriptions taken away. */
export function readAddress(address: string): string | LocalRefusal {
	if (isToken(address)) return address;
	const token = address.replace(/[\s<>]/g, '').toLowerCase();
	if (isToken(token)) return token;
	return {
		refused: {
			class: 'token',
			message: `The address is not an Apple device token; nothing was sent. ${addressAdvice(address.trim())}`,
			tokenAction: 'suspect',
			providerReason: 'InvalidAddress',
			processed: false,
		},
	};
}

/** `apns-id` must be a canonical UUID in lower case. */
export function readMessageId(messageId: string): string | LocalRefusal {
	if (UUID.test(messageId)) return messageId;
	const id = messageId.toLowerCase();
	if (UUID.test(id)) return id;
	return {
		refused: {
			class: 'payload',
			message:
				'The message id is not a UUID; nothing was sent. Leave it out, or use one like 123e4567-e89b-12d3-a456-426614174000.',
			tokenAction: 'keep',
			providerReason: 'InvalidMessageId',
			processed: false,
		},
	};
}
