import type { ChannelType } from './channel';
import type { ChannelTally, DeliveryTally } from './delivery';
import { latencyBucket } from './latency';
import type { DeliveryResult, DeliveryStatus, TokenAction } from './result';

type Counts<Word extends string> = Partial<Record<Word, number>>;

interface Open extends ChannelTally {
	readonly statuses: Counts<DeliveryStatus>;
	readonly actions: Counts<TokenAction>;
	readonly reasons: Record<string, number>;
	readonly latency: Record<string, number>;
	retries: number;
}

type Counted = Pick<
	DeliveryResult,
	'channelType' | 'deliveryStatus' | 'tokenAction' | 'providerReason' | 'statusCode' | 'attempts' | 'latencyMs'
>;

/** Different reasons counted by name in one tally; providers have some dozens, a broken proxy could invent more. */
const MAX_REASONS = 100;

/** What was meant not to be sent has not failed. */
const NO_FAILURE: ReadonlySet<DeliveryStatus> = new Set(['SUCCESSFUL', 'OPT_OUT', 'DUPLICATE']);

/** Where the failures go whose reasons are too many. */
const OTHER = 'Other';

/** Results in numbers, by channel. */
export function tallyOf(results: readonly Counted[]): DeliveryTally {
	const tally: Partial<Record<ChannelType, Open>> = {};
	for (const result of results) {
		const channel = (tally[result.channelType] ??= empty());
		count(channel.statuses, result.deliveryStatus);
		count(channel.actions, result.tokenAction);
		if (result.attempts > 0) {
			count(channel.latency, latencyBucket(result.latencyMs));
			channel.retries += result.attempts - 1;
		}
		if (NO_FAILURE.has(result.deliveryStatus)) continue;
		countReason(channel.reasons, result.providerReason ?? String(result.statusCode), 1);
	}
	return tally;
}

/** @returns the sum, as a new object */
export function mergeTallies(...tallies: readonly DeliveryTally[]): DeliveryTally {
	const sum: Partial<Record<ChannelType, Open>> = {};
	for (const tally of tallies) {
		for (const [channelType, part] of entriesOf(tally)) mergeInto((sum[channelType] ??= empty()), part);
	}
	return sum;
}

export function mergeChannelTallies(...tallies: readonly ChannelTally[]): ChannelTally {
	const sum = empty();
	for (const part of tallies) mergeInto(sum, part);
	return sum;
}

function mergeInto(sum: Open, part: ChannelTally): void {
	for (const [word, number] of entriesOf(part.statuses)) count(sum.statuses, word, number);
	for (const [word, number] of entriesOf(part.actions)) count(sum.actions, word, number);
	for (const [reason, number] of Object.entries(part.reasons)) countReason(sum.reasons, reason, number);
	for (const [bucket, number] of Object.entries(part.latency)) count(sum.latency, bucket, number);
	sum.retries += part.retries;
}

function entriesOf<Word extends string, Value>(record: Readonly<Partial<Record<Word, Value>>>): Array<[Word, Value]> {
	const entries: Array<[Word, Value]> = [];
	for (const key in record) {
		const value = record[key];
		if (value !== undefined) entries.push([key, value]);
	}
	return entries;
}

function countReason(reasons: Record<string, number>, reason: string, number: number): void {
	const full = !Object.hasOwn(reasons, reason) && Object.keys(reasons).length >= MAX_REASONS;
	const name = full ? OTHER : reason;
	// A reason is a provider's text: "__proto__" must be a name like any other.
	if (!Object.hasOwn(reasons, name))
		Object.defineProperty(reasons, name, { value: 0, writable: true, enumerable: true, configurable: true });
	reasons[name] = (reasons[name] ?? 0) + number;
}

function count<Word extends string | number>(counts: Partial<Record<Word, number>>, word: Word, number = 1): void {
	counts[word] = (counts[word] ?? 0) + number;
}

function empty(): Open {
	return { statuses: {}, actions: {}, reasons: {}, latency: {}, retries: 0 };
}
