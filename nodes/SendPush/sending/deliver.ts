import type { DeliveryResult } from '../../../push/model';
import type { ResultStream, SendBatch } from '../../../push/sending/types';
import { toSentence } from '../../shared/errors';
import { localRefusal } from '../../shared/results';
import type { Pending } from './devicePlan';

export interface Delivery {
	/** Begins the send; nothing happens before the first read. */
	readonly start: (batches: Iterable<SendBatch>) => ResultStream;
	readonly batches: Generator<SendBatch>;
	/** What the batches handed out and has no result yet; results are taken off it. */
	readonly pending: Map<number, Pending>;
	/** Told of each result. */
	readonly onResult: (result: DeliveryResult, itemIndex: number) => void;
}

/**
 * Sends everything and hands on each result. When the engine gives up half-way, the recipients without a result get
 * one that says why, so that none of the results before is lost.
 * @returns whether any provider was asked
 * @throws what the engine throws, as long as no provider was asked to deliver anything
 */
export async function deliver(delivery: Delivery): Promise<boolean> {
	const { start, batches, pending, onResult } = delivery;
	let attempted = false;
	let failure: { readonly error: unknown } | undefined;
	// A generator that is cut off half-way is done for; the rest is needed when the engine gives up.
	const source = { [Symbol.iterator]: () => ({ next: () => batches.next() }) };
	try {
		for await (const results of start(source)) {
			for (const result of results) {
				attempted ||= result.attempts > 0;
				settle(result, pending, onResult);
			}
		}
	} catch (error) {
		failure = { error };
	}
	if (failure && !attempted) throw failure.error;
	refuseTheRest(delivery, failure ? toSentence(failure.error) : 'The execution was stopped.');
	return attempted;
}

function settle(result: DeliveryResult, pending: Map<number, Pending>, onResult: Delivery['onResult']): void {
	const known = pending.get(result.ref);
	if (!known) return;
	pending.delete(result.ref);
	onResult(result, known.itemIndex);
}

/** Nobody is left without a result: neither the ones handed out nor the ones that never were. */
function refuseTheRest({ batches, pending, onResult }: Delivery, reason: string): void {
	const unknown = `It is not known whether this was sent: the send ended early. ${reason}`;
	for (const { itemIndex, recipient } of pending.values()) {
		const refusal = localRefusal(recipient, 'SendEnded', unknown);
		onResult({ ...refusal, deliveryStatus: 'UNKNOWN_FAILURE', statusCode: 500 }, itemIndex);
	}
	pending.clear();
	for (const { recipients } of batches) {
		for (const recipient of recipients) {
			const itemIndex = pending.get(recipient.ref)?.itemIndex ?? 0;
			onResult(localRefusal(recipient, 'SendEnded', `Not sent: the send ended early. ${reason}`), itemIndex);
		}
		pending.clear();
	}
}
