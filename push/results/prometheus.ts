import type { Store } from '../store';
import { readMetrics, type MetricPoint } from './metrics';

/** Upper bounds of the latency histogram, ms. */
const BOUNDS = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** The histogram's own buckets reach 10 % higher each. */
const GROWTH = 1.1;

type Labels = Readonly<Record<string, string>>;

/**
 * Everything counted so far in Prometheus' text format 0.0.4: messages by status, failures by reason, latencies, retries;
 * per application and channel.
 * @param until epoch ms
 */
export async function prometheusText(
	store: Pick<Store, 'metrics'>,
	until: number,
	applicationId?: string,
): Promise<string> {
	const points = await readMetrics(store, {
		since: 0,
		until,
		resolution: 86_400,
		dimensions: ['application', 'channel'],
		...(applicationId === undefined ? {} : { applicationId }),
	});
	const series = new Map<string, MetricPoint[]>();
	for (const point of points) {
		const key = `${point.applicationId} ${point.channelType}`;
		series.set(key, [...(series.get(key) ?? []), point]);
	}
	const lines = new Lines();
	for (const mine of series.values()) lines.add(mine);
	return lines.text();
}

const FAMILIES = {
	push_messages_total: ['counter', 'Messages by what became of them.'],
	push_failures_total: ['counter', 'Messages that were not accepted, by the word of the provider.'],
	push_retries_total: ['counter', 'Tries beyond the first one.'],
	push_latency_milliseconds: ['histogram', 'From the first attempt to the answer of the provider.'],
} as const;

type Family = keyof typeof FAMILIES;

class Lines {
	readonly #byFamily = new Map<Family, string[]>();

	add(points: readonly MetricPoint[]): void {
		const [first] = points;
		if (!first) return;
		const labels = { application: first.applicationId ?? '', channel: first.channelType ?? '' };
		const counts = (pick: (point: MetricPoint) => Readonly<Record<string, number | undefined>>) => {
			const sum = new Map<string, number>();
			for (const point of points) {
				for (const [word, count] of Object.entries(pick(point))) sum.set(word, (sum.get(word) ?? 0) + (count ?? 0));
			}
			return sum;
		};
		for (const [status, count] of counts(({ tally }) => tally.statuses)) {
			this.#line('push_messages_total', '', { ...labels, status }, count);
		}
		for (const [reason, count] of counts(({ tally }) => tally.reasons)) {
			this.#line('push_failures_total', '', { ...labels, reason }, count);
		}
		this.#line(
			'push_retries_total',
			'',
			labels,
			points.reduce((sum, { tally }) => sum + tally.retries, 0),
		);
		this.#histogram(
			labels,
			counts(({ tally }) => tally.latency),
		);
	}

	text(): string {
		const entries: Array<[Family, string[]]> = [...this.#byFamily];
		return entries
			.map(([family, lines]) => {
				const [type, help] = FAMILIES[family];
				return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n${lines.join('\n')}\n`;
			})
			.join('');
	}

	#histogram(labels: Labels, buckets: ReadonlyMap<string, number>): void {
		const all = [...buckets].map(([number, count]) => ({ upTo: GROWTH ** Number(number), count }));
		const total = all.reduce((sum, { count }) => sum + count, 0);
		for (const bound of BOUNDS) {
			const within = all.filter(({ upTo }) => upTo <= bound).reduce((sum, { count }) => sum + count, 0);
			this.#line('push_latency_milliseconds', '_bucket', { ...labels, le: String(bound) }, within);
		}
		const sum = all.reduce((ms, { upTo, count }) => ms + count * upTo * 0.95, 0);
		this.#line('push_latency_milliseconds', '_bucket', { ...labels, le: '+Inf' }, total);
		this.#line('push_latency_milliseconds', '_sum', labels, Math.round(sum));
		this.#line('push_latency_milliseconds', '_count', labels, total);
	}

	#line(family: Family, suffix: string, labels: Labels, value: number): void {
		const text = Object.entries(labels).map(([name, word]) => `${name}="${escape(word)}"`);
		const lines = this.#byFamily.get(family) ?? [];
		lines.push(`${family}${suffix}{${text.join(',')}} ${value}`);
		this.#byFamily.set(family, lines);
	}
}

function escape(word: string): string {
	return word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
