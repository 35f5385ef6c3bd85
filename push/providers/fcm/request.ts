import type { FcmContent } from '../../messages/content';
import type { Outcome } from '../../model';
import { invalidAddress } from '../localOutcome';

/** Far above today's tokens (about 160 characters); what is longer is no token. */
const LONGEST_TOKEN = 4096;

/** @returns the refusal of an address that cannot be a registration token; undefined for all others */
export function refuseFcmAddress(address: string): Outcome | undefined {
	if (address === '')
		return invalidAddress('The registration token is empty. Give the token the app got from Firebase.');
	if (/\s/.test(address)) {
		return /\bin\s+topics\b/.test(address)
			? invalidAddress('This is a topic condition, not a registration token. Give the token of one device.')
			: invalidAddress(
					'The registration token has blanks or line breaks in it. Give it exactly as the app got it from Firebase.',
				);
	}
	if (address.startsWith('/topics/')) {
		return invalidAddress('This is a topic, not a registration token. Give the token of one device.');
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

/**
 * The body of `projects.messages.send`: the message is text already, only the token goes in.
 * @param validateOnly FCM checks the message and delivers nothing
 */
export function fcmBody(content: FcmContent, token: string, validateOnly: boolean): string {
	const rest = content.message.slice(content.message.indexOf('{') + 1).trimStart();
	const head = validateOnly ? '{"validate_only":true,"message":{"token":' : '{"message":{"token":';
	return `${head}${JSON.stringify(token)}${rest.startsWith('}') ? '' : ','}${rest}}`;
}
