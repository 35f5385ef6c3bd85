import { type Engine, compileNotification, createEngine, type DirectCredentials } from '../../../push';
import type { ChannelType, DeliveryResult, Recipient } from '../../../push/model';
import type { SendBatch } from '../../../push/sending/types';
import { STATIC_MESSAGE, SUBSTITUTED_MESSAGE } from '../message';
import { ADDRESS } from './devices';
import { ENDED, type Sender, type Supply, type Task } from './types';

const BATCH = 1000;
const AS_FAST_AS_IT_GOES = 10_000_000;

/** This package: from recipients to delivery results. */
export async function open(task: Task): Promise<Sender> {
	const engine: Engine = createEngine({ env: {} });
	const credentials = credentialsOf(task);
	const message = compileNotification(task.substituted ? SUBSTITUTED_MESSAGE : STATIC_MESSAGE);
	const options = { ratePerSecond: task.ratePerSecond ?? AS_FAST_AS_IT_GOES, rampUpMs: 0 };
	return {
		async send(supply, record) {
			const source: Iterable<SendBatch> = batches(supply, message, task);
			for await (const results of engine.send(source, credentials, options)) {
				for (const result of results) record(result.ref, endOf(result), result.statusMessage);
			}
		},
		close: () => engine.close(0),
	};
}

function* batches(supply: Supply, message: SendBatch['message'], task: Task): Generator<SendBatch> {
	const address = ADDRESS[task.shape];
	const channelType: ChannelType = task.shape === 'apns' ? 'APNS' : 'GCM';
	for (;;) {
		const recipients: Recipient[] = [];
		for (let n = 0; n < BATCH; n++) {
			const ref = supply.next();
			if (ref < 0) break;
			recipients.push(
				task.substituted
					? { ref, address: address(ref), channelType, substitutions: substitutionsOf(ref) }
					: { ref, address: address(ref), channelType },
			);
		}
		if (recipients.length > 0) yield { message, recipients };
		if (recipients.length < BATCH) return;
	}
}

function substitutionsOf(device: number) {
	return { name: [`Customer ${device}`], order: [String(device * 7)] };
}

function endOf({ deliveryStatus, possibleDuplicate }: DeliveryResult): number {
	const doubled = possibleDuplicate ? ENDED.saidDouble : 0;
	if (deliveryStatus === 'SUCCESSFUL') return ENDED.accepted + doubled;
	const unknown = deliveryStatus === 'UNKNOWN_FAILURE' || deliveryStatus === 'TIMEOUT';
	return (unknown ? ENDED.unknown : ENDED.refused) + doubled;
}

function credentialsOf({ apnsKey, serviceAccountJson, origin, tokenUrl, ca }: Task): DirectCredentials {
	return {
		apns: { type: 'apnsKey', ...apnsKey, connection: { endpoint: origin, ca } },
		fcm: {
			type: 'fcmServiceAccount',
			serviceAccountJson,
			connection: { endpoint: origin, tokenEndpoint: tokenUrl, ca },
		},
	};
}
