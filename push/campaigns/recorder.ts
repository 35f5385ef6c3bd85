import {
	type BadRow,
	type CampaignCount,
	type DeliveryResult,
	type DeliveryBatch,
	PushError,
	type SendOrigin,
} from '../model';
import type { BatchChange, CampaignBatchRepository } from '../store';

/** What is to be written of one batch, all of it or nothing. */
export interface RecordPart {
	readonly change: BatchChange;
	readonly counts: readonly CampaignCount[];
	readonly badRows: readonly BadRow[];
	readonly results: readonly DeliveryResult[];
}

export interface RecorderParts {
	readonly batches: CampaignBatchRepository;
	readonly campaign: { readonly id: string; readonly number: number; readonly applicationId: string };
	readonly origin: SendOrigin;
	now(): number;
	/** These results are in the delivery log now. */
	announce(logged: readonly DeliveryBatch[]): void;
	/** Somebody else has taken the batch over: what this runner knows of it counts no more. */
	lost(batch: number): void;
	/** Waits until the present turn of the event loop has room for work of a few ms. */
	room(): Promise<void>;
}

/** Writes what runners find out, in the order in which they find it out. */
export class Recorder {
	#last: Promise<void> = Promise.resolve();

	#failure: { readonly error: unknown } | undefined;

	constructor(private readonly parts: RecorderParts) {}

	/** Resolves when it is in the store. @throws {PushError} `StoreUnavailable` */
	async write(parts: readonly RecordPart[]): Promise<void> {
		await this.#enqueue(parts);
		this.#check();
	}

	/** Everything added so far is in the store. @throws {PushError} `StoreUnavailable` */
	async settled(): Promise<void> {
		await this.#last;
		this.#check();
	}

	#enqueue(parts: readonly RecordPart[]): Promise<void> {
		this.#last = this.#last
			.then(async () => {
				// After a failed write nobody knows what the store holds: nothing more is written over it.
				if (!this.#failure) await this.#writeAll(parts);
			})
			.catch((error: unknown) => {
				this.#failure ??= { error };
			});
		return this.#last;
	}

	#check(): void {
		if (this.#failure) throw this.#failure.error;
	}

	async #writeAll(parts: readonly RecordPart[]): Promise<void> {
		if (parts.length === 0 || (await this.#attempt(parts))) return;
		// One of the batches is somebody else's now: the others are written one by one.
		for (const part of parts) {
			if (!(await this.#attempt([part]))) this.parts.lost(part.change.batch);
		}
	}

	/** @returns false when a batch has been taken over */
	async #attempt(parts: readonly RecordPart[]): Promise<boolean> {
		const { batches, campaign, origin, now, announce, room } = this.parts;
		await room();
		const results = parts.flatMap((part) => part.results);
		const log: DeliveryBatch[] = [];
		for (let start = 0; start < results.length; start += 1_000) {
			const { id: campaignId, applicationId } = campaign;
			log.push({ at: now(), applicationId, campaignId, origin, results: results.slice(start, start + 1_000) });
		}
		try {
			await batches.record(campaign.number, {
				changes: parts.map(({ change }) => change),
				counts: sum(parts.flatMap(({ counts }) => counts)),
				badRows: parts.flatMap(({ badRows }) => badRows),
				log,
			});
			if (log.length > 0) announce(log);
			return true;
		} catch (error) {
			if (error instanceof PushError && error.code === 'StaleWrite') return false;
			throw error;
		}
	}
}

function sum(counts: readonly CampaignCount[]): CampaignCount[] {
	const sums = new Map<string, CampaignCount>();
	for (const count of counts) {
		const key = `${count.treatment}\n${count.outcome}\n${count.reason}`;
		const known = sums.get(key);
		sums.set(
			key,
			known
				? {
						...known,
						recipients: known.recipients + count.recipients,
						possibleDuplicates: known.possibleDuplicates + count.possibleDuplicates,
					}
				: count,
		);
	}
	return [...sums.values()];
}
