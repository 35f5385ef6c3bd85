import fc from 'fast-check';
import { CHANNEL_TYPES, DELIVERY_STATUSES, type DeliveryResult, TOKEN_ACTIONS } from '../../push/model';

/** A result as a send makes it. */
export function result(overrides: Partial<DeliveryResult> = {}): DeliveryResult {
	return {
		ref: 0,
		address: 'a'.repeat(64),
		channelType: 'APNS',
		deliveryStatus: 'SUCCESSFUL',
		statusCode: 200,
		statusMessage: '',
		messageId: '11111111-2222-4333-8444-555555555555',
		tokenAction: 'keep',
		providerStatus: 200,
		possibleDuplicate: false,
		attempts: 1,
		latencyMs: 40,
		sentAt: '2026-11-24T08:00:00.000Z',
		...overrides,
	};
}

export const DEAD: Partial<DeliveryResult> = {
	deliveryStatus: 'PERMANENT_FAILURE',
	statusCode: 410,
	statusMessage: 'The app was removed from the device.',
	tokenAction: 'remove',
	providerStatus: 410,
	providerReason: 'Unregistered',
	invalidSince: 1_700_000_000_000,
};

export const SUSPECT: Partial<DeliveryResult> = {
	deliveryStatus: 'PERMANENT_FAILURE',
	statusCode: 410,
	statusMessage: 'The token is not one of this environment.',
	tokenAction: 'suspect',
	providerStatus: 400,
	providerReason: 'BadDeviceToken',
};

const text = fc.string({ unit: 'binary', maxLength: 20 });
const time = fc.integer({ min: 1_700_000_000_000, max: 1_700_080_000_000 }).map((at) => new Date(at).toISOString());

/** Any result, with any text a provider or a user could make up. */
export const anyResult: fc.Arbitrary<DeliveryResult> = fc.record(
	{
		ref: fc.nat(),
		address: text,
		channelType: fc.constantFrom(...CHANNEL_TYPES),
		deliveryStatus: fc.constantFrom(...DELIVERY_STATUSES),
		statusCode: fc.constantFrom(200, 400, 410, 429, 500),
		statusMessage: text,
		messageId: text,
		updatedToken: text,
		tokenAction: fc.constantFrom(...TOKEN_ACTIONS),
		providerStatus: fc.constantFrom(200, 400, 410, 429, 503),
		providerReason: fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'BadDeviceToken')),
		providerMessage: text,
		invalidSince: fc.nat(),
		possibleDuplicate: fc.boolean(),
		retryAfterSeconds: fc.nat(),
		attempts: fc.nat({ max: 4 }),
		latencyMs: fc.nat({ max: 600_000 }),
		sentAt: time,
		traceId: text,
		warnings: fc.array(text, { minLength: 1, maxLength: 2 }),
	},
	{
		requiredKeys: [
			'ref',
			'address',
			'channelType',
			'deliveryStatus',
			'statusCode',
			'statusMessage',
			'tokenAction',
			'possibleDuplicate',
			'attempts',
			'latencyMs',
		],
	},
);
