import type { DeliveryResult } from '../model';
import { type SenderDeps, SendRun } from './run';
import { readSettings } from './settings';
import type { ResultStream, SendBatch, SendOptions, SenderPorts } from './types';

export interface Sender {
	/**
	 * Sends to all recipients of the source: one result for each, in the order they are known. Nothing happens before
	 * the first read; the source is read only as fast as results are taken. Leaving the loop over the results stops
	 * the send as `options.signal` does. The stream can be read once.
	 * @throws {PushError} `InvalidRequest` for options that make no sense; from the stream, after the results of what
	 * was in flight: what the source or `ports.clientFor` threw (`InvalidCredential`).
	 */
	send(source: AsyncIterable<SendBatch> | Iterable<SendBatch>, options: SendOptions): ResultStream;
}

/** The way of a message: render, admit, dispatch, interpret, retry or report; for one webhook and for millions alike. */
export function createSender(ports: SenderPorts, deps: SenderDeps): Sender {
	return {
		send(source, options) {
			return new ResultReader(new SendRun(ports, deps, source, readSettings(options)));
		},
	};
}

type Read = IteratorResult<DeliveryResult[], undefined>;

const DONE: Read = { done: true, value: undefined };

class ResultReader implements ResultStream, AsyncIterator<DeliveryResult[], undefined> {
	#state: 'new' | 'reading' | 'left' = 'new';

	constructor(private readonly run: SendRun) {}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<Read> {
		if (this.#state === 'left') return DONE;
		if (this.#state === 'new') {
			this.#state = 'reading';
			this.run.start();
		}
		return await this.run.results.next();
	}

	/** The reader has enough: what is in flight gets its grace, the rest is not sent. */
	async return(): Promise<Read> {
		const wasReading = this.#state === 'reading';
		this.#state = 'left';
		if (!wasReading) return DONE;
		this.run.results.discard();
		this.run.cancel();
		await this.run.over;
		return DONE;
	}
}
