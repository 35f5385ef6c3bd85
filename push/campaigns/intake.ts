import { type Campaign, type Clock, PushError } from '../model';
import type { CampaignRepository, NewBatch } from '../store';
import { firstOf } from './rows/records';

/** How long the right to append is kept without a sign of life, and how often one is given, ms. */
const LEASE_MS = 20_000;
const EXTEND_MS = 5_000;

/** How often it is looked whether whoever read before is gone, ms. */
const LOOK_MS = 500;

/** Batches per transaction: some 600 kB, a few ms of the write lock. */
const PER_WRITE = 8;

/** A slow source does not keep those it has brought from being sent to for longer than this, ms. */
const LONGEST_HOLD_MS = 1_000;

export interface IntakeParts {
	readonly campaigns: CampaignRepository;
	readonly clock: Clock;
	readonly number: number;
	readonly owner: string;
	/** Rows of a query come in no fixed order: what reads differently the second time is appended, not refused. */
	readonly mayDiffer: boolean;
	/** Rows the campaign takes at most, however often its source is read. */
	readonly limit: number;
	readonly signal: AbortSignal;
}

export type IntakeEnd = 'done' | 'stopped' | 'elsewhere';

/**
 * Puts the rows of a source into the store, as they are: nothing is parsed, so that a million rows are safe within a
 * second or two. A source that is read a second time, after a crash or a Stop, is compared batch by batch with what is
 * there already, and gone on with from where it stopped.
 * @throws {PushError} `Conflict` when the source reads differently the second time; what the source throws
 */
export async function takeIn(batches: AsyncIterable<NewBatch>, parts: IntakeParts): Promise<IntakeEnd> {
	const { campaigns, clock, number, owner, signal } = parts;
	if (!(await takeOver(parts))) return 'elsewhere';
	const leave = keepAlive(parts);
	try {
		const whole = await appendAll(batches, parts);
		await campaigns.endIntake(number, owner, whole ? 'DONE' : 'INTERRUPTED', clock.now());
		return whole ? 'done' : 'stopped';
	} catch (error) {
		// Out of its hands for longer than its lease, and somebody else reads on.
		if (error instanceof PushError && error.code === 'StaleWrite') return 'elsewhere';
		await campaigns.endIntake(number, owner, 'INTERRUPTED', clock.now()).catch(() => undefined);
		// What is broken off complains.
		if (signal.aborted) return 'stopped';
		throw error;
	} finally {
		leave();
	}
}

/** @returns false when it was stopped before the end */
async function appendAll(batches: AsyncIterable<NewBatch>, parts: IntakeParts): Promise<boolean> {
	const { campaigns, clock, number, owner, limit, signal } = parts;
	const state = { offset: 0, rows: 0, comparing: true };
	let waiting: NewBatch[] = [];
	// The first ones at once, so that sending begins.
	let written = -Infinity;
	let writing = Promise.resolve();
	let disarm = () => {};
	const write = async () => {
		disarm();
		if (waiting.length === 0) return;
		const added = waiting;
		waiting = [];
		await campaigns.append(number, owner, added, clock.now() + LEASE_MS);
		written = clock.monotonic();
	};
	/** One write after the other; after one that failed, none. */
	const flush = async () => {
		writing = writing.then(write);
		await writing;
	};
	try {
		for await (const batch of batches) {
			if (signal.aborted) break;
			if (state.comparing && (await isThere(batch, parts, state))) continue;
			const firstRow = batch.firstRow + state.rows;
			if (firstRow >= limit) break;
			// The source counts what it gives, which is less than what is there where it came again in another order; then
			// it is a query, and each row a line.
			waiting.push({ ...firstOf(batch, limit - firstRow), batch: batch.batch + state.offset, firstRow });
			if (waiting.length >= PER_WRITE || clock.monotonic() - written > LONGEST_HOLD_MS) await flush();
			// A failure shows at the next write.
			else if (waiting.length === 1) disarm = clock.after(LONGEST_HOLD_MS, () => void flush().catch(() => undefined));
		}
		await flush();
	} finally {
		disarm();
	}
	return !signal.aborted;
}

/**
 * Compares a source with a campaign all of whose rows are in the store: nobody is to believe that rows were sent to
 * which came into the source only later.
 * @throws {PushError} `Conflict`; what the source throws
 */
export async function compareRows(
	batches: AsyncIterable<NewBatch>,
	campaigns: CampaignRepository,
	{ number, rows }: Pick<Campaign, 'number' | 'rows'>,
): Promise<void> {
	let read = 0;
	for await (const { batch, firstRow, rows: count, contentHash } of batches) {
		if ((await campaigns.contentHash(number, batch)) !== contentHash) throw otherRows(firstRow);
		read += count;
	}
	if (read !== rows) throw otherRows(read);
}

/** @param before rows that are the same, at least */
function otherRows(before: number): PushError {
	return new PushError('Conflict', `The source of the campaign is not the same any more, from row ${before + 1} on.`, {
		hint: 'Give the same recipients again to go on, or start a campaign with another key.',
	});
}

/** Somebody who died while reading keeps the right to for a while. @returns false when somebody else reads on */
async function takeOver({ campaigns, clock, number, owner, signal }: IntakeParts): Promise<boolean> {
	const until = clock.monotonic() + LEASE_MS + LOOK_MS;
	for (;;) {
		if (await campaigns.takeIntake(number, owner, clock.now(), clock.now() + LEASE_MS)) return true;
		if (signal.aborted || clock.monotonic() > until || (await campaigns.isRead(number))) return false;
		await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
	}
}

/** A query may take longer than the lease until it brings a row. @returns how to end it */
function keepAlive({ campaigns, clock, number, owner }: IntakeParts): () => void {
	let disarm = () => {};
	let over = false;
	const again = () => {
		if (over) return;
		disarm = clock.after(EXTEND_MS, () => {
			// Nothing added, only time. Whether it has been taken away shows at the next row.
			void campaigns.append(number, owner, [], clock.now() + LEASE_MS).then(again, again);
		});
	};
	again();
	return () => {
		over = true;
		disarm();
	};
}

async function isThere(
	batch: NewBatch,
	{ campaigns, number, mayDiffer }: IntakeParts,
	state: { offset: number; rows: number; comparing: boolean },
): Promise<boolean> {
	const known = await campaigns.contentHash(number, batch.batch);
	if (known === batch.contentHash) return true;
	state.comparing = false;
	if (known === undefined) return false;
	if (!mayDiffer) throw otherRows(batch.firstRow);
	// Everything comes again, behind what is there; devices that the campaign has already are left out as duplicates.
	const end = await campaigns.size(number);
	state.offset = end.batches;
	state.rows = end.rows;
	// Batches before this one were the same and are not appended.
	state.offset -= batch.batch;
	state.rows -= batch.firstRow;
	return false;
}
