import type { ApnsPushType } from '../../messages/content';
import type { CertificateFacts } from './certificate';

/** What follows the bundle id in `apns-topic` (Apple: "Sending notification requests to APNs"; WidgetKit, PushToTalk). */
export const TOPIC_SUFFIX: Readonly<Record<ApnsPushType, string>> = {
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

/** The topic of a push type: the suffix is added unless it is already there. */
export function topicFor(bundleId: string, pushType: ApnsPushType): string {
	const suffix = TOPIC_SUFFIX[pushType];
	return bundleId.endsWith(suffix) ? bundleId : bundleId + suffix;
}

/** Push types whose topics Apple lists in certificates; what it does with the others is left to Apple. */
const LISTED: ReadonlySet<ApnsPushType> = new Set(['alert', 'background', 'mdm', 'voip', 'complication']);

/** Why a certificate cannot send this; undefined when nothing speaks against it. */
export function certificateRefusal(facts: CertificateFacts, topic: string, pushType: ApnsPushType): string | undefined {
	if (pushType === 'location') {
		return 'Location pushes cannot be sent with a certificate. Use a .p8 key (credential "APNs Key").';
	}
	const named = facts.topics.map((entry) => entry.topic);
	if (named.length === 0 || !LISTED.has(pushType) || named.includes(topic)) return undefined;
	return (
		`The certificate "${facts.name}" is not for the topic ${topic}; it names ${named.slice(0, 5).join(', ')}. ` +
		'Use the certificate of this app, or correct the bundle id.'
	);
}
