import type { IExecuteFunctions } from 'n8n-workflow';
import type { ApplicationSend } from '../../../push';
import { toSentence, WorkflowMistake } from '../../shared/errors';
import { isSent, type ResultLike } from '../../shared/results';
import type { Summary } from '../../shared/summary';

/** Groups that are sent at the same time: each idempotency key is a group of its own. */
const AT_ONCE = 10;

/** Does all of it, a few at a time, and only then fails with the first failure: nothing is left half-way unobserved. */
export async function forEachGroup<Group>(
	groups: readonly Group[],
	work: (group: Group) => Promise<void>,
): Promise<void> {
	const waiting = [...groups];
	const lane = async () => {
		for (let group = waiting.shift(); group; group = waiting.shift()) await work(group);
	};
	const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
	for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
}

/** A response none of whose messages reached a provider: handed on, but not recorded. */
class NothingSent<Value> extends Error {
	constructor(readonly value: Value) {
		super('Nothing reached a provider');
	}
}

export interface Attempted<Value> {
	readonly value: Value;
	/** Whether any provider was asked. */
	readonly attempted: boolean;
}

/**
 * Does `work` once per idempotency key. A response is recorded as soon as one message may have left; a send that got
 * nowhere (channel off, everybody suppressed) may be tried again with the same key.
 */
export async function sendOnce<Value>(
	application: ApplicationSend,
	key: string,
	request: unknown,
	work: (sent: () => void) => Promise<Attempted<Value>>,
	decode: (response: unknown) => Value,
): Promise<{ readonly value: Value; readonly replayed: boolean }> {
	const attempt = async (sent: () => void): Promise<Value> => {
		const { value, attempted } = await work(sent);
		if (!attempted) throw new NothingSent(value);
		return value;
	};
	const ended = await application.once(key, request, attempt, decode).catch((error: unknown) => ({ error }));
	if (!('error' in ended)) return ended;
	if (ended.error instanceof NothingSent) return { value: ended.error.value, replayed: false };
	throw ended.error;
}

/** What the audit trail keeps of a send. */
export class Counts {
	private recipients = 0;

	private successful = 0;

	add(result: Pick<ResultLike, 'deliveryStatus'>): void {
		this.recipients += 1;
		if (isSent(result)) this.successful += 1;
	}

	toJson(): Record<string, number> {
		const { recipients, successful } = this;
		return { recipients, successful, failed: recipients - successful };
	}
}

/** The audit row of a send. When it cannot be written the messages have left all the same: a warning, not a failure. */
export async function recordSend(
	application: ApplicationSend | undefined,
	counts: Readonly<Record<string, number>>,
	summary: Summary,
): Promise<void> {
	await application?.finished(counts).catch((error: unknown) => {
		summary.warn(`The messages were sent, but the audit trail has no entry of it: ${toSentence(error)}`);
	});
}

export const REPLAYED =
	'This idempotency key was used in the last 24 hours: the recorded results are put out again, and nothing was sent.';

/** A stopped send that got nowhere leaves its key free. @throws {WorkflowMistake} */
export function refuseStopped(context: IExecuteFunctions, attempted: boolean): void {
	if (attempted || !context.getExecutionCancelSignal()?.aborted) return;
	throw new WorkflowMistake('The execution was stopped before anything was sent.', 'Run it again.');
}
