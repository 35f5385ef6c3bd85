import {
	type AddressKind,
	type BadRow,
	type CampaignCount,
	type ChannelType,
	type DeliveryResult,
	type Recipient,
	type SkipReason,
	type Substitutions,
	type Zone,
	Zones,
} from '../model';
import type { CampaignBatchRepository, ClaimedBatch } from '../store';
import { deviceKey, messageIdOf, messageIdPrefix } from './address';
import { type Hash64, hash64, toDecimal } from './addressHash';
import type { Admission } from './admission';
import type { CampaignDefinition } from './definition';
import type { CampaignMessages, Treatment } from './messages';
import { Progress } from './progress';
import { quietFrom, type QuietSpan, quietUntil, readQuietSpan } from './quietHours';
import { type CampaignRow, linesOf, RowReader } from './rows/reader';

const ADDRESS_SEED = 0x0add;
const DAY_MS = 86_400_000;

/** Somebody who may be sent to now. Why a class: see {@link CampaignRow}. */
export class Going implements Recipient {
	constructor(
		readonly ref: number,
		readonly address: string,
		readonly channelType: ChannelType,
		readonly messageId: string,
		readonly substitutions: Substitutions | undefined,
		readonly addressKind: AddressKind | undefined,
		readonly mayHaveArrived: boolean,
		readonly treatment: Treatment,
	) {}
}

/** A claimed batch, looked through. */
export interface PreparedBatch {
	readonly claimed: ClaimedBatch;
	readonly progress: Progress;
	readonly going: readonly Going[];
	/** Results of those who get nothing. */
	readonly skipped: ReadonlyArray<{
		readonly reason: SkipReason;
		readonly treatment: string;
		readonly result: DeliveryResult;
	}>;
	readonly badRows: readonly BadRow[];
	/** Empty lines: nobody. */
	readonly emptyRows: number;
	/**
	 * Epoch ms from which on somebody who goes now would not: the campaign's end, or the first night to begin. Who was
	 * not sent to by then has to be looked at again.
	 */
	readonly validUntil: number;
}

export interface PreparerParts {
	readonly campaign: { readonly id: string; readonly number: number; readonly applicationId: string };
	readonly definition: CampaignDefinition;
	readonly messages: CampaignMessages;
	readonly batches: CampaignBatchRepository;
	readonly admission: Admission;
	readonly zones?: Zones;
	/** Waits until the present turn of the event loop has room for work of a few ms. */
	room(): Promise<void>;
}

/** Why a class: see {@link CampaignRow}. */
class Candidate {
	/** What it gets, once that is decided. */
	treatment: Treatment | undefined;

	constructor(
		readonly place: number,
		readonly row: CampaignRow,
		readonly key: string,
		readonly hash: Hash64,
		/** Never sent to before, nor possibly. */
		readonly fresh: boolean,
		/** See {@link Later}. */
		readonly countedFor: number,
	) {}
}

const SKIP_RESULT: Readonly<
	Record<SkipReason, Pick<DeliveryResult, 'deliveryStatus' | 'statusCode' | 'statusMessage' | 'providerReason'>>
> = {
	DUPLICATE: {
		deliveryStatus: 'DUPLICATE',
		statusCode: 200,
		statusMessage: 'Not sent: the campaign has the same device already.',
		providerReason: 'DuplicateAddress',
	},
	HOLD_OUT: {
		deliveryStatus: 'OPT_OUT',
		statusCode: 200,
		statusMessage: 'Not sent: held out of the campaign for comparison.',
		providerReason: 'HoldOut',
	},
	CAPPED: {
		deliveryStatus: 'OPT_OUT',
		statusCode: 200,
		statusMessage: 'Not sent: the device has had as many messages of campaigns as it may get.',
		providerReason: 'Capped',
	},
	QUIET_HOURS: {
		deliveryStatus: 'OPT_OUT',
		statusCode: 200,
		statusMessage: 'Not sent: it was night where the recipient is.',
		providerReason: 'QuietHours',
	},
	EXPIRED: {
		deliveryStatus: 'OPT_OUT',
		statusCode: 408,
		statusMessage: 'Not sent: the campaign ended before its turn came.',
		providerReason: 'Expired',
	},
};

/** Decides about each recipient of a batch: who goes now, who later, and who not at all. */
export class Preparer {
	readonly #reader: RowReader;

	readonly #prefix: string;

	readonly #quiet: Quiet | undefined;

	readonly #zones: Zones;

