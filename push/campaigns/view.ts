import type { Campaign, CampaignCount, CampaignState, IntakeState } from '../model';
import type { Store } from '../store';
import { readDefinition } from './definition';
import { partOf } from './outcome';

/** A campaign and how it goes, for people and workflows. */
export interface CampaignView {
	readonly id: string;
	readonly key: string;
	readonly applicationId: string;
	readonly state: CampaignState;
	/** One sentence; absent when there is nothing to say. */
	readonly stateReason?: string;
	readonly intake: IntakeState;
	readonly source: string;
	/** Rows of the source that are in the store, without empty lines as far as they are known. */
	readonly rows: number;
	readonly badRows: number;
	readonly successful: number;
	readonly failed: number;
	readonly skipped: number;
	/** Without a result yet. Of a cancelled campaign none are: who was not reached is skipped as CANCELLED. */
	readonly pending: number;
	readonly possibleDuplicates: number;
	readonly byOutcome: Readonly<Record<string, number>>;
	readonly byReason: Readonly<Record<string, number>>;
	/** Per A/B treatment; absent where there are none. */
	readonly byTreatment?: Readonly<Record<string, Readonly<Record<'successful' | 'failed' | 'skipped', number>>>>;
	/** Of the rows read so far. */
	readonly percent: number;
	/** Results per second at present, of all processes together. */
	readonly perSecond: number;
	/** Processes that work on it at present. */
	readonly runners: number;
	/** ISO 8601, like all times here. */
	readonly estimatedEnd?: string;
	readonly nextRunAt?: string;
	readonly createdAt: string;
	readonly startedAt?: string;
	readonly finishedAt?: string;
	readonly createdBy: string;
}

/** A runner that said nothing for this long is not shown, ms. */
const FRESH_MS = 7_000;

export async function viewOf(store: Store, campaign: Campaign, now: number): Promise<CampaignView> {
	const counts = await store.campaigns.counts(campaign.number);
	const runners = await store.campaigns.runners(campaign.number, now - FRESH_MS);
	const perSecond = runners.reduce((sum, runner) => sum + runner.perSecond, 0);
	return view(campaign, counts, { perSecond, runners: runners.length }, now);
}

function view(
	campaign: Campaign,
	counts: readonly CampaignCount[],
	{ perSecond, runners }: { readonly perSecond: number; readonly runners: number },
	now: number,
): CampaignView {
	const parts = { successful: 0, failed: 0, skipped: 0 };
	const byOutcome: Record<string, number> = {};
	const byReason: Record<string, number> = {};
	const byTreatment: Record<string, typeof parts> = {};
	let possibleDuplicates = 0;
	let { rows } = campaign;
	for (const { treatment, outcome, reason, recipients, possibleDuplicates: doubles } of counts) {
		const part = partOf(outcome);
		if (part === 'empty') {
			rows -= recipients;
			continue;
		}
		parts[part] += recipients;
		possibleDuplicates += doubles;
		byOutcome[outcome] = (byOutcome[outcome] ?? 0) + recipients;
		if (reason !== '') byReason[reason] = (byReason[reason] ?? 0) + recipients;
		if (treatment === '') continue;
		byTreatment[treatment] ??= { successful: 0, failed: 0, skipped: 0 };
		byTreatment[treatment][part] += recipients;
	}
	const settled = parts.successful + parts.failed + parts.skipped + campaign.badRows;
	const open = Math.max(0, rows - settled);
	const cancelled = campaign.state === 'CANCELLED' ? open : 0;
	const pending = open - cancelled;
	if (cancelled > 0) {
		parts.skipped += cancelled;
		byOutcome.CANCELLED = cancelled;
	}
	const { source } = readDefinition(campaign);
	return {
		id: campaign.id,
		key: campaign.key,
		applicationId: campaign.applicationId,
		state: campaign.state,
		...(campaign.stateReason === '' ? {} : { stateReason: campaign.stateReason }),
		intake: campaign.intake,
		source: source.name,
		rows,
		badRows: campaign.badRows,
		...parts,
		pending,
		possibleDuplicates,
		byOutcome,
		byReason,
		...(Object.keys(byTreatment).length === 0 ? {} : { byTreatment }),
		percent: rows === 0 ? 0 : Math.floor((1_000 * (rows - pending)) / rows) / 10,
		perSecond: Math.round(perSecond * 10) / 10,
		runners,
		...(perSecond > 0 && pending > 0 ? { estimatedEnd: iso(now + (pending / perSecond) * 1_000) } : {}),
		...(campaign.nextRunAt === undefined ? {} : { nextRunAt: iso(campaign.nextRunAt) }),
		createdAt: iso(campaign.createdAt),
		...(campaign.startedAt === undefined ? {} : { startedAt: iso(campaign.startedAt) }),
		...(campaign.finishedAt === undefined ? {} : { finishedAt: iso(campaign.finishedAt) }),
		createdBy: campaign.createdBy,
	};
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
