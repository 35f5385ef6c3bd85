import { compileMessageRequest, type MessageStyle } from '../../../push/messages';
import { headersOf, jsonOf } from '../content';
import { GOLDENS } from './fieldGoldens';
import { BASE, type Cell, type Column, COMMON, MATRIX, MESSAGE, patched } from './fieldMatrix';
import { T } from './oneAddress';

const COLUMNS: readonly Column[] = ['APNS', 'GCM', 'BAIDU', 'ADM'];
const STYLES: readonly MessageStyle[] = ['aws', 'native'];

function rendered(column: Column, style: MessageStyle, configuration: object) {
	const { message, recipients } = compileMessageRequest(
		{ Addresses: { token: { ChannelType: column } }, MessageConfiguration: configuration },
		{ style, clock: { now: () => 1_700_000_000_000 } },
	);
	const [content] = recipients.map((recipient) => message.render(recipient));
	if (!content) throw new Error('no recipient');
	return { json: jsonOf(content), headers: headersOf(content) };
}

function golden(column: Column, style: MessageStyle, cell: Cell) {
	const base = BASE[column][style];
	return {
		json: cell.whole ?? patched(base.json, cell[style]?.json),
		headers: patched(base.headers, cell[style]?.headers),
	};
}

describe.each(STYLES)('in the style %s', (style) => {
	describe.each(COLUMNS)('the message of %s', (column) => {
		test('with a title and a body', () => {
			expect(rendered(column, style, { [MESSAGE[column]]: T })).toEqual(BASE[column][style]);
		});

		test.each(Object.entries(GOLDENS[column]))('with %s', (_member, cell) => {
			const expected = golden(column, style, cell);
			expect(rendered(column, style, { [MESSAGE[column]]: { ...T, ...cell.own } })).toEqual(expected);
		});

		test.each(COMMON)('with %s of DefaultPushNotificationMessage', (member) => {
			const cell = GOLDENS[column][member];
			if (!cell) throw new Error('no golden');
			const configuration = { DefaultPushNotificationMessage: { ...T, ...cell.own } };
			expect(rendered(column, style, configuration)).toEqual(golden(column, style, cell));
		});

		test('with the body and the values of DefaultMessage', () => {
			const configuration = {
				DefaultPushNotificationMessage: { Title: 'T' },
				DefaultMessage: { Body: '{{b}}', Substitutions: { b: ['B'] } },
			};
			expect(rendered(column, style, configuration)).toEqual(BASE[column][style]);
		});
	});
});

test.each(COLUMNS)('every member AWS gives the message of %s has its golden', (column) => {
	expect(Object.keys(GOLDENS[column]).sort()).toEqual([...MATRIX[column]].sort());
});
