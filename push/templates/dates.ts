import { textOf, type Value } from './values';

/** By name, as in AWS's guide; anything else is a pattern. */
const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
	full: { dateStyle: 'full' },
	long: { dateStyle: 'long' },
	medium: { dateStyle: 'medium' },
	short: { dateStyle: 'short' },
};

const TOKEN = /yyyy|yy|MMMM|MMM|MM|M|dd|d|EEEE|EEE|HH|H|hh|h|mm|ss|a|'[^']*'/g;

/**
 * A moment (epoch ms, seconds, or ISO 8601) in words.
 * @param format `full long medium short`, or a pattern of `yyyy MM dd HH mm ss EEEE a ...`
 * @param zone IANA name; UTC when absent or unknown
 */
export function formatDate(moment: string | number, format: Value, zone: Value): string {
	const date = dateOf(moment);
	if (date === undefined) return String(moment);
	const timeZone = zoneOf(zone);
	const wanted = textOf(format) || 'medium';
	const style = Object.hasOwn(STYLES, wanted) ? STYLES[wanted] : undefined;
	if (style) return new Intl.DateTimeFormat('en-US', { ...style, timeZone }).format(date);
	const parts = partsOf(date, timeZone);
	return wanted
		.slice(0, 100)
		.replaceAll(TOKEN, (token) => (token.startsWith("'") ? token.slice(1, -1) : (parts[token] ?? '')));
}

function dateOf(moment: string | number): Date | undefined {
	const number = typeof moment === 'number' ? moment : /^-?\d{1,15}$/.test(moment) ? Number(moment) : undefined;
	// Ten digits are seconds until the year 2286.
	const date = new Date(
		number === undefined ? moment : Math.abs(number) < 1e10 && typeof moment === 'string' ? number * 1000 : number,
	);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

function zoneOf(zone: Value): string {
	const name = textOf(zone) || 'UTC';
	try {
		return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
	} catch {
		return 'UTC';
	}
}

function partsOf(date: Date, timeZone: string): Readonly<Record<string, string>> {
	const read = (options: Intl.DateTimeFormatOptions) =>
		Object.fromEntries(
			new Intl.DateTimeFormat('en-US', { timeZone, ...options })
				.formatToParts(date)
				.map(({ type, value }) => [type, value]),
		);
	const long = read({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' });
	const short = read({ month: 'short', weekday: 'short' });
	const digits = read({
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		hourCycle: 'h23',
	});
	const half = read({ hour: 'numeric', hour12: true });
	const two = (value = '') => value.padStart(2, '0');
	return {
		yyyy: long.year ?? '',
		yy: (long.year ?? '').slice(-2),
		MMMM: long.month ?? '',
		MMM: short.month ?? '',
		MM: two(digits.month),
		M: String(Number(digits.month)),
		dd: two(digits.day),
		d: long.day ?? '',
		EEEE: long.weekday ?? '',
		EEE: short.weekday ?? '',
		HH: two(digits.hour),
		H: String(Number(digits.hour)),
		hh: two(half.hour),
		h: half.hour ?? '',
		mm: two(digits.minute),
		ss: two(digits.second),
		a: half.dayPeriod ?? '',
	};
}
