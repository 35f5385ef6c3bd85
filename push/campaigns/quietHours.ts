import { PushError, type Zone } from '../model';

const MINUTE = 60_000;
const DAY = 24 * 60;

/** A span of local time in which nothing is sent; it may pass midnight. Minutes since local midnight. */
export interface QuietSpan {
	readonly start: number;
	readonly end: number;
}

/** `HH:MM` twice. @throws {PushError} `InvalidRequest` */
export function readQuietSpan(start: string, end: string): QuietSpan {
	const span = { start: readTime(start), end: readTime(end) };
	if (span.start !== span.end) return span;
	throw new PushError('InvalidRequest', `Quiet hours from ${start} to ${end} have no length.`, {
		hint: 'Give two different times, for example 22:00 and 08:00.',
	});
}

function readTime(time: string): number {
	const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time.trim());
	if (match) return Number(match[1]) * 60 + Number(match[2]);
	throw new PushError('InvalidRequest', `"${time.slice(0, 20)}" is not a time of day.`, {
		hint: 'Write hours and minutes, for example 22:00.',
	});
}

function isQuiet(minute: number, { start, end }: QuietSpan): boolean {
	return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}

/**
 * When the quiet hours are over in this zone; `at` itself when it is not quiet then. The clock on the wall decides: an
 * end that a change to summer time skips is reached at the change, one that comes twice is reached the first time.
 * @param at epoch ms
 * @returns epoch ms
 */
export function quietUntil(at: number, zone: Zone, span: QuietSpan): number {
	let moment = at;
	// A night sees one change of the clock; the bound only guards against a zone that is never awake.
	for (let step = 0; step < 10; step += 1) {
		const minute = zone.minuteOfDay(moment);
		if (!isQuiet(minute, span)) return moment;
		const left = (span.end - minute + DAY) % DAY;
		const end = moment + Math.round((left === 0 ? DAY : left) * MINUTE);
		const change = firstChange(zone, moment, end);
		if (change === undefined) return end;
		moment = change;
	}
	return moment;
}

/** When the quiet hours begin next, for a moment that is not in them; epoch ms. */
export function quietFrom(at: number, zone: Zone, { start, end }: QuietSpan): number {
	return quietUntil(at, zone, { start: end, end: start });
}

/**
 * The first moment after `from`, at `to` at the latest, at which the zone's offset is another; on a quarter of an hour.
 * One at `to` itself counts: the clock then does not show the time that `to` was computed for.
 */
function firstChange(zone: Zone, from: number, to: number): number | undefined {
	const quarter = 15 * MINUTE;
	const offset = zone.offset(from);
	for (let at = (Math.floor(from / quarter) + 1) * quarter; at <= to; at += quarter) {
		if (zone.offset(at) !== offset) return at;
	}
	return undefined;
}
