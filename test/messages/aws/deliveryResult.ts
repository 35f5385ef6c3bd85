import type { DeliveryResult } from '../../../push/model';

/** A permanent failure of an Apple device, unless said otherwise. */
export function result(given: Partial<DeliveryResult>): DeliveryResult {
	return {
		ref: 0,
		address: 'tokA',
		channelType: 'APNS',
		deliveryStatus: 'PERMANENT_FAILURE',
		statusCode: 400,
		statusMessage: 'A sentence for people.',
		tokenAction: 'keep',
		possibleDuplicate: false,
		attempts: 1,
		latencyMs: 5,
		...given,
	};
}
