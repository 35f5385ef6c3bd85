import { compileNotification } from '../../../push/messages';
import { jsonOf, recipient, refusalOf, render, warningsAfter } from '../content';

const raw = (aps: object, substitutions?: Record<string, string[]>) =>
	render({ raw: { apns: JSON.stringify({ aps, k: 'v' }) } }, 'APNS', { substitutions });

describe('types Apple is strict about, in a raw payload', () => {
	test.each<[object, object]>([
		[{ badge: '3' }, { badge: 3 }],
		[
			{ 'content-available': true, alert: 'x' },
			{ 'content-available': 1, alert: 'x' },
		],
		[
			{ alert: 'x', 'mutable-content': '1' },
			{ alert: 'x', 'mutable-content': 1 },
		],
		[
			{ alert: 'x', 'content-available': false },
			{ alert: 'x', 'content-available': 0 },
		],
		[
			{ alert: 'x', 'relevance-score': '0.5' },
			{ alert: 'x', 'relevance-score': 0.5 },
		],
		[{ 'content-changed': 1 }, { 'content-changed': true }],
		[
			{ alert: 'x', 'thread-id': 42 },
			{ alert: 'x', 'thread-id': '42' },
		],
		[{ sound: { critical: true, name: 'a' } }, { sound: { critical: 1, name: 'a' } }],
		[
			{ event: 'end', timestamp: '1700000000' },
			{ event: 'end', timestamp: 1_700_000_000 },
		],
	])('%j goes out as %j, with a warning', (given, expected) => {
		expect(jsonOf(raw(given))).toEqual({ aps: expected, k: 'v' });
		const message = compileNotification({ raw: { apns: JSON.stringify({ aps: given }) } });
		expect(warningsAfter(message, 'APNS').join()).toContain('devices ignore');
	});

	test.each<[object]>([
		[{ badge: 'many' }],
		[{ badge: -1 }],
		[{ badge: 1.5 }],
		[{ badge: true }],
		[{ alert: 5 }],
		[{ alert: 'x', 'content-available': 2 }],
		[{ alert: 'x', 'content-available': {} }],
		[{ alert: 'x', 'url-args': 'a' }],
		[{ alert: 'x', category: ['a'] }],
		[{ event: 'update', 'content-state': 'x' }],
		[{ alert: 'x', sound: 1 }],
	])('%j is refused with the key and what belongs there', (given) => {
		const refused = refusalOf(raw(given));
		expect(refused).toMatchObject({ reason: 'InvalidRawContent', stops: 'message' });
		expect(refused.message).toMatch(/^aps\.[a-z-]+ of the raw payload is not (a|an|0|true)/);
	});

	test('a number that each recipient brings goes out as a number, and nothing else does', () => {
		expect(jsonOf(raw({ badge: '{{n}}' }, { n: ['7'] }))).toEqual({ aps: { badge: 7 }, k: 'v' });
		expect(refusalOf(raw({ badge: '{{n}}' }, { n: ['many'] }))).toMatchObject({ reason: 'TemplateFailed' });
		expect(refusalOf(raw({ badge: '{{n}}' }, { n: ['1,"x":2'] }))).toMatchObject({ reason: 'TemplateFailed' });
		expect(refusalOf(raw({ badge: '{{n}}' })).reason).toBe('MissingSubstitution');
	});

	test('through Google as well', () => {
		const message = { apns: { payload: { aps: { badge: '3', 'content-available': true } } }, data: { a: 'b' } };
		const payload = JSON.stringify({ fcmV1Message: { message } });
		expect(jsonOf(render({ raw: { fcm: payload } }, 'GCM'))).toEqual({
			apns: { payload: { aps: { badge: 3, 'content-available': 1 } } },
			data: { a: 'b' },
		});
	});

	test('a badge written as text in the fields is a number too', () => {
		const badge: unknown = '3';
		expect(compileNotification(Object({ badge })).render(recipient('APNS'))).toMatchObject({
			payload: '{"aps":{"badge":3}}',
		});
		expect(() => compileNotification(Object({ badge: 'many' }))).toThrow('not a whole number');
	});
});