	/** @throws {PushError} `InvalidRequest` for quiet hours that cannot be kept */
	constructor(private readonly parts: PreparerParts) {
		const { definition, messages, campaign } = parts;
		this.#reader = new RowReader(definition.rows, messages.placeholders);
		this.#prefix = messageIdPrefix(campaign.id);
		this.#zones = parts.zones ?? new Zones();
		const quiet = definition.quietHours;
		this.#quiet = quiet && {
			span: readQuietSpan(quiet.start, quiet.end),
			zone: this.#zones.get(quiet.timeZone),
			skip: quiet.otherwise === 'skip',
		};
	}

	/** @param now epoch ms */
	async prepare(claimed: ClaimedBatch, now: number): Promise<PreparedBatch> {
		const { definition } = this.parts;
		const progress = new Progress(claimed.rows, claimed);
		const begun = claimed.handed > 0 || claimed.done !== null || claimed.later !== null;
		const validUntil = definition.stopAt ?? Infinity;
		const batch: Draft = { claimed, progress, going: [], skipped: [], badRows: [], emptyRows: 0, validUntil };
		await this.parts.room();
		const rows = this.#readRows(batch);
		await this.parts.room();
		const expired = definition.stopAt !== undefined && now >= definition.stopAt;
		const due = rows.filter(({ place }) => expired || progress.find(place).notBefore <= now);
		// Those of a batch that was begun before were all admitted then; the others were finished.
		const admitted = begun ? due : await this.#admit(batch, due);
		await this.parts.room();
		if (expired) this.#expire(batch, admitted);
		else await this.#choose(batch, admitted, now);
		if (begun) progress.spellOut();
		return batch;
	}

	#readRows(batch: Draft): Candidate[] {
		const { claimed, progress, badRows } = batch;
		const { definition } = this.parts;
		const candidates: Candidate[] = [];
		let lines: readonly number[] | undefined;
		this.#reader.read(claimed).forEach((row, place) => {
			if (progress.isDone(place)) return;
			if (typeof row === 'object') {
				const key = deviceKey(row.address, row.channelType, definition.rows.mapping.addressKind);
				const { attempts, mayHaveArrived, countedFor } = progress.find(place);
				const fresh = attempts === 0 && !mayHaveArrived;
				candidates.push(new Candidate(place, row, key, hash64(key, ADDRESS_SEED), fresh, countedFor));
				return;
			}
			progress.finish(place);
			if (row === undefined) {
				batch.emptyRows += 1;
				return;
			}
			const { format, delimiter } = definition.rows;
			lines ??= linesOf(claimed.content, claimed.firstLine, format, delimiter);
			badRows.push({ line: lines[place] ?? claimed.firstLine + place, reason: row });
		});
		return candidates;
	}

	/** Leaves out devices the campaign has had already, in this batch or in another. */
	async #admit(batch: Draft, candidates: readonly Candidate[]): Promise<Candidate[]> {
		const first = new Map<string, Candidate>();
		for (const candidate of candidates) {
			if (first.has(candidate.key)) this.#skip(batch, candidate, 'DUPLICATE');
			else first.set(candidate.key, candidate);
		}
		const unique = [...first.values()];
		const wanted = await this.parts.admission.admit(
			batch.claimed.batch,
			unique.map(({ hash }) => hash),
		);
		return unique.filter((candidate, index) => {
			if (!wanted[index]) this.#skip(batch, candidate, 'DUPLICATE');
			return wanted[index];
		});
	}

	#expire(batch: Draft, candidates: readonly Candidate[]): void {
		for (const candidate of candidates) this.#skip(batch, candidate, 'EXPIRED');
	}

	/** Who goes now. Caps come last: they count those who go. */
	async #choose(batch: Draft, candidates: readonly Candidate[], now: number): Promise<void> {
		/** By time zone: computed once per zone and batch. */
		const quiet = new Map<string, Night>();
		const chosen = candidates.filter((candidate) => this.#mayGo(batch, candidate, quiet, now));
		const capped = this.parts.definition.caps ? await this.#capped(batch, chosen, now) : undefined;
		for (const candidate of chosen) {
			const { treatment, place } = candidate;
			if (capped?.has(place)) this.#skip(batch, candidate, 'CAPPED', treatment?.name);
			else if (treatment) batch.going.push(this.#go(batch, candidate, treatment));
		}
	}

	#mayGo(batch: Draft, candidate: Candidate, quiet: Map<string, Night>, now: number): boolean {
		const { row, place, key } = candidate;
		const treatment = this.parts.messages.of(row.userId ?? key);
		candidate.treatment = treatment;
		if (!treatment) {
			this.#skip(batch, candidate, 'HOLD_OUT');
			return false;
		}
		if (!this.#quiet) return true;
		const { until, next } = this.#nightIn(this.#quiet, row.timeZone ?? '', quiet, now);
		if (until <= now) {
			batch.validUntil = Math.min(batch.validUntil, next);
			return true;
		}
		if (this.#quiet.skip) this.#skip(batch, candidate, 'QUIET_HOURS', treatment.name);
		else {
			// A night that lasts longer than the campaign ends with it.
			const notBefore = Math.min(until, this.parts.definition.stopAt ?? Infinity);
			batch.progress.postpone(place, { ...batch.progress.find(place), notBefore });
		}
		return false;
	}

	#nightIn({ span, zone }: Quiet, timeZone: string, known: Map<string, Night>, now: number): Night {
		const found = known.get(timeZone);
		if (found) return found;
		// A zone that does not exist is taken for the campaign's: better a guess than a message in the night.
		const own = timeZone === '' ? zone : (this.#zones.find(timeZone) ?? zone);
		const until = quietUntil(now, own, span);
		const night = { until, next: until > now ? until : quietFrom(now, own, span) };
		known.set(timeZone, night);
		return night;
	}

	/**
	 * Places of those who have had enough. A message counts for the day it is sent on, and once for the total, however
	 * often its recipient is looked at.
	 */
	async #capped(draft: Draft, chosen: readonly Candidate[], now: number): Promise<ReadonlySet<number>> {
		const { campaign, definition, batches } = this.parts;
		const day = Math.floor(now / DAY_MS);
		if (definition.caps?.perDay !== undefined) draft.validUntil = Math.min(draft.validUntil, (day + 1) * DAY_MS);
		const capped = new Set<number>();
		const unsent = chosen.filter(({ fresh, countedFor }) => fresh && countedFor !== day);
		for (const postponed of [false, true]) {
			const asked = unsent.filter(({ countedFor }) => countedFor > 0 === postponed);
			if (asked.length === 0) continue;
			const contact = {
				applicationId: campaign.applicationId,
				number: campaign.number,
				batch: draft.claimed.batch,
				day,
				perDay: definition.caps?.perDay ?? Number.MAX_SAFE_INTEGER,
				total: definition.caps?.total ?? Number.MAX_SAFE_INTEGER,
				postponed,
			};
			const allowed = new Set(await batches.countContacts(contact, arrayOf(asked)));
			asked.forEach(({ place }, index) => allowed.has(index) || capped.add(place));
		}
		const counted = unsent.filter(({ place }) => !capped.has(place));
		draft.progress.count(
			counted.map(({ place }) => place),
			day,
		);
		return capped;
	}

	#go({ claimed, progress }: Draft, { place, row }: Candidate, treatment: Treatment): Going {
		const ref = claimed.firstRow + place;
		return new Going(
			ref,
			row.address,
			row.channelType,
			messageIdOf(this.#prefix, ref),
			row.substitutions,
			this.parts.definition.rows.mapping.addressKind,
			progress.find(place).mayHaveArrived,
			treatment,
		);
	}

	#skip({ claimed, progress, skipped }: Draft, { place, row }: Candidate, reason: SkipReason, treatment = ''): void {
		const { attempts, mayHaveArrived } = progress.find(place);
		progress.finish(place);
		skipped.push({
			reason,
			treatment,
			result: {
				...SKIP_RESULT[reason],
				ref: claimed.firstRow + place,
				address: row.address,
				channelType: row.channelType,
				applicationId: this.parts.campaign.applicationId,
				campaignId: this.parts.campaign.id,
				tokenAction: 'keep',
				possibleDuplicate: mayHaveArrived,
				attempts,
				latencyMs: 0,
			},
		});
	}
}

