import { createHash } from 'node:crypto';

/** How device addresses look in what the node puts out. */
export const ADDRESS_FORMS = ['full', 'last6', 'hash'] as const;

export type AddressForm = (typeof ADDRESS_FORMS)[number];

const SHORTEN: Readonly<Record<AddressForm, (address: string) => string>> = {
	full: (address) => address,
	last6: (address) => `…${address.slice(-6)}`,
	hash: (address) => createHash('sha256').update(address).digest('hex').slice(0, 16),
};

/** The address in the chosen form; an empty one stays empty. */
export function showAddress(address: string, form: AddressForm): string {
	return address === '' ? '' : SHORTEN[form](address);
}

/** A provider's sentence with the address in it replaced by its chosen form. */
export function hideAddress(sentence: string, address: string, form: AddressForm): string {
	if (form === 'full' || address.length < 8) return sentence;
	return sentence.replaceAll(address, showAddress(address, form));
}
