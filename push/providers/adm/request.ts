import type { Outcome } from '../../model';
import { invalidAddress } from '../localOutcome';

/** Several times the length of today's registration ids; what is longer is none. */
const LONGEST_REGISTRATION_ID = 4096;

/** @returns the refusal of an address that cannot be a registration id; undefined for all others */
export function refuseAdmAddress(address: string): Outcome | undefined {
	if (address === '') return invalidAddress('The registration id is empty. Give the id the app got from ADM.');
	if (address.length > LONGEST_REGISTRATION_ID) {
		return invalidAddress(
			`The registration id has ${address.length} characters; no id of ADM is longer than ${LONGEST_REGISTRATION_ID}.`,
		);
	}
	// Dots alone would lead the path elsewhere.
	if (!/^[\x21-\x7e]+$/.test(address) || /^\.+$/.test(address)) {
		return invalidAddress(
			'The registration id has blanks or foreign characters in it. Give it exactly as the app got it from ADM.',
		);
	}
	return undefined;
}

export function admPath(registrationId: string): string {
	return `/messaging/registrations/${encodeURIComponent(registrationId)}/messages`;
}

/** One object for all requests with the same access token (ADM: Send a message, request headers). */
export function admHeaders(accessToken: string): Readonly<Record<string, string>> {
	return Object.freeze({
		authorization: `Bearer ${accessToken}`,
		'content-type': 'application/json',
		accept: 'application/json',
		'x-amzn-type-version': 'com.amazon.device.messaging.ADMMessage@1.0',
		'x-amzn-accept-type': 'com.amazon.device.messaging.ADMSendResult@1.0',
	});
}
