import fc from 'fast-check';
import { DateTime } from 'luxon';
import { quietUntil, readQuietSpan, type QuietSpan } from '../../push/campaigns/quietHours';
import { Zone } from '../../push/model';

const MINUTE = 60_000;

/** Zones with all kinds of changes: an hour, half an hour, at midnight, none, the other hemisphere. */
const ZONES = [
	'Europe/Berlin',
	'America/New_York',
	'Australia/Lord_Howe',
	'America/Santiago',
	'Asia/Kathmandu',
	'Africa/Cairo',
	'Pacific/Chatham',
	'UTC',
];

function isQuiet(at: number, zone: string, { start, end }: QuietSpan): boolean {
	const local = DateTime.fromMillis(at, { zone });
	const minute = local.hour * 60 + local.minute;
	return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}

/** Minute by minute. */
function oracle(at: number, zone: string, span: QuietSpan): number {
	if (!isQuiet(at, zone, span)) return at;
	for (let next = Math.floor(at / MINUTE) * MINUTE + MINUTE; ; next += MINUTE)
		if (!isQuiet(next, zone, span)) return next;
}

/** Any minute, or one at which clocks change and the hour after it. */
const minuteOfDay = fc.oneof(
	fc.integer({ min: 0, max: 24 * 60 - 1 }),
	fc.constantFrom(0, 1, 60, 90, 120, 165, 180, 225),
);

const span = fc
	.tuple(minuteOfDay, minuteOfDay)
	.filter(([start, end]) => start !== end)
	.map(([start, end]) => ({ start, end }));

/** Within a day of a change of the clock of these years, or anywhere. */
const moment = fc.oneof(
	fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) }),
	fc
		.tuple(
			fc.constantFrom(
				'2026-03-29',
				'2026-10-25',
				'2026-03-08',
				'2026-11-01',
				'2026-04-05',
				'2026-10-04',
				'2026-09-06',
				'2026-04-24',
			),
			fc.integer({ min: -86_400_000, max: 86_400_000 }),
		)
		.map(([day, offset]) => Date.parse(`${day}T00:00:00Z`) + offset),
);

describe('quiet hours', () => {
	it('end when the clock on the wall says so, across every change', () => {
		fc.assert(
			fc.property(moment, fc.constantFrom(...ZONES), span, (at, zone, quiet) => {
				expect(quietUntil(at, new Zone(zone), quiet)).toBe(oracle(at, zone, quiet));
			}),
			{
				numRuns: 1_000,
				examples: [
					// Midnight is left out, and with it the only minute that is not quiet.
					[Date.parse('2026-09-06T00:00:00Z'), 'America/Santiago', { start: 1, end: 0 }],
				],
			},
		);
	});

	it.each([
		['a night of seven hours in spring', '2026-03-29T00:30:00+01:00', '2026-03-29T08:00:00+02:00'],
		['a night of nine hours in autumn', '2026-10-25T00:30:00+02:00', '2026-10-25T08:00:00+01:00'],
		['a plain night', '2026-06-01T23:00:00+02:00', '2026-06-02T08:00:00+02:00'],
		['noon', '2026-06-01T12:00:00+02:00', '2026-06-01T12:00:00+02:00'],
	])('in Berlin, %s', (_, at, until) => {
		const night = readQuietSpan('22:00', '08:00');
		expect(quietUntil(Date.parse(at), new Zone('Europe/Berlin'), night)).toBe(Date.parse(until));
	});

	it('that end in the hour that is left out end at the change', () => {
		const quiet = readQuietSpan('22:00', '02:30');
		const at = Date.parse('2026-03-29T01:00:00+01:00');
		expect(quietUntil(at, new Zone('Europe/Berlin'), quiet)).toBe(Date.parse('2026-03-29T03:00:00+02:00'));
	});

	it('that end when the clock is put back end when it shows that time', () => {
		const quiet = readQuietSpan('22:00', '03:00');
		const at = Date.parse('2026-10-25T01:00:00+02:00');
		expect(quietUntil(at, new Zone('Europe/Berlin'), quiet)).toBe(Date.parse('2026-10-25T03:00:00+01:00'));
	});

	it('refuse what is no time, and no time at all', () => {
		expect(() => readQuietSpan('25:00', '08:00')).toThrow('"25:00" is not a time of day.');
		expect(() => readQuietSpan('08:00', '08:00')).toThrow('have no length');
	});
});
