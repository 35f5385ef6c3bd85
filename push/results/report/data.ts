import { type ChannelTally, type ChannelType, CHANNELS, mergeChannelTallies, PushError } from '../../model';
import type { Store } from '../../store';
import { type Figures, figuresOf, KEPT_DAYS, type MetricPoint, readMetrics } from '../metrics';

/** What a report is about. */
export interface ReportRequest {
	/** Epoch ms; until is left out. */
	readonly since: number;
	readonly until: number;
	readonly applicationId?: string;
	/** Shown at the top. */
	readonly title: string;
	/** Epoch ms when it is made. */
	readonly now: number;
}

export interface ReportPeriod {
	/** Epoch ms. */
	readonly period: number;
	readonly figures: Figures;
}

/** Everything the pictures are drawn from. */
export interface ReportData {
	readonly title: string;
	readonly since: number;
	readonly until: number;
	readonly now: number;
	/** Seconds of one period. */
	readonly resolution: 60 | 3_600 | 86_400;
	readonly total: Figures;
	/** Every period of the range, silent ones too. */
	readonly periods: readonly ReportPeriod[];
	/** The most frequent first. */
	readonly reasons: ReadonlyArray<{ readonly reason: string; readonly count: number }>;
	readonly channels: ReadonlyArray<{ readonly label: string; readonly figures: Figures }>;
	/** The latest last. */
	readonly campaigns: ReadonlyArray<{ readonly campaignId: string; readonly figures: Figures }>;
}

const HOUR_MS = 3_600_000;

const REASONS = 10;
const CAMPAIGNS = 8;

/** Batches looked at at a time for the campaigns. */
const READ = 500;

/** @throws {PushError} `InvalidRequest` when the range is empty or longer than 15 months */
export async function reportData(
	store: Pick<Store, 'metrics' | 'deliveryLog'>,
	request: ReportRequest,
): Promise<ReportData> {
	const { since, until, now, applicationId } = request;
	const hours = (until - since) / HOUR_MS;
	if (!(hours > 0) || hours > 456 * 24) {
		throw new PushError('InvalidRequest', 'A report covers at most 15 months, and begins before it ends.', {
			hint: 'Change Since and Until.',
		});
	}
	// 60 to 150 bars: as many as can be told apart.
	const hasMinutes = since >= now - KEPT_DAYS[60] * 24 * HOUR_MS;
	const resolution = hours <= 3 && hasMinutes ? 60 : hours <= 7 * 24 ? 3_600 : 86_400;
	// A day of the reader's begins at some hour of UTC: days are put together from hours.
	const read = resolution === 86_400 ? 3_600 : resolution;
	const scope = applicationId === undefined ? {} : { applicationId };
	const points = await readMetrics(store, { since, until, resolution: read, dimensions: ['channel'], ...scope });
	const all = mergeChannelTallies(...points.map(({ tally }) => tally));
	return {
		title: request.title,
		since,
		until,
		now,
		resolution,
		total: figuresOf(all),
		periods: periodsOf(points, since - (since % (read * 1_000)), until, resolution),
		reasons: Object.entries(all.reasons)
			.map(([reason, count]) => ({ reason, count }))
			.sort((one, other) => other.count - one.count)
			.slice(0, REASONS),
		channels: channelsOf(points),
		campaigns: await campaignsOf(store, request),
	};
}

/** @param begin epoch ms of the first period */
function periodsOf(points: readonly MetricPoint[], begin: number, until: number, resolution: number): ReportPeriod[] {
	const step = resolution * 1_000;
	const byPeriod = new Map<number, ChannelTally[]>();
	for (const { period: at, tally } of points) {
		const period = at - ((at - begin) % step);
		byPeriod.set(period, [...(byPeriod.get(period) ?? []), tally]);
	}
	const periods: ReportPeriod[] = [];
	for (let period = begin; period < until; period += step) {
		periods.push({ period, figures: figuresOf(mergeChannelTallies(...(byPeriod.get(period) ?? []))) });
	}
	return periods;
}

function channelsOf(points: readonly MetricPoint[]): ReportData['channels'] {
	const byChannel = new Map<ChannelType, ChannelTally[]>();
	for (const { channelType, tally } of points) {
		if (channelType) byChannel.set(channelType, [...(byChannel.get(channelType) ?? []), tally]);
	}
	return [...byChannel]
		.map(([channelType, tallies]) => ({
			label: CHANNELS[channelType].label,
			figures: figuresOf(mergeChannelTallies(...tallies)),
		}))
		.sort((one, other) => other.figures.total - one.figures.total);
}

/** As far as the delivery log goes back. */
async function campaignsOf(
	store: Pick<Store, 'metrics' | 'deliveryLog'>,
	{ since, until, applicationId }: ReportRequest,
): Promise<ReportData['campaigns']> {
	const tallies = new Map<string, ChannelTally>();
	let sequence = await store.deliveryLog.lastBefore(since);
	for (;;) {
		const batches = await store.metrics.tallies(sequence, READ);
		for (const batch of batches) {
			const wanted = batch.at < until && (applicationId === undefined || batch.applicationId === applicationId);
			if (batch.campaignId === undefined || !wanted) continue;
			const known = tallies.get(batch.campaignId);
			const parts = Object.values(batch.tally).filter((part) => part !== undefined);
			// Put in anew: the campaign that was active last is the last one.
			tallies.delete(batch.campaignId);
			tallies.set(batch.campaignId, mergeChannelTallies(...(known ? [known] : []), ...parts));
		}
		const last = batches.at(-1);
		if (!last || batches.length < READ) break;
		sequence = last.sequence;
	}
	return [...tallies].slice(-CAMPAIGNS).map(([campaignId, tally]) => ({ campaignId, figures: figuresOf(tally) }));
}
