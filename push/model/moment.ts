import type { Zone } from './timeZone';

/** Below this a number counts seconds, from here on milliseconds: seconds reach the year 5138, milliseconds begin in 1973. */
const FIRST_MILLISECONDS = 1e11;

/** The last moment with a year of four digits. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** ISO 8601's extended form of a day, or of a day and a time; with a space for the T, as databases and sheets write it. */
const ISO =
	/^(?<date>[1-9]\d{3}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)(?<offset>Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * A moment as people and programs write it: ISO 8601 (`2027-01-10T09:00:00+01:00`, without its time the beginning of
 * the day), the number of epoch milliseconds or seconds, or a Date. Nothing else: in `10.01.2027` nobody knows which is the month.
 * @param zone in which a text without an offset is read; when absent, such a text is none
 * @returns epoch ms; undefined for what is no moment
 */
export function readMoment(given: number | string | Date, zone?: Zone): number | undefined {
	const at = read(given, zone) ?? Number.NaN;
	return Math.abs(at) <= LAST ? at : undefined;
}

function read(given: number | string | Date, zone: Zone | undefined): number | undefined {
	if (given instanceof Date) return given.getTime();
	return typeof given === 'number' ? ofNumber(given) : ofText(given.trim(), zone);
}

function ofNumber(epoch: number): number {
	return Math.floor(epoch < FIRST_MILLISECONDS ? epoch * 1_000 : epoch);
}

function ofText(text: string, zone: Zone | undefined): number | undefined {
	// Shorter ones might be meant as a year or a day.
	if (/^\d{10,16}$/.test(text)) return ofNumber(Number(text));
	const { date = '', time = '00:00', offset } = ISO.exec(text)?.groups ?? {};
	if (!isDay(date)) return undefined;
	const wall = Date.parse(`${date}T${time.replace(',', '.')}Z`);
	if (Number.isNaN(wall)) return undefined;
	if (offset === undefined) return zone?.momentOf(wall);
	const ahead = offsetOf(offset);
	return ahead === undefined ? undefined : wall - ahead;
}

/** JavaScript takes 30 February for 2 March. */
function isDay(date: string): boolean {
	const midnight = Date.parse(date);
	return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

/** `Z`, `+01`, `+0100` or `+01:00` in ms; undefined where hours or minutes are none. */
function offsetOf(offset: string): number | undefined {
	if (offset.toUpperCase() === 'Z') return 0;
	const hours = Number(offset.slice(1, 3));
	const minutes = Number(offset.slice(3).replace(':', ''));
	if (hours > 23 || minutes > 59) return undefined;
	return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
