import { readLenientJson } from '../../push/messages';

describe('pasted JSON', () => {
	test.each<[string, unknown]>([
		[`{'a': True, 'b': [False, None,],}`, { a: true, b: [false, null] }],
		['{token: {ChannelType: "GCM"}}', { token: { ChannelType: 'GCM' } }],
		[`{"a": "True", 'b': 'it is "None" \\'so\\''}`, { a: 'True', b: `it is "None" 'so'` }],
		[`{'True': 1, None: 2} // True`, { True: 1, None: 2 }],
		['{"a":1}', { a: 1 }],
	])('%s', (text, value) => {
		expect(readLenientJson(text)).toEqual({ value });
	});

	test.each(['', '{', "{'a': Truest}", "{'a': 'b}"])('%s is not understood', (text) => {
		expect(readLenientJson(text)).toBeUndefined();
	});

	test('a key called __proto__ changes nothing but itself', () => {
		const value = Object(readLenientJson(`{'__proto__': {'x': 1}}`)?.value);
		expect(value.x).toBeUndefined();
	});
});
