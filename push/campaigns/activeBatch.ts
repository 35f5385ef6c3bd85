import type { CompiledMessage } from '../messages';
import type { DeliveryResult, DeliveryStatus } from '../model';
import type { SendBatch } from '../sending/types';
import type { ClaimedBatch } from '../store';
import { type Going, type PreparedBatch, Tally } from './prepare';
import type { Later, Progress } from './progress';
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

const FINAL: Fate = { kind: 'final' };

/** A batch in this runner's hands: hands out its recipients, takes their results, and knows what to write. */
export class ActiveBatch {
	readonly #batch: Pick<ClaimedBatch, 'batch' | 'firstRow' | 'rows' | 'fence'>;

	readonly #progress: Progress;

	/** Who may go, and was not handed out yet. */
	#waiting: Going[];

	/** Handed out, without a result yet; by place. Nothing is kept of those who have one. */
	readonly #out: Array<Going | undefined>;

	#open = 0;

	#results: DeliveryResult[] = [];

	#tally = new Tally();

	#badRows: PreparedBatch['badRows'];

	/** Epoch ms: see {@link PreparedBatch}. */
	readonly validUntil: number;

	/** Somebody else has it now. */
	lost = false;

	constructor(
		{ claimed, progress, going, skipped, badRows, emptyRows, validUntil }: PreparedBatch,
		private readonly owner: string,
	) {
		const { batch, firstRow, rows, fence } = claimed;
		this.#batch = { batch, firstRow, rows, fence };
		this.#progress = progress;
		this.#waiting = [...going];
		this.#out = new Array<undefined>(rows).fill(undefined);
		this.#badRows = badRows;
		this.validUntil = validUntil;
		for (const { reason, treatment, result } of skipped) {
			this.#results.push(result);
			this.#tally.add(treatment, reason, '', result.possibleDuplicate);
		}
		if (emptyRows > 0) this.#tally.add('', 'EMPTY', '', false, emptyRows);
	}

	get number(): number {
		return this.#batch.batch;
	}

	holds(row: number): boolean {
		const { firstRow, rows } = this.#batch;
		return row >= firstRow && row < firstRow + rows;
	}

	/** Everybody who may go now has a result. */
	get isOver(): boolean {
		return this.#waiting.length === 0 && this.#open === 0;
	}

	/** The next recipients, by message. After {@link part} is written, and not before, they may go. */
	take(count: number, now: number): SendBatch[] {
		if (this.lost) return [];
		const slice = this.#waiting.slice(0, count);
		this.#waiting = this.#waiting.slice(count);
		this.#open += slice.length;
		const byMessage = new Map<CompiledMessage, SendBatch & { recipients: Going[] }>();
		for (const going of slice) {
			const { message } = going.treatment;
			const known = byMessage.get(message);
			if (known) known.recipients.push(going);
			else byMessage.set(message, { message, recipients: [going] });
			this.#out[this.#placeOf(going)] = going;
		}
		this.#progress.handOver(
			slice.map((going) => this.#placeOf(going)),
			now,
		);
		return [...byMessage.values()];
	}

	/** They were taken and never reached the sender. */
	giveBack({ recipients }: SendBatch): void {
		for (const recipient of recipients) {
			const place = this.#placeOf(recipient);
			this.#landed(place);
			this.#postponeUnsent(place, recipient.mayHaveArrived === true);
		}
	}

	/** Nobody else of it is handed out. */
	stop(): void {
		this.#waiting = [];
		this.#progress.spellOut();
	}

	get hasMore(): boolean {
		return !this.lost && this.#waiting.length > 0;
	}

	settle(result: DeliveryResult, now: number, policy: RetryPolicy): Fate {
		const progress = this.#progress;
		const place = this.#placeOf(result);
		const going = this.#landed(place);
		if (!going || progress.isDone(place)) return FINAL;
		const before = progress.find(place);
		const { mayHaveArrived } = going;
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
		return FINAL;
	}

	/** What is to be written now; afterwards the batch starts to collect anew. */
	part(): RecordPart {
		const progress = this.#progress;
		const { batch, fence } = this.#batch;
		const over = this.isOver;
		const finished = over && progress.left === 0;
		const part: RecordPart = {
			change: {
				batch,
				owner: this.owner,
				fence,
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

	#placeOf({ ref }: { readonly ref: number }): number {
		return ref - this.#batch.firstRow;
	}

	#landed(place: number): Going | undefined {
		const going = this.#out[place];
		if (going) this.#open -= 1;
		this.#out[place] = undefined;
		return going;
	}

	#postponeUnsent(place: number, mayHaveArrived: boolean): void {
		const progress = this.#progress;
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
		// "At once" from a provider that just refused would be heard again and again.
		const wait = result.retryAfterSeconds ? result.retryAfterSeconds * 1_000 : backoff;
		const notBefore = now + wait;
		if (notBefore > since + horizonMs || (stopAt !== undefined && notBefore >= stopAt)) return undefined;
		return { ...before, notBefore, attempts, since };
	}
}
