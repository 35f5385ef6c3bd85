/** Each bucket reaches 10 % higher than the one before it, so a percentile read from buckets is at most 5 % off. */
const GROWTH = Math.log(1.1);

/** Most latencies are below this many ms: their buckets are looked up. */
const KNOWN = 4_096;

const known = Uint8Array.from({ length: KNOWN }, (_, ms) => bucket(ms));

/** How often each bucket was met, by its number. Two histograms are merged by adding. */
export type LatencyHistogram = Readonly<Record<string, number>>;

/** The bucket of a latency in ms: number 0 holds 0 and 1 ms, number i what is above 1.1^(i-1) and up to 1.1^i ms. */
export function latencyBucket(ms: number): number {
	return known[ms] ?? bucket(ms);
}

function bucket(ms: number): number {
	return ms <= 1 ? 0 : Math.ceil(Math.log(ms) / GROWTH - 1e-9);
}

/**
 * ms that `share` (0 to 1) of the measured took at most, to within 5 %.
 * @returns undefined when nothing was measured
 */
export function latencyPercentile(histogram: LatencyHistogram, share: number): number | undefined {
	const buckets = Object.entries(histogram)
		.map(([number, count]) => [Number(number), count] as const)
		.sort(([one], [other]) => one - other);
	const total = buckets.reduce((sum, [, count]) => sum + count, 0);
	let passed = 0;
	for (const [number, count] of buckets) {
		passed += count;
		// The middle of the bucket, as ratios go.
		if (passed >= share * total) return number === 0 ? 1 : Math.round(Math.exp((number - 0.5) * GROWTH));
	}
	return undefined;
}
