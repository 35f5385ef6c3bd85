import type { WireRequest } from '../desk';
import { parseObject } from '../json';
import type { ApnsReason } from './reasons';

/** Apple: "Sending notification requests to APNs", suffix of the topic per push type. */
export const TOPIC_SUFFIX: Readonly<Record<string, string>> = {
	alert: '',
	background: '',
	voip: '.voip',
	complication: '.complication',
	fileprovider: '.pushkit.fileprovider',
	mdm: '',
	location: '.location-query',
	liveactivity: '.push-type.liveactivity',
	pushtotalk: '.voip-ptt',
	widgets: '.push-type.widgets',
	controls: '.push-type.controls',
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Body of these types need not hold `aps`. */
const WITHOUT_APS: ReadonlySet<string> = new Set(['fileprovider', 'mdm', 'location']);

/** Headers in Apple's own words; what is wrong with them first. */
export function headerFault(request: WireRequest): ApnsReason | undefined {
	const { headers, headerNames } = request;
	if (new Set(headerNames).size !== headerNames.length) return 'DuplicateHeaders';
	if (headers['apns-id'] !== undefined && !UUID.test(headers['apns-id'])) return 'BadMessageId';
	const pushType = headers['apns-push-type'] ?? '';
	if (!Object.hasOwn(TOPIC_SUFFIX, pushType)) return 'InvalidPushType';
	if (headers['apns-expiration'] !== undefined && !/^\d{1,10}$/.test(headers['apns-expiration']))
		return 'BadExpirationDate';
	const priority = headers['apns-priority'] ?? '10';
	if (!['1', '5', '10'].includes(priority)) return 'BadPriority';
	if (pushType === 'background' && priority !== '5') return 'BadPriority';
	if (Buffer.byteLength(headers['apns-collapse-id'] ?? '', 'utf8') > 64) return 'BadCollapseId';
	return undefined;
}

/** Whom the credential may speak for. */
export interface TopicRights {
	readonly bundleId: string;
	/** Certificates: the topics listed in them. */
	readonly topics?: readonly string[];
}

/** Topic against credential and push type. */
export function topicFault(request: WireRequest, rights: TopicRights): ApnsReason | undefined {
	const topic = request.headers['apns-topic'] ?? (rights.topics?.length === 1 ? rights.topics[0] : undefined);
	if (topic === undefined) return 'MissingTopic';
	if (!/^[A-Za-z0-9.-]{1,255}$/.test(topic)) return 'BadTopic';
	const suffix = TOPIC_SUFFIX[request.headers['apns-push-type'] ?? ''] ?? '';
	if (rights.topics) {
		if (!rights.topics.includes(topic)) return 'TopicDisallowed';
	} else if (topic !== rights.bundleId && !topic.startsWith(`${rights.bundleId}.`)) {
		return 'TopicDisallowed';
	}
	return topic === rights.bundleId + suffix ? undefined : 'DeviceTokenNotForTopic';
}

/** Bytes and shape of the body. */
export function payloadFault(request: WireRequest): ApnsReason | undefined {
	const pushType = request.headers['apns-push-type'] ?? '';
	if (request.body === '') return 'PayloadEmpty';
	if (Buffer.byteLength(request.body, 'utf8') > (pushType === 'voip' ? 5120 : 4096)) return 'PayloadTooLarge';
	const payload = parseObject(request.body);
	if (!payload) return 'PayloadEmpty';
	const aps = payload.aps;
	if (WITHOUT_APS.has(pushType)) return undefined;
	return typeof aps === 'object' && aps !== null && !Array.isArray(aps) ? undefined : 'PayloadEmpty';
}
