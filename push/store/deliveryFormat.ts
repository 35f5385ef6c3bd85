import {
	CHANNEL_TYPES,
	type ChannelType,
	DELIVERY_STATUSES,
	type DeliveryResult,
	type DeliveryStatus,
	type LoggedResult,
	PushError,
	TOKEN_ACTIONS,
	type TokenAction,
} from '../model';
import { isRecord } from './repositories/json';

/*
 * A batch is one text: a JSON object of columns. What most results share (a "shape": status, sentence, reason ...) is
 * written once and pointed at, which makes a result 120 to 250 bytes and its writing cheap.
 */

/** What results of one batch have in common. Everything but the columns and the rare values. */
type Shape = Pick<
	DeliveryResult,
	| 'channelType'
	| 'deliveryStatus'
	| 'statusCode'
	| 'statusMessage'
	| 'tokenAction'
	| 'providerStatus'
	| 'providerReason'
	| 'providerMessage'
	| 'possibleDuplicate'
	| 'attempts'
	| 'traceId'
	| 'warnings'
>;

type Rare = Pick<DeliveryResult, 'updatedToken' | 'invalidSince' | 'retryAfterSeconds'>;

interface Columns {
	/** Addresses. */
	readonly a: string[];
	/** Message ids; 0 = none. */
	readonly m: Array<string | 0>;
	/** Places in `shapes`. */
	readonly s: number[];
	/** Latencies, ms. */
	readonly l: number[];
	/** Times of the first attempt, ms after `base`; -1 = nothing was sent. */
	readonly t: number[];
	/** Epoch ms. */
	readonly base: number;
	readonly shapes: Shape[];
	/** By the place of the result. */
	readonly rare: Record<string, Rare>;
}

/** The text of the results, and the sets a query can tell from that none of them is wanted. */
export interface EncodedResults {
	readonly text: string;
	/** One bit per word, in the order of the model's lists. */
	readonly statuses: number;
	readonly channels: number;
	readonly actions: number;
	/** JSON array of the different provider reasons. */
	readonly reasons: string;
}

export function encodeResults(results: readonly (DeliveryResult | LoggedResult)[]): EncodedResults {
	const columns: Columns = { a: [], m: [], s: [], l: [], t: [], base: 0, shapes: [], rare: {} };
	const shapes = new Shapes(columns.shapes);
	const times = new Times();
	let place = 0;
	for (const result of results) {
		columns.a.push(result.address);
		columns.m.push(result.messageId ?? 0);
		columns.s.push(shapes.placeOf(result));
		columns.l.push(result.latencyMs);
		columns.t.push(result.sentAt === undefined ? -1 : times.after(result.sentAt));
		if (hasRare(result)) columns.rare[place] = rareOf(result);
		place += 1;
	}
	const distinct = columns.shapes;
	return {
		text: JSON.stringify({ ...columns, base: times.base }),
		statuses: distinct.reduce((mask, { deliveryStatus }) => mask | bitOf(DELIVERY_STATUSES, deliveryStatus), 0),
		channels: distinct.reduce((mask, { channelType }) => mask | bitOf(CHANNEL_TYPES, channelType), 0),
		actions: distinct.reduce((mask, { tokenAction }) => mask | bitOf(TOKEN_ACTIONS, tokenAction), 0),
		reasons: JSON.stringify([...new Set(distinct.flatMap(({ providerReason }) => providerReason ?? []))]),
	};
}

/** @throws {PushError} `StoreUnavailable` for a text that is none of ours */
export function decodeResults(text: string): LoggedResult[] {
	const columns: unknown = JSON.parse(text);
	if (!isColumns(columns)) throw unreadable();
	const { a, m, s, l, t, base, shapes, rare } = columns;
	const iso = isoTimes();
	return a.map((address, place) => {
		const shape = shapes[s[place] ?? -1];
		if (!shape) throw unreadable();
		const result: LoggedResult = { address, ...shape, latencyMs: l[place] ?? 0, ...rare[place] };
		const messageId = m[place];
		if (typeof messageId === 'string') result.messageId = messageId;
		const sent = t[place] ?? -1;
		if (sent >= 0) result.sentAt = iso(base + sent);
		return result;
	});
}

/** Addresses, the new ones among them, message ids and trace ids of a batch: what its results are looked up by. */
export function keysOf(text: string): string[] {
	const columns: unknown = JSON.parse(text);
	if (!isColumns(columns)) throw unreadable();
	const ids = columns.m.filter((id) => typeof id === 'string');
	const updated = Object.values(columns.rare).flatMap(({ updatedToken }) => updatedToken ?? []);
	return [...columns.a, ...updated, ...ids, ...columns.shapes.flatMap(({ traceId }) => traceId ?? [])];
}

