import { type AddressKind, CHANNELS, type ChannelType } from '../model';

/**
 * What makes two addresses the same device: Apple's tokens are hexadecimal, where case, spaces and angle brackets make
 * no other device.
 */
export function deviceKey(address: string, channelType: ChannelType, addressKind?: AddressKind): string {
	const same = CHANNELS[channelType].provider === 'apns' ? address.replace(/[\s<>]/g, '').toLowerCase() : address;
	return `${channelType} ${addressKind ?? ''} ${same}`;
}

/**
 * The message id of a recipient: always the same for the same row of the same campaign, so that a second try after a
 * crash can be told from a second message. A UUID of version 8 (RFC 9562 5.8): 74 bits of the campaign's id, then the
 * number of the row.
 * @param campaignId 32 lowercase hex
 */
export function messageIdPrefix(campaignId: string): string {
	const [a, b, c, d] = [
		campaignId.slice(0, 8),
		campaignId.slice(8, 12),
		campaignId.slice(13, 16),
		campaignId.slice(17, 20),
	];
	return `${a}-${b}-8${c}-a${d}-`;
}

export function messageIdOf(prefix: string, row: number): string {
	return prefix + row.toString(16).padStart(12, '0');
}
