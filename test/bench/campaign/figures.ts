import type { Gauged } from './gauge';
import { PACED } from './place';

/** What issue and design ask for. */
export const TARGETS = {
	perSecond: 50_000,
	rssGrowthMb: 250,
	firstPushMs: 2_000,
	loopP99Ms: 20,
	memoryDifferencePercent: 20,
	rateErrorPercent: 1,
} as const;

/** One campaign. */
export interface Measured extends Gauged {
	readonly rows: number;
	readonly state: string;
	readonly successful: number;
	/** From the campaign's own start to its end. */
	readonly seconds: number;
	readonly perSecond: number;
	/** From the order to start it to the first push at the provider. */
	readonly firstPushMs: number;
	/** Pushes per second at the provider, from the first to the last. */
	readonly sinkPerSecond: number;
	readonly missed: number;
	readonly doubled: number;
}

/** The first campaign of a fresh process, and the same one once more. */
export interface Twice {
	readonly first: Measured;
	readonly again: Measured;
}

const tenths = (value: number) => Math.round(value * 10) / 10;

/** How much more memory the first takes than the other, in percent of the other's; negative: less. */
const more = (one: Measured, other: Measured) => Math.round((one.rssGrowthMb / other.rssGrowthMb - 1) * 100);

/** The figures of one place. Memory is compared with the process before its first campaign, each time. */
export function figuresOf(small: Twice, full: Twice, paced: Measured) {
	const all = [small.first, small.again, full.first, full.again, paced];
	return {
		perSecond: Math.round(full.first.perSecond),
		rssGrowthMb: Math.round(full.first.rssGrowthMb),
		rssGrowthSmallMb: Math.round(small.first.rssGrowthMb),
		memoryDifferencePercent: more(full.first, small.first),
		rssGrowthAgainMb: Math.round(full.again.rssGrowthMb),
		rssGrowthSmallAgainMb: Math.round(small.again.rssGrowthMb),
		memoryDifferenceAgainPercent: more(full.again, small.again),
		firstPushMs: Math.round(Math.max(...all.map(({ firstPushMs }) => firstPushMs))),
		loopP99Ms: tenths(full.first.loopP99Ms),
		rateErrorPercent: Math.round(Math.abs(paced.sinkPerSecond / PACED - 1) * 10_000) / 100,
		missed: all.reduce((sum, { missed }) => sum + missed, 0),
		doubled: all.reduce((sum, { doubled }) => sum + doubled, 0),
		unfinished: all.filter(({ state, successful, rows }) => state !== 'COMPLETED' || successful !== rows).length,
	};
}