interface Quiet {
	readonly span: QuietSpan;
	/** Of recipients without one of their own. */
	readonly zone: Zone;
	readonly skip: boolean;
}

/** Epoch ms: when the present quiet hours are over, if it is quiet; else when the next ones begin. */
interface Night {
	readonly until: number;
	readonly next: number;
}

interface Draft extends PreparedBatch {
	emptyRows: number;
	validUntil: number;
	readonly going: Going[];
	readonly skipped: Array<PreparedBatch['skipped'][number]>;
	readonly badRows: BadRow[];
}

function arrayOf(candidates: readonly Candidate[]): string {
	return `[${candidates.map(({ hash }) => toDecimal(hash)).join(',')}]`;
}

/** What a number of results adds to the campaign's counts. */
export class Tally {
	readonly #counts = new Map<string, { -readonly [Key in keyof CampaignCount]: CampaignCount[Key] }>();

	add(
		treatment: string,
		outcome: CampaignCount['outcome'],
		reason: string,
		possibleDuplicate: boolean,
		number = 1,
	): void {
		const key = `${treatment}\n${outcome}\n${reason}`;
		let count = this.#counts.get(key);
		if (!count) {
			count = { treatment, outcome, reason, recipients: 0, possibleDuplicates: 0 };
			this.#counts.set(key, count);
		}
		count.recipients += number;
		if (possibleDuplicate) count.possibleDuplicates += 1;
	}

	all(): CampaignCount[] {
		return [...this.#counts.values()];
	}
}
