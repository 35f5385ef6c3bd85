import type { Simulators } from '../../test/simulators';

/** The Send Push nodes of docs/workflows/send-push.json and the channel each sends on. */
export const NODES = { Apple: 'APNS', Google: 'GCM', Baidu: 'BAIDU', Amazon: 'ADM' } as const;

type Channel = (typeof NODES)[keyof typeof NODES];

/** What must come out for one device. */
export interface Expected {
	readonly channel: Channel;
	readonly address: string;
	readonly status: 'SUCCESSFUL' | 'PERMANENT_FAILURE';
	/** The provider's word; only for what it refuses. */
	readonly reason?: string;
	readonly tokenAction: 'keep' | 'remove' | 'replace' | 'suspect';
}

/** The simulators' addresses say what happens to them; the workflow file holds the same ones. */
export function expectations({ apns, fcm, baidu, adm }: Simulators): Expected[] {
	const sent = { status: 'SUCCESSFUL', tokenAction: 'keep' } as const;
	const refused = { status: 'PERMANENT_FAILURE' } as const;
	const apple = apns.production;
	return [
		{ channel: 'APNS', address: apple.goodAddress(1), ...sent },
		{ channel: 'APNS', address: apple.goodAddress(2), ...sent },
		{
			channel: 'APNS',
			address: apple.addressFor('Unregistered'),
			...refused,
			reason: 'Unregistered',
			tokenAction: 'remove',
		},
		{
			channel: 'APNS',
			address: apple.addressFor('BadDeviceToken'),
			...refused,
			reason: 'BadDeviceToken',
			tokenAction: 'suspect',
		},
		{ channel: 'GCM', address: fcm.goodAddress(1), ...sent },
		{ channel: 'GCM', address: fcm.goodAddress(2), ...sent },
		{
			channel: 'GCM',
			address: fcm.addressFor('UNREGISTERED'),
			...refused,
			reason: 'UNREGISTERED',
			tokenAction: 'remove',
		},
		{
			channel: 'GCM',
			address: fcm.addressFor('SENDER_ID_MISMATCH'),
			...refused,
			reason: 'SENDER_ID_MISMATCH',
			tokenAction: 'suspect',
		},
		{ channel: 'BAIDU', address: baidu.goodAddress(1), ...sent },
		{ channel: 'BAIDU', address: baidu.goodAddress(2), ...sent },
		{ channel: 'BAIDU', address: baidu.addressFor('30608'), ...refused, reason: '30608', tokenAction: 'remove' },
		{ channel: 'ADM', address: adm.goodAddress(1), ...sent },
		{ channel: 'ADM', address: adm.addressFor('CanonicalId'), ...sent, tokenAction: 'replace' },
		{
			channel: 'ADM',
			address: adm.addressFor('InvalidRegistrationId'),
			...refused,
			reason: 'InvalidRegistrationId',
			tokenAction: 'remove',
		},
	];
}

/** One result item as it came out of the node. */
export interface Outcome {
	readonly output: 'Sent' | 'Failed';
	readonly json: Readonly<Record<string, unknown>>;
}

/** Undefined when the outcome is the expected one; else what differs, in words. */
export function difference(expected: Expected | undefined, { output, json }: Outcome): string | undefined {
	if (!expected) return 'nobody asked for this recipient';
	const wanted = {
		output: expected.status === 'SUCCESSFUL' ? 'Sent' : 'Failed',
		deliveryStatus: expected.status,
		providerReason: expected.reason,
		tokenAction: expected.tokenAction,
	};
	const found: Readonly<Record<string, unknown>> = { ...json, output };
	// A success may carry the provider's own word for it.
	const checked = Object.entries(wanted).filter(([key]) => key !== 'providerReason' || expected.reason !== undefined);
	const differences = checked.filter(([key, value]) => found[key] !== value);
	if (differences.length > 0) {
		return differences.map(([key, value]) => `${key} should be ${value}, is ${String(found[key])}`).join('; ');
	}
	// All four providers name each message they take.
	if (expected.status === 'SUCCESSFUL' && typeof json.messageId !== 'string') return 'it has no message id';
	return undefined;
}
