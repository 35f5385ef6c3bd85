import { decodeCursor, encodeCursor } from '../../push/store/repositories/page';

test('a page token is read as it was given out', () => {
	expect(decodeCursor(encodeCursor(['Shop', 7]), 'string', 'integer')).toEqual(['Shop', 7]);
});

test.each([
	['of another list', encodeCursor(['name', 'id'])],
	['with fewer parts', encodeCursor([7])],
	['with more parts', encodeCursor([7, 8, 9])],
	['with a number that is none', encodeCursor([7, 1.5])],
	['that is no token', 'yesterday'],
])('a page token %s is refused', (_, cursor) => {
	expect(() => decodeCursor(cursor, 'integer', 'integer')).toThrow(
		expect.objectContaining({ code: 'InvalidRequest', hint: 'Start again from the first page.' }),
	);
});
