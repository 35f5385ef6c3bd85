import type { CampaignBatchRepository } from '../store';
import { type Hash64, HashSet, pack, unpack } from './addressHash';

/** Rows read at once: about a megabyte. */
const PAGE = 100;

/**
 * Which devices a campaign has already. Each process keeps the hashes in memory, 10 to 13 bytes per device, and notes
 * those of each batch in the store, in one order for all processes: whoever wants to note the next ones must have seen
 * all before. So the same device is never admitted twice, whichever processes work on its rows.
 */
export class Admission {
	readonly #known = new HashSet();

	#sequence = 0;

	#last: Promise<unknown> = Promise.resolve();

	#left = false;

	constructor(
		private readonly batches: CampaignBatchRepository,
		private readonly number: number,
	) {}

	/**
	 * @param hashes of the devices of a batch, each once
	 * @returns for each of them whether the campaign sends to it through this batch; asked again, the same
	 */
	async admit(batch: number, hashes: readonly Hash64[]): Promise<boolean[]> {
		const mine = this.#last.then(async () => await this.#admit(batch, hashes));
		this.#last = mine.catch(() => undefined);
		return await mine;
	}

	/** Nobody asks any more: gives back what it knows. */
	async leave(): Promise<void> {
		this.#left = true;
		await this.#last;
		this.#known.clear();
	}

	async #admit(batch: number, hashes: readonly Hash64[]): Promise<boolean[]> {
		// It would take every device for a new one.
		if (this.#left) throw new Error('The run that asks is over.');
		for (;;) {
			const wanted = hashes.map((hash) => !this.#known.has(hash));
			const fresh = hashes.filter((_, index) => wanted[index]);
			const noted = { sequence: this.#sequence + 1, batch, hashes: pack(fresh) };
			if (await this.batches.admit(this.number, noted)) {
				this.#sequence += 1;
				for (const hash of fresh) this.#known.add(hash);
				return wanted;
			}
			const before = await this.batches.admitted(this.number, batch);
			if (before !== undefined) {
				const own = new HashSet();
				for (const hash of unpack(before)) own.add(hash);
				return hashes.map((hash) => own.has(hash));
			}
			await this.#catchUp();
		}
	}

	async #catchUp(): Promise<void> {
		for (;;) {
			const rows = await this.batches.admittedAfter(this.number, this.#sequence, PAGE);
			for (const { sequence, hashes } of rows) {
				for (const hash of unpack(hashes)) this.#known.add(hash);
				this.#sequence = sequence;
			}
			if (rows.length < PAGE) return;
		}
	}
}
