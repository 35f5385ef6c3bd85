import type { FcmContent } from '../../messages/content';
import type { AddressKind, Outcome } from '../../model';
import { invalidAddress } from '../localOutcome';

/** Far above today's tokens (about 160 characters); what is longer is no token. */
const LONGEST_TOKEN = 4096;

/** FCM: Message.topic. */
const TOPIC = /^[A-Za-z0-9\-_.~%]{1,900}$/;

/** FCM: "condition supports at most five topics". */
const MOST_TOPICS = 5;

/** @returns the refusal of an address that cannot be what it is said to be; undefined for all others */
export function refuseFcmAddress(address: string, kind: AddressKind = 'token'): Outcome | undefined {
	switch (kind) {
		case 'token':
			return refuseToken(address);
		case 'fid':
			return /^[A-Za-z0-9_-]{8,64}$/.test(address)
				? undefined
				: invalidAddress('This is not a Firebase installation ID. Give it exactly as the app got it from Firebase.');
		case 'topic':
			return TOPIC.test(topicName(address))
				? undefined
				: invalidAddress('This is not a topic of FCM: use letters, digits and - _ . ~ %, up to 900 of them.');
		case 'condition':
			return refuseCondition(address);
	}
}

function refuseCondition(condition: string): Outcome | undefined {
	const topics = condition.match(/'[^']*'\s+in\s+topics\b/g) ?? [];
	if (topics.length === 0)
		return invalidAddress("This is not a condition of FCM. Write it like 'news' in topics && 'sport' in topics.");
	if (topics.length <= MOST_TOPICS) return undefined;
	return invalidAddress(`The condition has ${topics.length} topics; FCM takes at most ${MOST_TOPICS}.`);
}

/** The old form of a topic has a prefix. */
function topicName(address: string): string {
	return address.startsWith('/topics/') ? address.slice('/topics/'.length) : address;
}

function refuseToken(address: string): Outcome | undefined {
	if (address === '')
		return invalidAddress('The registration token is empty. Give the token the app got from Firebase.');
	if (/\s/.test(address)) {
		return /\bin\s+topics\b/.test(address)
			? invalidAddress('This is a topic condition, not a registration token. Say so, or give the token of one device.')
			: invalidAddress(
					'The registration token has blanks or line breaks in it. Give it exactly as the app got it from Firebase.',
				);
	}
	if (address.startsWith('/topics/')) {
		return invalidAddress('This is a topic, not a registration token. Say so, or give the token of one device.');
	}
	if (address.length > LONGEST_TOKEN) {
		return invalidAddress(
			`The registration token has ${address.length} characters; no token of FCM is longer than ${LONGEST_TOKEN}.`,
		);
	}
	return undefined;
}

/** Project ids are checked when the credential is read: nothing in them needs encoding. */
export function fcmPath(projectId: string): string {
	return `/v1/projects/${projectId}/messages:send`;
}

/** One object for all requests with the same access token, so that HPACK and the garbage collector have little to do. */
export function fcmHeaders(accessToken: string): Readonly<Record<string, string>> {
	return Object.freeze({ authorization: `Bearer ${accessToken}`, 'content-type': 'application/json; charset=UTF-8' });
}

/** What stands before and behind the target in the bodies of one content. */
interface Frame {
	readonly content: FcmContent;
	readonly validateOnly: boolean;
	readonly kind: AddressKind;
	readonly before: string;
	readonly behind: string;
}

/** Of the content that was sent last: of a static message it is the same for everybody. */
let lastFrame: Frame | undefined;

function frameOf(content: FcmContent, validateOnly: boolean, kind: AddressKind): Frame {
	const last = lastFrame;
	if (last?.content === content && last.validateOnly === validateOnly && last.kind === kind) return last;
	const rest = content.message.slice(content.message.indexOf('{') + 1).trimStart();
	const before = validateOnly ? `{"validate_only":true,"message":{"${kind}":` : `{"message":{"${kind}":`;
	lastFrame = { content, validateOnly, kind, before, behind: `${rest.startsWith('}') ? '' : ','}${rest}}` };
	return lastFrame;
}

/** What registration tokens are made of: nothing in it needs escaping. */
const PLAIN = /^[\w:.-]+$/;

/**
 * The body of `projects.messages.send`: the message is text already, only its target goes in.
 * @param validateOnly FCM checks the message and delivers nothing
 */
export function fcmBody(
	content: FcmContent,
	address: string,
	validateOnly: boolean,
	kind: AddressKind = 'token',
): string {
	const { before, behind } = frameOf(content, validateOnly, kind);
	const target = kind === 'topic' ? topicName(address) : address;
	return `${before}${PLAIN.test(target) ? `"${target}"` : JSON.stringify(target)}${behind}`;
}
