import type { CompiledMessage } from '../messages/content';
import { CHANNEL_TYPES, CHANNELS, type ChannelType, PushError, type Recipient } from '../model';
import { Fifo } from './fifo';
import type { SendBatch } from './types';

/**
 * Recipients that wait for their first request, as the source gave them: nothing is made of one before its turn has
 * come, so that the thousands in the queue cost no memory of their own.
 */
export class Backlog {
	readonly #batches = new Fifo<SendBatch>();

	#batch: SendBatch | undefined;

	/** The next one's place in its batch. */
	#at = 0;

	#size = 0;

	get size(): number {
		return this.#size;
	}

	push(batch: SendBatch): void {
		this.#size += batch.recipients.length;
		this.#batches.push(batch);
	}

	/** Takes the next one out. */
	shift<T>(make: (recipient: Recipient, message: CompiledMessage) => T): T | undefined {
		for (;;) {
			this.#batch ??= this.#batches.shift();
			if (!this.#batch) return undefined;
			const { recipients, message } = this.#batch;
			const recipient = recipients[this.#at];
			this.#at += 1;
			if (this.#at >= recipients.length) {
				this.#batch = undefined;
				this.#at = 0;
			}
			if (!recipient) continue;
			this.#size -= 1;
			return make(recipient, message);
		}
	}
}

/**
 * A batch as one batch per channel; nearly always it is of one channel only, and stays as it is.
 * @throws {PushError} `UnknownChannel` when a recipient names none
 */
export function byChannel(batch: SendBatch): readonly SendBatch[] {
	const { message, recipients } = batch;
	const [first] = recipients;
	if (!first) return [];
	if (recipients.every(({ channelType }) => channelType === first.channelType)) {
		requireChannel(first);
		return [batch];
	}
	const parts = new Map<ChannelType, Recipient[]>();
	for (const recipient of recipients) {
		const part = parts.get(recipient.channelType);
		if (part) {
			part.push(recipient);
			continue;
		}
		requireChannel(recipient);
		parts.set(recipient.channelType, [recipient]);
	}
	return [...parts.values()].map((part) => ({ message, recipients: part }));
}

/** Callers in plain JavaScript may give anything. */
function requireChannel({ ref, channelType }: Recipient): void {
	if (Object.hasOwn(CHANNELS, channelType)) return;
	throw new PushError('UnknownChannel', `"${channelType}" of recipient ${ref} is not a push channel.`, {
		hint: `Give each recipient a channelType: one of ${CHANNEL_TYPES.join(', ')}.`,
	});
}
