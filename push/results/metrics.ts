import {
	type ChannelTally,
	type ChannelType,
	CHANNEL_TYPES,
	latencyPercentile,
	mergeChannelTallies,
	PushError,
} from '../model';
import { METRIC_RESOLUTIONS, type MetricKind, type MetricRow, type Store } from '../store';

type MetricStore = Pick<Store, 'metrics'>;

/** Batches counted in one transaction. */
const FOLD = 200;

const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;

/** CloudWatch keeps minutes for 15 days; hours and days are kept for 15 months (455 days). */
export const KEPT_DAYS: Readonly<Record<MetricsQuery['resolution'], number>> = { 60: 15, 3_600: 455, 86_400: 455 };

/**
 * Adds what was recorded since the last time to the figures. Each batch is counted once, whoever is killed in between,
 * because figures and cursor are written together.
 */
export async function foldMetrics(store: MetricStore): Promise<void> {
	for (;;) {
		const from = await store.metrics.cursor();
		const batches = await store.metrics.tallies(from, FOLD);
		const last = batches.at(-1);
		if (!last) return;
		const added = new Map<string, MetricRow>();
		for (const { at, applicationId, kind, tally } of batches) {
			for (const channelType of CHANNEL_TYPES) {
				const part = tally[channelType];
				if (!part) continue;
				for (const resolution of METRIC_RESOLUTIONS) {
					const period = at - (at % (resolution * SECOND_MS));
					addTo(added, { resolution, period, applicationId, channelType, kind, tally: part });
				}
			}
		}
		try {
			await store.metrics.put(await withStored(store, [...added.values()]), from, last.sequence);
		} catch (error) {
			// Another process counts too: what is left is looked at anew.
			if (!(error instanceof PushError && error.code === 'StaleWrite')) throw error;
		}
	}
}

export async function trimMetrics(store: MetricStore, now: number): Promise<void> {
	for (const resolution of METRIC_RESOLUTIONS) {
		const before = now - KEPT_DAYS[resolution] * DAY_MS;
		while ((await store.metrics.trim(resolution, before, 500)) > 0);
	}
}

async function withStored(store: MetricStore, rows: readonly MetricRow[]): Promise<MetricRow[]> {
	const sum = new Map<string, MetricRow>();
	for (const resolution of METRIC_RESOLUTIONS) {
		const mine = rows.filter((row) => row.resolution === resolution);
		const periods = mine.map(({ period }) => period);
		const [since, until] = [Math.min(...periods), Math.max(...periods) + 1];
		const keys = new Set(mine.map(keyOf));
		const stored = await store.metrics.rows({ resolution, since, until });
		for (const row of [...stored.filter((row) => keys.has(keyOf(row))), ...mine]) addTo(sum, row);
	}
	return [...sum.values()];
}

function addTo(rows: Map<string, MetricRow>, row: MetricRow): void {
	const key = keyOf(row);
	const known = rows.get(key);
	rows.set(key, known ? { ...known, tally: mergeChannelTallies(known.tally, row.tally) } : row);
}

function keyOf({ resolution, period, applicationId, channelType, kind }: MetricRow): string {
	return `${resolution} ${period} ${applicationId} ${channelType} ${kind}`;
}

export interface MetricsQuery {
	/** Epoch ms; until is left out. */
	readonly since: number;
	readonly until: number;
	/** Seconds of one row: 60, 3,600 or 86,400. */
	readonly resolution: (typeof METRIC_RESOLUTIONS)[number];
	readonly applicationId?: string;
	readonly channels?: readonly ChannelType[];
	/** What rows are kept apart by; everything else is added up. @default all three */
	readonly dimensions?: readonly Dimension[];
}

export const DIMENSIONS = ['application', 'channel', 'kind'] as const;

export type Dimension = (typeof DIMENSIONS)[number];

export interface MetricPoint {
	/** Epoch ms. */
	readonly period: number;
	readonly applicationId?: string;
	readonly channelType?: ChannelType;
	readonly kind?: MetricKind;
	readonly tally: ChannelTally;
}

/** In order of time, everything recorded until now included. */
export async function readMetrics(store: MetricStore, query: MetricsQuery): Promise<MetricPoint[]> {
	await foldMetrics(store);
	const { since, until, resolution, applicationId, channels, dimensions = DIMENSIONS } = query;
	const begin = since - (since % (resolution * SECOND_MS));
	const rows = await store.metrics.rows({
		resolution,
		since: begin,
		until,
		...(applicationId === undefined ? {} : { applicationId }),
	});
	const points = new Map<string, MetricPoint>();
	for (const row of rows) {
		if (channels && !channels.includes(row.channelType)) continue;
		const { period, tally } = row;
		const head = {
			period,
			...(dimensions.includes('application') ? { applicationId: row.applicationId } : {}),
			...(dimensions.includes('channel') ? { channelType: row.channelType } : {}),
			...(dimensions.includes('kind') ? { kind: row.kind } : {}),
		};
		const key = JSON.stringify(head);
		const known = points.get(key);
		points.set(key, { ...head, tally: known ? mergeChannelTallies(known.tally, tally) : tally });
	}
	return [...points.values()];
}

/** The figures people ask for, out of a tally. Latencies in ms. */
export interface Figures {
	readonly total: number;
	readonly successful: number;
	readonly failed: number;
	readonly permanentFailure: number;
	readonly temporaryFailure: number;
	readonly throttled: number;
	readonly optOut: number;
	readonly duplicate: number;
	readonly unknown: number;
	readonly retries: number;
	/** 0 to 100; of everything but opt-outs and duplicates. */
	readonly failurePercent: number;
	readonly latencyP50?: number;
	readonly latencyP90?: number;
	readonly latencyP99?: number;
}

export function figuresOf({ statuses, latency, retries }: ChannelTally): Figures {
	const of = (status: keyof typeof statuses) => statuses[status] ?? 0;
	const total = Object.values(statuses).reduce((sum, count) => sum + count, 0);
	const failed = total - of('SUCCESSFUL') - of('OPT_OUT') - of('DUPLICATE');
	const meant = of('SUCCESSFUL') + failed;
	const [latencyP50, latencyP90, latencyP99] = [0.5, 0.9, 0.99].map((share) => latencyPercentile(latency, share));
	return {
		total,
		successful: of('SUCCESSFUL'),
		failed,
		permanentFailure: of('PERMANENT_FAILURE'),
		temporaryFailure: of('TEMPORARY_FAILURE') + of('TIMEOUT'),
		throttled: of('THROTTLED'),
		optOut: of('OPT_OUT'),
		duplicate: of('DUPLICATE'),
		unknown: of('UNKNOWN_FAILURE'),
		retries,
		failurePercent: meant === 0 ? 0 : Math.round((failed / meant) * 10_000) / 100,
		...(latencyP50 === undefined ? {} : { latencyP50 }),
		...(latencyP90 === undefined ? {} : { latencyP90 }),
		...(latencyP99 === undefined ? {} : { latencyP99 }),
	};
}
