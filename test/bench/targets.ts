import type { SectionName } from './plan';
import type { Failed, Measured } from './runner';

export type Figures = Readonly<Record<SectionName, Readonly<Record<string, Measured | Failed>>>>;

/** One number to reach. */
export interface Target {
	readonly section: SectionName;
	/** Key in the section's `ratio`. */
	readonly name: string;
	readonly what: string;
	readonly value: number | undefined;
	readonly atLeast?: number;
	readonly atMost?: number;
	readonly reached: boolean;
}

type Rule = Omit<Target, 'value' | 'reached'> & { readonly of: (figures: Figures) => number | undefined };

const RULES: readonly Rule[] = [
	{
		section: 'apns0',
		name: 'toNodeApn',
		what: 'APNs, 0 ms, static: rate against @parse/node-apn',
		atLeast: 8,
		of: ({ apns0 }) => ratio(apns0.engine, apns0.nodeApn),
	},
	{
		section: 'apns0',
		name: 'toNodeHttp2',
		what: 'APNs, 0 ms, static: rate against node:http2',
		atLeast: 5,
		of: ({ apns0 }) => ratio(apns0.engine, apns0.nodeHttp2),
	},
	{
		section: 'apns0',
		name: 'cpuMicros',
		what: 'APNs, 0 ms, static: CPU µs per push',
		atMost: 3.6,
		of: ({ apns0 }) => done(apns0.engine)?.cpuMicrosPerPush,
	},
	{
		section: 'apns0',
		name: 'cpuMicrosSubstituted',
		what: 'APNs, 0 ms, substituted: CPU µs per push',
		atMost: 6,
		of: ({ apns0 }) => done(apns0.engineSubstituted)?.cpuMicrosPerPush,
	},
	{
		section: 'apns0',
		name: 'substitutedToStatic',
		what: 'APNs, 0 ms: rate of the substituted message against the static one',
		atLeast: 0.6,
		of: ({ apns0 }) => ratio(apns0.engineSubstituted, apns0.engine),
	},
	{
		section: 'apns0',
		name: 'loopP99Ms',
		what: 'Event loop while sending at full rate: p99, ms',
		atMost: 20,
		of: ({ apns0 }) => done(apns0.engine)?.loopP99Ms,
	},
	{
		section: 'fcm0',
		name: 'toFirebaseAdmin',
		what: 'FCM, 0 ms, static: rate against firebase-admin',
		atLeast: 8,
		of: ({ fcm0 }) => ratio(fcm0.engine, fcm0.firebaseAdmin),
	},
	{
		section: 'apns50',
		name: 'toLimit',
		what: 'APNs, 50 ms: rate against the limit of 25,000/s',
		atLeast: 0.99,
		atMost: 1.01,
		of: ({ apns50 }) => sinkRate(apns50.engine, 25_000),
	},
	{
		section: 'apns50',
		name: 'connections',
		what: 'APNs, 50 ms, 25,000/s: connections',
		atMost: 3,
		of: ({ apns50 }) => done(apns50.engine)?.maxConnections,
	},
	{
		section: 'fcm50',
		name: 'toLimit',
		what: 'FCM, 50 ms: rate against the limit of 10,000/s',
		atLeast: 0.99,
		atMost: 1.01,
		of: ({ fcm50 }) => sinkRate(fcm50.engine, 10_000),
	},
	{
		section: 'fcm50',
		name: 'connections',
		what: 'FCM, 50 ms, 10,000/s: connections',
		atMost: 8,
		of: ({ fcm50 }) => done(fcm50.engine)?.maxConnections,
	},
	{
		section: 'memory',
		name: 'rateToShort',
		what: 'A long send: rate against the short one',
		atLeast: 0.9,
		of: ({ memory, apns0 }) => ratio(memory.engine, memory.engine100k ?? apns0.engine),
	},
	{
		section: 'memory',
		name: 'growthMb',
		what: 'A long send: growth of memory, MB',
		atMost: 100,
		of: ({ memory }) => growth(memory.engine, memory.engine100k),
	},
	{
		section: 'faults',
		name: 'wrong',
		what: 'Any fault: results that are lost or untrue',
		atMost: 0,
		of: ({ faults }) => wrongOf(faults),
	},
	{
		section: 'faults',
		name: 'tooEarly',
		what: 'Any fault: tries before Retry-After was over',
		atMost: 0,
		of: ({ faults }) => sum(ours(faults).map((figure) => figure?.tooEarly)),
	},
];

export function targetsOf(figures: Figures): Target[] {
	return RULES.map(({ of, ...rule }) => {
		const value = of(figures);
		const { atLeast = -Infinity, atMost = Infinity } = rule;
		return { ...rule, value, reached: value !== undefined && value >= atLeast && value <= atMost };
	});
}

export function done(figure: Measured | Failed | undefined): Measured | undefined {
	return figure && 'perSecond' in figure ? figure : undefined;
}

export function ratio(one: Measured | Failed | undefined, other: Measured | Failed | undefined): number | undefined {
	const [above, below] = [done(one), done(other)];
	return above && below ? above.perSecond / below.perSecond : undefined;
}

function sinkRate(figure: Measured | Failed | undefined, limit: number): number | undefined {
	const measured = done(figure);
	return measured && measured.sinkPerSecond / limit;
}

/** Of the long send over the short one; without a short one, since the first second. */
function growth(long: Measured | Failed | undefined, short: Measured | Failed | undefined): number | undefined {
	const [large, small] = [done(long), done(short)];
	if (!large) return undefined;
	return small ? large.peakRssMb - small.peakRssMb : large.rssGrowthMb;
}

function ours(faults: Figures['faults']) {
	return Object.values(faults)
		.filter(({ client }) => client === 'engine')
		.map(done);
}

function wrongOf(faults: Figures['faults']): number | undefined {
	return sum(ours(faults).map((figure) => figure && figure.judgement.wrong + figure.judgement.failed));
}

/** @returns undefined when one is missing */
function sum(values: ReadonlyArray<number | undefined>): number | undefined {
	let total = 0;
	for (const value of values) {
		if (value === undefined) return undefined;
		total += value;
	}
	return total;
}
