import fc from 'fast-check';
import { baiduSign, phpUrlencode } from '../../../push/providers/baidu/sign';

/** PHP's rule, byte by byte: letters, digits and -_. stay, a blank is +, everything else %XX. */
function bytewise(text: string): string {
	return [...Buffer.from(text, 'utf8')]
		.map((byte) => {
			const character = String.fromCharCode(byte);
			if (/[A-Za-z0-9\-_.]/.test(character)) return character;
			return character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
		})
		.join('');
}

describe("Baidu's signature", () => {
	it('is what Baidu computes for a known request', () => {
		const fields = new Map([
			['timestamp', '1427180905'],
			['expires', '1313293565'],
			['apikey', 'Ljc710pzAa99GULCo8y48NvB'],
		]);
		expect(
			baiduSign('POST', 'http://api.tuisong.baidu.com/rest/3.0/test/echo', fields, '87772555E1C16715EBA5C85341684C58'),
		).toBe('7d14113142e2a1583b4e9dad3fba73d0');
	});

	it('does not depend on the order of the fields', () => {
		const fields: Array<[string, string]> = [
			['b', '2'],
			['a', '1'],
			['c', '3'],
		];
		const url = 'https://api.tuisong.baidu.com/rest/3.0/push/single_device';
		expect(baiduSign('POST', url, new Map(fields), 's')).toBe(
			baiduSign('POST', url, new Map([...fields].reverse()), 's'),
		);
	});

	it('changes with the method, the URL, each value and the secret', () => {
		const base = () => new Map([['a', '1']]);
		const signs = [
			baiduSign('POST', 'https://h/p', base(), 's'),
			baiduSign('GET', 'https://h/p', base(), 's'),
			baiduSign('POST', 'http://h/p', base(), 's'),
			baiduSign('POST', 'https://h/p', new Map([['a', '2']]), 's'),
			baiduSign('POST', 'https://h/p', base(), 't'),
		];
		expect(new Set(signs).size).toBe(5);
	});

	it("encodes ! ' ( ) * ~ and blanks as PHP does", () => {
		expect(phpUrlencode("a!'()*~ ü-_.")).toBe('a%21%27%28%29%2A%7E+%C3%BC-_.');
	});

	it('encodes every text byte by byte, half characters included', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(phpUrlencode(text)).toBe(bytewise(text));
			}),
		);
		expect(phpUrlencode('a\ud800b')).toBe('a%EF%BF%BDb');
	});
});
