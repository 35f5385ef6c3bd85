import type { CompiledMessage } from '../messages';
import type { DeliveryResult, DeliveryStatus } from '../model';
import type { SendBatch } from '../sending/types';
import type { Later } from './progress';
import { type Going, type PreparedBatch, Tally } from './prepare';
import type { RecordPart } from './recorder';

/** Statuses after which a recipient is tried again as long as there is time. */
const COMES_AGAIN: Readonly<Record<DeliveryStatus, boolean>> = {
	SUCCESSFUL: false,
	THROTTLED: true,
	TEMPORARY_FAILURE: true,
	PERMANENT_FAILURE: false,
	UNKNOWN_FAILURE: false,
	OPT_OUT: false,
	DUPLICATE: false,
	TIMEOUT: false,
};

/** Waits between tries of one recipient when the provider does not say: from a minute on, doubled up to this. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 900_000;

export interface RetryPolicy {
	/** From the first try on, ms. */
	readonly horizonMs: number;
	/** Epoch ms; nobody is tried again after it. */
	readonly stopAt: number | undefined;
	/** The campaign is over: whatever comes now is the last word. */
	readonly isOver: boolean;
}

/** What became of a result. */
export type Fate =
	| { readonly kind: 'final' }
	| { readonly kind: 'again' }
	/** Not sent: the send was stopped, or a fault of the campaign itself would have met everybody. */
	| { readonly kind: 'unsent'; readonly fault?: string };

/** A batch in this runner's hands: hands out its recipients, takes their results, and knows what to write. */
export class ActiveBatch {
	readonly #going: ReadonlyMap<number, Going>;

	#nextGoing = 0;

	/** Handed out, without a result yet. */
	#open = 0;

	#results: DeliveryResult[] = [];

	#tally = new Tally();

	#badRows: PreparedBatch['badRows'];

	/** Somebody else has it now. */
	lost = false;

	constructor(
		private readonly prepared: PreparedBatch,
		private readonly owner: string,
	) {
		this.#going = new Map(prepared.going.map((going) => [going.place, going]));
		this.#badRows = prepared.badRows;
		for (const { reason, treatment, result } of prepared.skipped) {
			this.#results.push(result);
			this.#tally.add(treatment, reason, '', result.possibleDuplicate);
		}
	}

	get number(): number {
		return this.prepared.claimed.batch;
	}

	holds(row: number): boolean {
		const { firstRow, rows } = this.prepared.claimed;
		return row >= firstRow && row < firstRow + rows;
	}

	/** Everybody who may go now has a result. */
	get isOver(): boolean {
		return this.#nextGoing >= this.prepared.going.length && this.#open === 0;
	}

	/** The next recipients, by message. After {@link part} is written, and not before, they may go. */
	take(count: number, now: number): SendBatch[] {
		if (this.lost) return [];
		const slice = this.prepared.going.slice(this.#nextGoing, this.#nextGoing + count);
		this.#nextGoing += slice.length;
		this.#open += slice.length;
		const byMessage = new Map<CompiledMessage, SendBatch & { recipients: Going['recipient'][] }>();
		for (const { treatment, recipient } of slice) {
			const known = byMessage.get(treatment.message);
			if (known) known.recipients.push(recipient);
			else byMessage.set(treatment.message, { message: treatment.message, recipients: [recipient] });
		}
		this.prepared.progress.handOver(
			slice.map(({ place }) => place),
			now,
		);
		return [...byMessage.values()];
	}

	/** They were taken and never reached the sender. */
	giveBack({ recipients }: SendBatch): void {
		for (const { ref, mayHaveArrived } of recipients) {
			const place = ref - this.prepared.claimed.firstRow;
			this.#open -= 1;
			this.#postponeUnsent(place, mayHaveArrived === true);
		}
	}

	/** Nobody else of it is handed out. */
	stop(): void {
		this.#nextGoing = this.prepared.going.length;
		this.prepared.progress.spellOut();
	}

	get hasMore(): boolean {
		return !this.lost && this.#nextGoing < this.prepared.going.length;
	}

	settle(result: DeliveryResult, now: number, policy: RetryPolicy): Fate {
		const { progress, claimed } = this.prepared;
		const place = result.ref - claimed.firstRow;
		const going = this.#going.get(place);
		if (!going || progress.isDone(place)) return { kind: 'final' };
		this.#open -= 1;
		const before = progress.find(place);
		const mayHaveArrived = going.recipient.mayHaveArrived === true;
		if (result.unsent) {
			this.#postponeUnsent(place, mayHaveArrived);
			return result.providerReason === 'Cancelled'
				? { kind: 'unsent' }
				: { kind: 'unsent', fault: result.statusMessage };
		}
		if (!policy.isOver && result.providerReason === 'Cancelled' && result.deliveryStatus === 'UNKNOWN_FAILURE') {
			// Stopped in flight: it goes again, as what may be a double.
			progress.postpone(place, { ...before, notBefore: 0, since: before.since || now, mayHaveArrived: true });
			return { kind: 'unsent' };
		}
		const again = this.#again(
			result,
			{ ...before, mayHaveArrived: mayHaveArrived || result.possibleDuplicate },
			now,
			policy,
		);
		if (again) {
			progress.postpone(place, again);
			return { kind: 'again' };
		}
		progress.finish(place);
		const attempts = result.attempts + before.attempts;
		this.#results.push(attempts === result.attempts ? result : { ...result, attempts });
		const reason = result.deliveryStatus === 'SUCCESSFUL' ? '' : (result.providerReason ?? String(result.statusCode));
		this.#tally.add(going.treatment.name, result.deliveryStatus, reason, result.possibleDuplicate);
		return { kind: 'final' };
	}

	/** What is to be written now; afterwards the batch starts to collect anew. */
	part(): RecordPart {
		const { claimed, progress } = this.prepared;
		const over = this.isOver;
		const finished = over && progress.left === 0;
		const part: RecordPart = {
			change: {
				batch: claimed.batch,
				owner: this.owner,
				fence: claimed.fence,
				...progress.toStore(),
				finished,
				...(over && !finished ? { releaseUntil: progress.nextAt } : {}),
			},
			counts: this.#tally.all(),
			badRows: this.#badRows,
			results: this.#results,
		};
		this.#results = [];
		this.#tally = new Tally();
		this.#badRows = [];
		return part;
	}

	#postponeUnsent(place: number, mayHaveArrived: boolean): void {
		const { progress } = this.prepared;
		const before = progress.find(place);
		const since = before.attempts > 0 ? before.since : 0;
		progress.postpone(place, { ...before, notBefore: 0, since, mayHaveArrived });
	}

	#again(result: DeliveryResult, before: Later, now: number, policy: RetryPolicy): Later | undefined {
		const { horizonMs, stopAt, isOver } = policy;
		if (isOver || !COMES_AGAIN[result.deliveryStatus]) return undefined;
		const attempts = before.attempts + result.attempts;
		const since = before.since || (result.sentAt === undefined ? now : Date.parse(result.sentAt)) || now;
		const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, Math.min(10, attempts - 1)));
		const wait = result.retryAfterSeconds === undefined ? backoff : result.retryAfterSeconds * 1_000;
		const notBefore = now + wait;
		if (notBefore > since + horizonMs || (stopAt !== undefined && notBefore >= stopAt)) return undefined;
		return { notBefore, attempts, since, mayHaveArrived: before.mayHaveArrived };
	}
}
