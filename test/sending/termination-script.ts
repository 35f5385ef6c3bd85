import { compileNotification, engine } from '../../push';

/**
 * Sends slowly with the engine of the process until it is told to end. Started by termination.test.ts, with the target
 * in its environment. NEIGHBOUR: somebody else (as n8n does) listens for the signal and ends the process.
 */
const { ORIGIN = '', CA = '', KEY = '', NEIGHBOUR } = process.env;

async function main(): Promise<void> {
	const recipients = Array.from({ length: 500 }, (_, ref) => ({
		ref,
		address: ref.toString(16).padStart(64, '0'),
		channelType: 'APNS' as const,
	}));
	const message = compileNotification({ title: 'Hello' });
	const credentials = {
		apns: {
			type: 'apnsKey',
			keyId: 'ABCDEFGHIJ',
			teamId: 'KLMNOPQRST',
			bundleId: 'com.example.app',
			privateKey: KEY,
			connection: { endpoint: ORIGIN, ca: CA },
		},
	} as const;
	if (NEIGHBOUR) process.once('SIGTERM', () => console.log('neighbour'));
	const ends: Record<string, number> = {};
	for await (const results of engine().send([{ message, recipients }], credentials, { ratePerSecond: 20 })) {
		for (const { deliveryStatus, providerReason } of results) {
			const end = providerReason ?? deliveryStatus;
			ends[end] = (ends[end] ?? 0) + 1;
		}
	}
	console.log(JSON.stringify(ends));
}

void main();
