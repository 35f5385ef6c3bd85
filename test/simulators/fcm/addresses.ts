import { createHash } from 'node:crypto';
import { isFcmReason, type FcmReason } from './reasons';

/** A registration token as devices report it: instance id, colon, about 140 characters. */
function registrationToken(instance: string): string {
	const hash = (part: number): string => createHash('sha512').update(`${part} ${instance}`).digest('base64url');
	return `${instance}:APA91b${hash(0)}${hash(1).slice(0, 48)}`;
}

export const fcmGoodAddress = (n: number): string => registrationToken(`device-${String(n).padStart(15, '0')}`);

export const fcmAddressFor = (reason: FcmReason, n: number): string => registrationToken(`fail-${reason}-${n}`);

export function fcmReasonIn(address: string): FcmReason | undefined {
	const word = /^fail-([A-Z_]+)-/.exec(address)?.[1];
	return word !== undefined && isFcmReason(word) ? word : undefined;
}

/** Registration tokens and installation ids; everything else is "not a valid FCM registration token". */
export function isRegistrationToken(address: string): boolean {
	return /^[\w-]{11,64}:[\w-]{80,300}$/.test(address) || isInstallationId(address);
}

export const isInstallationId = (address: string): boolean => /^[c-f][\w-]{21}$/.test(address);
