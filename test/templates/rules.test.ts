import { checkDescription, checkRoom, checkTemplateName, checkVersionNumber } from '../../push/templates/rules';

const refused = expect.objectContaining({ code: 'InvalidRequest', hint: expect.stringMatching(/\S/) });

describe('AWS’s rules for templates', () => {
	test.each(['a', '7days', 'Order_shipped-2', 'x'.repeat(128)])('%s is a name', (name) => {
		expect(checkTemplateName(` ${name} `)).toBe(name);
	});

	test.each(['', ' ', '-a', '_a', 'a b', 'a/b', 'größe', 'x'.repeat(129)])('"%s" is none', (name) => {
		expect(() => checkTemplateName(name)).toThrow(refused);
	});

	test('a description has up to 500 characters', () => {
		expect(checkDescription('x'.repeat(500))).toHaveLength(500);
		expect(() => checkDescription('x'.repeat(501))).toThrow(refused);
	});

	test('there are up to 20,000 templates and 5,000 versions of each', () => {
		expect(() => checkRoom(19_999)).not.toThrow();
		expect(() => checkRoom(20_000)).toThrow(refused);
		expect(() => checkVersionNumber('t', 5_000)).not.toThrow();
		expect(() => checkVersionNumber('t', 5_001)).toThrow(refused);
	});
});
