import { mergeChannelTallies } from '../../model';
import type { Store } from '../../store';
import { type Figures, figuresOf, type MetricsQuery, readMetrics } from '../metrics';
import type { Position, Source } from './source';

export const ALARM_METRICS = ['failurePercent', 'failed', 'throttled', 'total', 'latencyP90'] as const;

export type AlarmMetric = (typeof ALARM_METRICS)[number];

export interface AlarmRule {
	readonly metric: AlarmMetric;
	readonly comparison: 'above' | 'below';
	readonly threshold: number;
	/** So many ... */
	readonly minutes: number;
	/** ... of the last so many whole minutes. */
	readonly ofMinutes: number;
}

export interface AlarmChange {
	/** `ALARM` when it is raised, `OK` when all is normal again. */
	readonly state: 'ALARM' | 'OK';
	readonly metric: AlarmMetric;
	readonly comparison: AlarmRule['comparison'];
	readonly threshold: number;
	/** Of the minutes looked at, the oldest first. */
	readonly minutes: ReadonlyArray<{ readonly minute: number; readonly value: number; readonly over: boolean }>;
	/** Epoch ms. */
	readonly at: number;
}

const MINUTE_MS = 60_000;

/** Changes of one alarm: raised, over. Its state is kept with the position, so that a restart raises nothing twice. */
export function alarmSource(
	store: Pick<Store, 'metrics'>,
	rule: AlarmRule,
	query: Pick<MetricsQuery, 'applicationId' | 'channels'>,
	now: () => number,
): Source<AlarmChange> {
	return {
		async read(position) {
			const minutes = await lastMinutes(store, rule, query, now());
			const over = minutes.filter((minute) => minute.over).length;
			const state = over >= rule.minutes ? 'ALARM' : 'OK';
			if (state === stateOf(position)) return { items: [], position, more: false };
			const { metric, comparison, threshold } = rule;
			return {
				items: [{ state, metric, comparison, threshold, minutes, at: now() }],
				position: { ...position, state: JSON.stringify({ alarm: state }) },
				more: false,
			};
		},

		end: async () => ({ results: 0, place: 0, events: 0, state: '{}' }),

		// What was over before is not told of; what is the matter now is.
		skipTo: async (position) => ({ position, skipped: [] }),
	};
}

async function lastMinutes(
	store: Pick<Store, 'metrics'>,
	{ metric, comparison, threshold, ofMinutes }: AlarmRule,
	query: Pick<MetricsQuery, 'applicationId' | 'channels'>,
	now: number,
): Promise<AlarmChange['minutes']> {
	// The minute that is not over yet has no figure yet.
	const until = now - (now % MINUTE_MS);
	const since = until - ofMinutes * MINUTE_MS;
	const points = await readMetrics(store, { ...query, since, until, resolution: 60, dimensions: [] });
	return Array.from({ length: ofMinutes }, (_, place) => {
		const minute = since + place * MINUTE_MS;
		const tallies = points.filter(({ period }) => period === minute).map(({ tally }) => tally);
		const figures = figuresOf(mergeChannelTallies(...tallies));
		const value = figures[metric] ?? 0;
		const crossed = comparison === 'above' ? value > threshold : value < threshold;
		return { minute, value, over: crossed && tells(figures, metric) };
	});
}

/** A minute in which nothing was sent, or everybody had opted out, says nothing of failures and latencies. */
function tells(figures: Figures, metric: AlarmMetric): boolean {
	return metric === 'total' || (figures.successful + figures.failed > 0 && figures[metric] !== undefined);
}

function stateOf({ state }: Position): 'ALARM' | 'OK' {
	const kept: unknown = JSON.parse(state);
	return typeof kept === 'object' && kept !== null && 'alarm' in kept && kept.alarm === 'ALARM' ? 'ALARM' : 'OK';
}
