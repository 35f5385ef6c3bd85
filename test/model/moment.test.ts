import fc from 'fast-check';
import { DateTime } from 'luxon';
import { readMoment, Zone, Zones } from '../../push/model';

/** Zones with all kinds of changes: an hour, half an hour, at midnight, a whole day, none, the other hemisphere. */
const ZONES = [
	'Europe/Berlin',
	'America/New_York',
	'Australia/Lord_Howe',
	'America/Santiago',
	'Asia/Kathmandu',
	'Africa/Cairo',
	'Africa/Casablanca',
	'Pacific/Apia',
	'Pacific/Chatham',
	'UTC',
];

const zoneName = fc.constantFrom(...ZONES);

const digits = (count: number, most: number) =>
	fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(count, '0'));

/** What a clock on a wall shows in these decades, and days there are not. */
const wall = fc
	.tuple(
		fc.oneof(
			fc.tuple(fc.integer({ min: 1975, max: 2037 }).map(String), digits(2, 13), digits(2, 32)),
			fc.constantFrom(
				['2027', '03', '28'],
				['2027', '10', '31'],
				['2027', '03', '14'],
				['2027', '11', '07'],
				['2026', '09', '06'],
				['2026', '04', '24'],
				['2027', '04', '04'],
				['2027', '10', '03'],
				['2011', '12', '30'],
			),
		),
		digits(2, 24),
		digits(2, 60),
		digits(2, 60),
	)
	.map(([day, hours, minutes, seconds]) => `${day.join('-')}T${hours}:${minutes}:${seconds}`);

/** Luxon, which takes either of the two for a time that comes twice: it looks at the clock of today. The first, here. */
function inZone(text: string, zone: string): number | undefined {
	const found = DateTime.fromISO(text, { zone });
	if (!found.isValid) return undefined;
	return Math.min(...found.getPossibleOffsets().map((each) => each.toMillis()));
}

describe('a moment', () => {
	it('without an offset is what the clock of the zone shows, as Luxon has it', () => {
		fc.assert(
			fc.property(wall, zoneName, (text, zone) => {
				expect(readMoment(text, new Zone(zone))).toBe(inZone(text, zone));
			}),
			{
				numRuns: 2_000,
				examples: [
					['2027-03-28T02:30:00', 'Europe/Berlin'],
					['2027-10-31T02:30:00', 'Europe/Berlin'],
					['2011-12-30T12:00:00', 'Pacific/Apia'],
					['2026-09-06', 'America/Santiago'],
				],
			},
		);
	});

	it('with an offset is the same in every zone, and without a zone', () => {
		const offset = fc.oneof(
			fc.constantFrom('Z', 'z', '+02', '-0930', '+14:00'),
			fc.tuple(fc.constantFrom('+', '-'), digits(2, 23), digits(2, 59)).map(([sign, h, m]) => `${sign}${h}:${m}`),
		);
		fc.assert(
			fc.property(wall, offset, zoneName, (time, from, zone) => {
				const found = DateTime.fromISO(`${time}${from}`);
				const expected = found.isValid ? found.toMillis() : undefined;
				expect(readMoment(`${time}${from}`)).toBe(expected);
				expect(readMoment(`${time}${from}`, new Zone(zone))).toBe(expected);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('is what Luxon and JavaScript write of it', () => {
		const moment = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2100, 0) });
		fc.assert(
			fc.property(moment, zoneName, (at, zone) => {
				const local = DateTime.fromMillis(at, { zone });
				for (const written of [local.toISO() ?? '', String(local), new Date(at).toISOString(), new Date(at), at]) {
					expect(readMoment(written)).toBe(at);
				}
			}),
		);
	});

	it.each([
		['2027-01-10', '2027-01-09T23:00:00Z'],
		['2027-01-10T09:00', '2027-01-10T08:00:00Z'],
		['2027-01-10 09:00:00', '2027-01-10T08:00:00Z'],
		[' 2027-07-10T09:00:00,5 ', '2027-07-10T07:00:00.500Z'],
		// Skipped by the change to summer time, and twice there in autumn.
		['2027-03-28T02:30:00', '2027-03-28T03:30:00+02:00'],
		['2027-10-31T02:30:00', '2027-10-31T02:30:00+02:00'],
		[1_799_568_000_123, '2027-01-10T08:00:00.123Z'],
		[1_799_568_000, '2027-01-10T08:00:00Z'],
		['1799568000123', '2027-01-10T08:00:00.123Z'],
		[0, '1970-01-01T00:00:00Z'],
	])('%p in Berlin is %s', (given, at) => {
		expect(readMoment(given, new Zone('Europe/Berlin'))).toBe(Date.parse(at));
	});

	it.each([
		'10.01.2027 09:00',
		'01/10/2027',
		'Jan 10, 2027',
		'2027-02-30T09:00:00',
		'2027-01-10T09:00:00+25:00',
		'2027-01-10T9:00',
		'20270110',
		'2027',
		'Invalid DateTime',
		'',
		Number.NaN,
		Infinity,
		1e20,
		new Date(Number.NaN),
	])('%p is none', (given) => {
		expect(readMoment(given, new Zone('Europe/Berlin'))).toBeUndefined();
	});

	it('without an offset is none where there is no zone', () => {
		expect(readMoment('2027-01-10T09:00:00')).toBeUndefined();
	});
});

test('the zones are those there are, each asked for once', () => {
	const zones = new Zones();
	expect(zones.find('Europe/Paris')).toBeDefined();
	expect(zones.find('Europe/Paris')).toBe(zones.find('Europe/Paris'));
	expect(zones.find('Middle-earth/Shire')).toBeUndefined();
});
