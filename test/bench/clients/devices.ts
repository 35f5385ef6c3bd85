const HEX = Array.from({ length: 1 << 16 }, (_, n) => n.toString(16).padStart(4, '0'));
const APNS_REST = '9f6d3c1be08457a2c4d9e86b7a51f03d2c8e4b6a9f17d05c3e8ab264';
const FCM_REST = `:APA91b${'Hq3xZ-7Tn_kPw0'.repeat(9)}`;

const eightDigits = (device: number) => `${HEX[device >>> 16] ?? ''}${HEX[device & 0xffff] ?? ''}`;

/** Addresses as long as the providers' own; the number of the device stands at the front. */
export const ADDRESS: Readonly<Record<'apns' | 'fcm', (device: number) => string>> = {
	apns: (device) => eightDigits(device) + APNS_REST,
	fcm: (device) => eightDigits(device) + FCM_REST,
};

/** The number of an address. */
export function deviceOf(address: string): number {
	return Number.parseInt(address.slice(0, 8), 16);
}
