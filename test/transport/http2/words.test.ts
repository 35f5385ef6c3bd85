import { errorName, goawayWords } from '../../../push/transport/http2/words';

describe('GOAWAY in words', () => {
	it.each([
		['{"reason":"Shutdown"}', 'GOAWAY NO_ERROR: Shutdown'],
		['{"reason":7}', '{"reason":7}'],
		['max_age', 'GOAWAY NO_ERROR: max_age'],
		['', 'GOAWAY NO_ERROR)'],
		[JSON.stringify({ reason: 'a\u0000\nb' }), ': a b)'],
	])('%j', (debug, words) => {
		expect(goawayWords('api.example', 0, Buffer.from(debug))).toContain(words);
	});

	it('never grows beyond a line', () => {
		expect(goawayWords('x', 11, Buffer.alloc(16_000, 0x41)).length).toBeLessThan(300);
		expect(goawayWords('x', 11, undefined)).toContain('ENHANCE_YOUR_CALM');
	});

	it('names unknown codes by their number', () => {
		expect(errorName(99)).toBe('ERROR_99');
	});
});