/** A text inside a JSON text, as it stands there. */
export function asWritten(text: string): string {
	return JSON.stringify(text);
}

export const statusBits = (words: readonly DeliveryStatus[]) => bitsOf(DELIVERY_STATUSES, words);

export const channelBits = (words: readonly ChannelType[]) => bitsOf(CHANNEL_TYPES, words);

export const actionBits = (words: readonly TokenAction[]) => bitsOf(TOKEN_ACTIONS, words);

function bitsOf<Word extends string>(all: readonly Word[], words: readonly Word[]): number {
	return words.reduce((mask, word) => mask | bitOf(all, word), 0);
}

function bitOf<Word extends string>(all: readonly Word[], word: Word): number {
	return 1 << all.indexOf(word);
}

/** Finds the shape of each result; the two met last are tried first, since most results of a batch are alike. */
class Shapes {
	#last = -1;

	#lastButOne = -1;

	readonly #byText = new Map<string, number>();

	constructor(private readonly shapes: Shape[]) {}

	placeOf(result: Shape): number {
		if (isAlike(this.shapes[this.#last], result)) return this.#last;
		const place = isAlike(this.shapes[this.#lastButOne], result) ? this.#lastButOne : this.#find(shapeOf(result));
		this.#lastButOne = this.#last;
		this.#last = place;
		return place;
	}

	#find(shape: Shape): number {
		const text = JSON.stringify(shape);
		const known = this.#byText.get(text);
		if (known !== undefined) return known;
		const place = this.shapes.push(shape) - 1;
		this.#byText.set(text, place);
		return place;
	}
}

function isAlike(shape: Shape | undefined, result: Shape): boolean {
	return (
		shape !== undefined &&
		shape.statusMessage === result.statusMessage &&
		shape.deliveryStatus === result.deliveryStatus &&
		shape.channelType === result.channelType &&
		shape.providerReason === result.providerReason &&
		shape.attempts === result.attempts &&
		shape.statusCode === result.statusCode &&
		shape.tokenAction === result.tokenAction &&
		shape.providerStatus === result.providerStatus &&
		shape.providerMessage === result.providerMessage &&
		shape.possibleDuplicate === result.possibleDuplicate &&
		shape.traceId === result.traceId &&
		shape.warnings === result.warnings
	);
}

function shapeOf(result: Shape): Shape {
	return {
		channelType: result.channelType,
		deliveryStatus: result.deliveryStatus,
		statusCode: result.statusCode,
		statusMessage: result.statusMessage,
		tokenAction: result.tokenAction,
		...(result.providerStatus === undefined ? {} : { providerStatus: result.providerStatus }),
		...(result.providerReason === undefined ? {} : { providerReason: result.providerReason }),
		...(result.providerMessage === undefined ? {} : { providerMessage: result.providerMessage }),
		possibleDuplicate: result.possibleDuplicate,
		attempts: result.attempts,
		...(result.traceId === undefined ? {} : { traceId: result.traceId }),
		...(result.warnings === undefined ? {} : { warnings: result.warnings }),
	};
}

function hasRare({ updatedToken, invalidSince, retryAfterSeconds }: Rare): boolean {
	return updatedToken !== undefined || invalidSince !== undefined || retryAfterSeconds !== undefined;
}

function rareOf({ updatedToken, invalidSince, retryAfterSeconds }: Rare): Rare {
	return {
		...(updatedToken === undefined ? {} : { updatedToken }),
		...(invalidSince === undefined ? {} : { invalidSince }),
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	};
}

/** Many results share a millisecond, and with it the text of its time. */
class Times {
	base = 0;

	#text = '';

	#after = -1;

	after(text: string): number {
		if (text === this.#text) return this.#after;
		const at = Date.parse(text);
		if (Number.isNaN(at)) return -1;
		if (this.base === 0) this.base = at - MARGIN_MS;
		this.#text = text;
		// The wall clock was turned back by more than the margin: better a time that is a little off than none.
		this.#after = Math.max(0, at - this.base);
		return this.#after;
	}
}

/** The same the other way round. */
function isoTimes(): (at: number) => string {
	let known = { at: Number.NaN, text: '' };
	return (at) => {
		if (known.at !== at) known = { at, text: new Date(at).toISOString() };
		return known.text;
	};
}

/** A result may have been sent before the first one of its batch: retries last minutes. */
const MARGIN_MS = 86_400_000;

function isColumns(value: unknown): value is Columns {
	return (
		isRecord(value) &&
		typeof value.base === 'number' &&
		isRecord(value.rare) &&
		[value.a, value.m, value.s, value.l, value.t, value.shapes].every(Array.isArray)
	);
}

function unreadable(): PushError {
	return new PushError('StoreUnavailable', 'The delivery log holds a batch that cannot be read.', {
		hint: 'Restore the store from a backup, or point n8n at a new one.',
	});
}
