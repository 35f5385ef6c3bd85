import type { DeliveryResult, Recipient, Suppression } from '../model';
import { storeFault, withWarning } from '../results';
import type { ResultStream, SendBatch } from '../sending/types';
import type { ApplicationSend } from './index';

/** Addresses asked for at once; batches are no larger. */
const LOOKUP = 1_000;

/** Results held back while the sender is busy; above this, reading the source waits for the reader of the results. */
const HELD = 10_000;

/**
 * Sends past the suppression list: a suppressed address gets OPT_OUT, or the reason it was found dead for, without a
 * request; addresses found dead now are added when the application's settings say so.
 */
export async function* sendPastSuppressions(
	send: ApplicationSend,
	source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
	through: (batches: AsyncIterable<SendBatch>) => ResultStream,
): ResultStream {
	const held = new HeldResults();
	const results = through(allowedOf(send, source, held))[Symbol.asyncIterator]();
	try {
		let next = results.next();
		for (;;) {
			const settled = await held.fullOr(next);
			if (held.size > 0) yield held.take();
			if (!settled) continue;
			if (settled.done) return;
			const warning = await suppressDead(send, settled.value);
			yield warning === undefined ? settled.value : withWarning(settled.value, warning);
			next = results.next();
		}
	} catch (error) {
		if (held.size > 0) yield held.take();
		throw error;
	} finally {
		await results.return?.();
	}
}

/** The batches without their suppressed recipients. */
async function* allowedOf(
	send: ApplicationSend,
	source: AsyncIterable<SendBatch> | Iterable<SendBatch>,
	held: HeldResults,
) {
	for await (const { message, recipients } of source) {
		for (let start = 0; start < recipients.length; start += LOOKUP) {
			const slice = recipients.slice(start, start + LOOKUP);
			const rows = await send.suppressed(slice.map(({ address }) => address.trim()));
			if (rows.length === 0) {
				yield { message, recipients: slice };
				continue;
			}
			const suppressed = new Map(rows.map((row) => [row.address, row]));
			const open: Recipient[] = [];
			for (const recipient of slice) {
				const row = suppressed.get(recipient.address.trim());
				if (row) held.add(suppressedResult(recipient, row, send.application.id));
				else open.push(recipient);
			}
			await held.whenRoom();
			if (open.length > 0) yield { message, recipients: open };
		}
	}
}

/** Results of the suppressed, until whoever reads the stream takes them. */
class HeldResults {
	#results: DeliveryResult[] = [];

	#onFull: () => void = () => {};

	#room = Promise.withResolvers<void>();

	get size(): number {
		return this.#results.length;
	}

	add(result: DeliveryResult): void {
		this.#results.push(result);
		if (this.size >= HELD) this.#onFull();
	}

	/** Everything held, once. */
	take(): DeliveryResult[] {
		const taken = this.#results;
		this.#results = [];
		this.#room.resolve();
		this.#room = Promise.withResolvers();
		return taken;
	}

	/**
	 * What comes first: the next results, or undefined as soon as so many are held that they must be taken. No race of
	 * promises: one that stays open would keep what all the others brought until the end of the send. And the promise
	 * that is waited for brings no results itself: with one that did, V8's collections of young objects kept the results
	 * of nearly every batch.
	 */
	async fullOr<T>(next: Promise<T>): Promise<T | undefined> {
		const { promise: first, resolve } = Promise.withResolvers<'full' | 'next'>();
		const come = () => resolve('next');
		next.then(come, come);
		this.#onFull = () => resolve('full');
		if (this.size >= HELD) this.#onFull();
		return (await first) === 'next' ? await next : undefined;
	}

	async whenRoom(): Promise<void> {
		if (this.size >= HELD) await this.#room.promise;
	}
}

/**
 * What was sent is told, whatever becomes of the list: the next refusal brings a dead address again.
 * @returns the warning when the list could not be written
 */
async function suppressDead(send: ApplicationSend, results: readonly DeliveryResult[]): Promise<string | undefined> {
	const dead = deadOf(results);
	try {
		await send.suppressDead(dead);
		return undefined;
	} catch (error) {
		const which = dead.length === 1 ? 'A dead address is' : `${dead.length} dead addresses are`;
		return `${which} missing on the suppression list: ${storeFault(error)}`;
	}
}

function deadOf(results: readonly DeliveryResult[]) {
	return results
		.filter(({ tokenAction }) => tokenAction === 'remove')
		.map(({ address, providerReason = '' }) => ({ address: address.trim(), reason: providerReason }));
}

function suppressedResult(
	{ ref, address, channelType, traceId }: Recipient,
	{ reason, note }: Suppression,
	applicationId: string,
): DeliveryResult {
	const base = {
		ref,
		address,
		channelType,
		applicationId,
		...(traceId === undefined ? {} : { traceId }),
		possibleDuplicate: false,
		attempts: 0,
		latencyMs: 0,
	};
	if (reason === 'OPT_OUT') {
		return {
			...base,
			deliveryStatus: 'OPT_OUT',
			statusCode: 200,
			statusMessage: 'Not sent: the address has opted out (suppression list).',
			providerReason: 'Suppressed',
			tokenAction: 'keep',
		};
	}
	return {
		...base,
		deliveryStatus: 'PERMANENT_FAILURE',
		statusCode: 410,
		statusMessage: `Not sent: the address was found dead before${note ? ` (${note})` : ''} and is on the suppression list.`,
		providerReason: note ?? 'Suppressed',
		tokenAction: 'remove',
	};
}
