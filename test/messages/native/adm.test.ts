import { createHash } from 'node:crypto';
import { compileNotification } from '../../../push/messages';
import type { Notification } from '../../../push/messages';
import { headersOf, jsonOf, refusalOf, render, sent, warningsAfter } from '../content';

const hello: Notification = { title: 'Hello', body: 'World' };
const shown = { notification: { title: 'Hello', body: 'World' } };
const md5 = (text: string) => createHash('md5').update(text).digest('base64');

describe('a notification for Amazon', () => {
	test.each<[string, Notification, Record<string, unknown>]>([
		['title and body', hello, shown],
		[
			'image and sound',
			{ ...hello, imageUrl: 'https://i', sound: 's' },
			{ notification: { title: 'Hello', body: 'World', image: 'https://i', sound: 's' } },
		],
		[
			'its own fields',
			{ ...hello, adm: { icon: 'i', color: '#fff', tag: 't', clickAction: 'c' } },
			{
				notification: { title: 'Hello', body: 'World', icon: 'i', color: '#fff', tag: 't', click_action: 'c' },
			},
		],
		['data, as strings', { ...hello, data: { n: 1, o: { a: 'b' } } }, { ...shown, data: { n: '1', o: '{"a":"b"}' } }],
		['a deep link', { ...hello, action: 'DEEP_LINK', url: 'app://x' }, { ...shown, data: { deeplink: 'app://x' } }],
		['a URL', { ...hello, action: 'URL', url: 'https://x' }, { ...shown, data: { url: 'https://x' } }],
		['a consolidation key', { ...hello, collapseId: 'c' }, { ...shown, consolidationKey: 'c' }],
		['an expiry', { ...hello, timeToLiveSeconds: 60 }, { ...shown, expiresAfter: 60 }],
		['now or never, as 1 s', { ...hello, timeToLiveSeconds: 0 }, { ...shown, expiresAfter: 1 }],
		['a priority', { ...hello, priority: 'high' }, { ...shown, priority: 'high' }],
		['silence', { ...hello, silent: true, data: { k: 'v' } }, { data: { k: 'v' } }],
		['silence without data', { silent: true }, { data: {} }],
		[
			'everything as data',
			{ ...hello, data: { k: 'v' }, adm: { dataOnly: true } },
			{ data: { k: 'v', title: 'Hello', body: 'World' } },
		],
		['data alone', { data: { k: 'v' } }, { data: { k: 'v' } }],
	])('has a place for %s', (_what, notification, expected) => {
		expect(sent(notification, 'ADM')).toEqual(expected);
	});

	test.each<[Record<string, unknown>, string]>([
		[{ message: 'your message' }, 'qzF+HgArKZjJrpfcTbiFxg=='],
		[{ b: '2', a: '1', ä: 'ü' }, md5('a:1,b:2,ä:ü')],
		// In UTF-8 the full-width letter comes before the emoji; in UTF-16 it does not.
		[{ '😀': '1', ｚ: '2' }, md5('ｚ:2,😀:1')],
		[{ o: { k: 'v' } }, md5('o:{"k":"v"}')],
	])('has the checksum of %j', (data, expected) => {
		expect(sent({ ...hello, data, adm: { md5: true } }, 'ADM')).toMatchObject({ md5: expected });
	});

	test('makes the checksum of what the recipient gets', () => {
		const rendered = render({ ...hello, data: { a: 'x{{n}}', o: { k: '{{n}}' } }, adm: { md5: true } }, 'ADM', {
			substitutions: { n: ['"1"'] },
		});
		expect(jsonOf(rendered)).toMatchObject({
			data: { a: 'x"1"', o: '{"k":"\\"1\\""}' },
			md5: md5('a:x"1",o:{"k":"\\"1\\""}'),
		});
	});

	test('counts data and notification against 6,144 bytes', () => {
		expect(render({ ...hello, data: { k: 'v' }, collapseId: 'c' }, 'ADM')).toMatchObject({
			bytes: Buffer.byteLength('{"title":"Hello","body":"World"}{"k":"v"}'),
			collapsible: true,
		});
		expect(headersOf(render({ ...hello, body: 'x'.repeat(6000) }, 'ADM'))).toMatchObject({ collapsible: false });
		expect(refusalOf(render({ ...hello, body: 'x'.repeat(6144) }, 'ADM'))).toMatchObject({ statusCode: 413 });
	});

	test('keeps a message for at most 31 days', () => {
		expect(refusalOf(render({ ...hello, timeToLiveSeconds: 2_678_401 }, 'ADM'))).toMatchObject({
			reason: 'InvalidTimeToLive',
			stops: 'message',
		});
		expect(sent({ ...hello, timeToLiveSeconds: 2_678_400 }, 'ADM')).toMatchObject({ expiresAfter: 2_678_400 });
	});

	test('with nothing in it is refused', () => {
		expect(refusalOf(render({}, 'ADM')).reason).toBe('NoContent');
	});

	test('says what it leaves out', () => {
		const message = compileNotification({ ...hello, subtitle: 's', badge: 1, category: 'c', threadId: 't' });
		expect(warningsAfter(message, 'ADM')).toEqual([
			'Amazon Device Messaging has no place for subtitle, badge, category, thread: left out there.',
		]);
	});
});
