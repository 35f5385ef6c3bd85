import { createHash } from 'node:crypto';
import { isAdmReason, type AdmReason } from './reasons';

const PREFIX = 'amzn1.adm-registration.v3.';

/** Registration ids as devices report them: prefix, then opaque text (with `!` in it) of some 100 characters. */
function registrationId(text: string): string {
	const filler = createHash('sha512').update(text).digest('base64url');
	return `${PREFIX}${Buffer.from(text).toString('base64url')}!${filler}`;
}

export const admGoodAddress = (n: number): string => registrationId(`good:device:${n}`);

export const admAddressFor = (reason: AdmReason, n: number): string => registrationId(`fail:${reason}:${n}`);

/** The id Amazon wants used from now on for an `addressFor('CanonicalId')`. */
export const admCanonicalAddress = (address: string): string =>
	registrationId(`good:canonical:${createHash('sha1').update(address).digest('hex')}`);

export function admReasonIn(address: string): AdmReason | undefined {
	const [text = ''] = address.slice(PREFIX.length).split('!');
	const [kind, word = ''] = Buffer.from(text, 'base64url').toString('utf8').split(':');
	return kind === 'fail' && isAdmReason(word) ? word : undefined;
}

export const isRegistrationId = (address: string): boolean => address.startsWith(PREFIX) && address.length >= 60;
