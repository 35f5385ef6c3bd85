import type { Clock } from '../model';
import { PushError } from '../model';
import type { CampaignRepository, NewBatch } from '../store';

/** How long the right to append is kept without a sign of life, ms; each append renews it. */
const LEASE_MS = 20_000;

/** How often it is looked whether whoever read before is gone, ms. */
const LOOK_MS = 500;

/** Batches per transaction: some 600 kB, a few ms of the write lock. */
const PER_WRITE = 8;

/** Rows after which the first ones are in the store in any case, so that sending begins while intake goes on. */
const FIRST_WRITES = 1;

export interface IntakeParts {
	readonly campaigns: CampaignRepository;
	readonly clock: Clock;
	readonly number: number;
	readonly owner: string;
	/** Rows of a query come in no fixed order: what reads differently the second time is appended, not refused. */
	readonly mayDiffer: boolean;
	readonly signal?: AbortSignal;
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
	try {
		const state = { offset: 0, rows: 0, comparing: true };
		let waiting: NewBatch[] = [];
		let writes = 0;
		const flush = async () => {
			if (waiting.length === 0) return;
			const added = waiting;
			waiting = [];
			writes += 1;
			await campaigns.append(number, owner, added, clock.now() + LEASE_MS);
		};
		for await (const batch of batches) {
			if (signal?.aborted) {
				await flush();
				await campaigns.endIntake(number, owner, 'INTERRUPTED', clock.now());
				return 'stopped';
			}
			if (state.comparing && (await isThere(batch, parts, state))) continue;
			waiting.push({ ...batch, batch: batch.batch + state.offset, firstRow: batch.firstRow + state.rows });
			if (waiting.length >= (writes < FIRST_WRITES ? 1 : PER_WRITE)) await flush();
		}
		await flush();
		await campaigns.endIntake(number, owner, 'DONE', clock.now());
		return 'done';
	} catch (error) {
		await campaigns.endIntake(number, owner, 'INTERRUPTED', clock.now()).catch(() => undefined);
		throw error;
	}
}

/** Somebody who died while reading keeps the right to for a while. @returns false when somebody else reads on */
async function takeOver({ campaigns, clock, number, owner, signal }: IntakeParts): Promise<boolean> {
	const until = clock.monotonic() + LEASE_MS + LOOK_MS;
	for (;;) {
		if (await campaigns.takeIntake(number, owner, clock.now(), clock.now() + LEASE_MS)) return true;
		if (signal?.aborted || clock.monotonic() > until || (await campaigns.isRead(number))) return false;
		await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
	}
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
	if (!mayDiffer) {
		throw new PushError(
			'Conflict',
			`The source of the campaign is not the same any more, from row ${batch.firstRow + 1} on.`,
			{
				hint: 'Give the same recipients again to go on, or start a campaign with another key.',
			},
		);
	}
	// Everything comes again, behind what is there; devices that the campaign has already are left out as duplicates.
	const end = await campaigns.size(number);
	state.offset = end.batches;
	state.rows = end.rows;
	// Batches before this one were the same and are not appended.
	state.offset -= batch.batch;
	state.rows -= batch.firstRow;
	return false;
}
