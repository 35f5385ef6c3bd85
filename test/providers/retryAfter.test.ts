import fc from 'fast-check';
import { parseRetryAfter } from '../../push/providers/retryAfter';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('Retry-After', () => {
	it.each([
		['7', 7],
		[' 120 ', 120],
		['0', 0],
		['-5', 0],
		['1.2', 2],
		['86400', 3600],
		['99999999999', 3600],
		['Mon, 23 Nov 2026 12:00:30 GMT', 30],
		['Monday, 23-Nov-26 12:00:30 GMT', 30],
		['Mon Nov 23 12:00:30 2026', 30],
		['Tue, 24 Nov 2026 12:00:00 GMT', 3600],
		['Mon, 23 Nov 2026 11:00:00 GMT', 0],
	])('%j is a wait of %d s', (value, seconds) => {
		expect(parseRetryAfter(value, NOW)).toBe(seconds);
	});

	it.each([undefined, '', ' ', 'soon', '1e3', '0x10', 'NaN', '2026-11-23', 'Mon, 99 Foo 2026 12:00:00 GMT'])(
		'%j says nothing',
		(value) => {
			expect(parseRetryAfter(value, NOW)).toBeUndefined();
		},
	);

	it('reads the HTTP date of any moment within the hour to the second', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 3600 }), (seconds) => {
				expect(parseRetryAfter(new Date(NOW + seconds * 1000).toUTCString(), NOW)).toBe(seconds);
			}),
		);
	});

	it('is undefined or within 0 and 3600 for any text', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.integer().map(String),
					fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
				),
				(value) => {
					const seconds = parseRetryAfter(value, NOW) ?? 0;
					expect(seconds >= 0 && seconds <= 3600 && Number.isInteger(seconds)).toBe(true);
				},
			),
		);
	});
});
