import { type ApnsPushType, compileNotification, type Notification } from '../../../push/messages';
import { headersOf, jsonOf, refusalOf, render, sent, warningsAfter } from '../content';

const hello: Notification = { title: 'Hello', body: 'World' };
const shown = { alert: { title: 'Hello', body: 'World' } };

describe('a notification for Apple', () => {
	test.each<[string, Notification, Record<string, unknown>]>([
		['title and body', hello, { aps: shown }],
		['a subtitle', { ...hello, subtitle: 'S' }, { aps: { alert: { title: 'Hello', subtitle: 'S', body: 'World' } } }],
		['a body alone', { body: 'World' }, { aps: { alert: { body: 'World' } } }],
		['a sound', { ...hello, sound: 'default' }, { aps: { ...shown, sound: 'default' } }],
		['a badge', { ...hello, badge: 3 }, { aps: { ...shown, badge: 3 } }],
		['badge 0 alone, which removes it', { badge: 0 }, { aps: { badge: 0 } }],
		['a category', { ...hello, category: 'C' }, { aps: { ...shown, category: 'C' } }],
		['a thread', { ...hello, threadId: 'T' }, { aps: { ...shown, 'thread-id': 'T' } }],
		[
			'data beside aps',
			{ ...hello, data: { a: 1, b: { c: [true, null] } } },
			{ aps: shown, a: 1, b: { c: [true, null] } },
		],
		['a deep link', { ...hello, action: 'DEEP_LINK', url: 'app://x' }, { aps: shown, deeplink: 'app://x' }],
		['a URL', { ...hello, action: 'URL', url: 'https://x.example' }, { aps: shown, url: 'https://x.example' }],
		['open app, which needs nothing', { ...hello, action: 'OPEN_APP' }, { aps: shown }],
		[
			'an image',
			{ ...hello, imageUrl: 'https://i.example/1.png' },
			{ aps: { ...shown, 'mutable-content': 1 }, data: { 'media-url': 'https://i.example/1.png' } },
		],
		[
			'an image beside data of the same name',
			{ ...hello, imageUrl: 'https://i.example/1.png', data: { data: { k: 'v' } } },
			{ aps: { ...shown, 'mutable-content': 1 }, data: { k: 'v', 'media-url': 'https://i.example/1.png' } },
		],
		['mutable content', { ...hello, apns: { mutableContent: true } }, { aps: { ...shown, 'mutable-content': 1 } }],
		[
			'content available',
			{ ...hello, apns: { contentAvailable: true } },
			{ aps: { ...shown, 'content-available': 1 } },
		],
		[
			'interruption level',
			{ ...hello, apns: { interruptionLevel: 'passive' } },
			{ aps: { ...shown, 'interruption-level': 'passive' } },
		],
		['relevance score', { ...hello, apns: { relevanceScore: 0.5 } }, { aps: { ...shown, 'relevance-score': 0.5 } }],
		['target content', { ...hello, apns: { targetContentId: 'w' } }, { aps: { ...shown, 'target-content-id': 'w' } }],
		['filter criteria', { ...hello, apns: { filterCriteria: 'f' } }, { aps: { ...shown, 'filter-criteria': 'f' } }],
		[
			'a critical sound',
			{ ...hello, sound: 'a.caf', apns: { criticalVolume: 0.8 } },
			{ aps: { ...shown, sound: { critical: 1, name: 'a.caf', volume: 0.8 } } },
		],
		[
			'localised texts',
			{ apns: { titleLocKey: 'TK', titleLocArgs: ['a'], locKey: 'BK', locArgs: ['b', 'c'], launchImage: 'l' } },
			{
				aps: {
					alert: {
						'title-loc-key': 'TK',
						'title-loc-args': ['a'],
						'loc-key': 'BK',
						'loc-args': ['b', 'c'],
						'launch-image': 'l',
					},
				},
			},
		],
		['Safari URL arguments', { ...hello, apns: { urlArgs: ['a'] } }, { aps: { ...shown, 'url-args': ['a'] } }],
		[
			'a Safari topic, which needs the key',
			{ ...hello, apns: { topic: 'web.x' } },
			{ aps: { ...shown, 'url-args': [] } },
		],
		[
			'silence, with data alone',
			{ ...hello, silent: true, sound: 'default', badge: 1, imageUrl: 'https://i.example', data: { k: 'v' } },
			{ aps: { 'content-available': 1 }, k: 'v' },
		],
		[
			'empty texts as absent',
			{ title: '', body: 'World', sound: '', category: '' },
			{ aps: { alert: { body: 'World' } } },
		],
	])('has a place for %s', (_what, notification, expected) => {
		expect(sent(notification, 'APNS')).toEqual(expected);
	});

	test.each<[string, Notification, Record<string, unknown>]>([
		['an alert at 10', hello, { pushType: 'alert', priority: 10 }],
		['high priority', { ...hello, priority: 'high' }, { pushType: 'alert', priority: 10 }],
		['normal priority', { ...hello, priority: 'normal' }, { pushType: 'alert', priority: 5 }],
		['its own priority', { ...hello, priority: 'high', apns: { priority: 1 } }, { pushType: 'alert', priority: 1 }],
		['background at 5', { silent: true }, { pushType: 'background', priority: 5 }],
		[
			'background at 5 although 10 is asked',
			{ silent: true, priority: 'high' },
			{ pushType: 'background', priority: 5 },
		],
		['a time to live', { ...hello, timeToLiveSeconds: 0 }, { pushType: 'alert', priority: 10, timeToLiveSeconds: 0 }],
		[
			'a collapse id',
			{ ...hello, collapseId: 'c' },
			{ pushType: 'alert', priority: 10, collapseId: 'c', collapsible: true },
		],
		['a topic', { ...hello, apns: { topic: 't' } }, { pushType: 'alert', priority: 10, topic: 't' }],
		[
			'background for content-available alone',
			{ apns: { contentAvailable: true } },
			{ pushType: 'background', priority: 5 },
		],
	])('has headers for %s', (_what, notification, expected) => {
		expect(headersOf(render(notification, 'APNS'))).toEqual({ provider: 'apns', collapsible: false, ...expected });
	});

	test.each<[ApnsPushType, Record<string, unknown>]>([
		['voip', { aps: {}, k: 'v' }],
		['complication', { aps: {}, k: 'v' }],
		['fileprovider', { k: 'v' }],
		['mdm', { k: 'v' }],
		['location', { aps: {}, k: 'v' }],
		['pushtotalk', { aps: {}, k: 'v' }],
		['widgets', { aps: { 'content-changed': true }, k: 'v' }],
		['controls', { aps: { 'content-changed': true }, k: 'v' }],
		['background', { aps: { 'content-available': 1 }, k: 'v' }],
	])('of type %s needs no text', (pushType, payload) => {
		const rendered = render({ data: { k: 'v' }, apns: { pushType } }, 'APNS');
		expect([headersOf(rendered).pushType, jsonOf(rendered)]).toEqual([pushType, payload]);
	});

	test('on a VoIP channel is a VoIP push and may be 5,120 bytes long', () => {
		const long: Notification = { data: { k: 'x'.repeat(5000) }, apns: { pushType: 'alert' } };
		expect(headersOf(render(long, 'APNS_VOIP_SANDBOX'))).toMatchObject({ pushType: 'voip', priority: 10 });
		expect(refusalOf(render({ ...long, title: 't' }, 'APNS'))).toMatchObject({
			reason: 'PayloadTooLarge',
			statusCode: 413,
		});
	});

	test('that is a VoIP push on any channel may be as long', () => {
		const long: Notification = { data: { k: 'x'.repeat(5000) }, apns: { pushType: 'voip' } };
		expect(render(long, 'APNS')).toMatchObject({ pushType: 'voip' });
	});

	test('may not use the data key "aps"', () => {
		const refused = refusalOf(render({ ...hello, data: { aps: {} } }, 'APNS'));
		expect(refused).toMatchObject({ reason: 'ReservedDataKey', statusCode: 400, stops: 'message' });
		expect(refused.message).toContain('Rename it');
	});

	test('with nothing to show is refused', () => {
		expect(refusalOf(render({ data: { k: 'v' } }, 'APNS'))).toMatchObject({ reason: 'NoContent', statusCode: 400 });
	});

	test('that is a Live Activity needs a raw payload', () => {
		expect(refusalOf(render({ ...hello, apns: { pushType: 'liveactivity' } }, 'APNS')).reason).toBe('InvalidField');
	});

	test.each<[string, Notification, RegExp]>([
		['a changed priority', { silent: true, priority: 'high' }, /Priority 10 was changed to 5/],
		['texts a background push drops', { ...hello, apns: { pushType: 'background' } }, /shows nothing/],
		[
			'a data key that hides the link',
			{ ...hello, action: 'DEEP_LINK', url: 'a://b', data: { deeplink: 'x' } },
			/own key "deeplink"/,
		],
		['a data key that hides the picture', { ...hello, imageUrl: 'https://i', data: { data: 'x' } }, /own key "data"/],
	])('warns of %s', (_what, notification, sentence) => {
		expect(warningsAfter(compileNotification(notification), 'APNS').join(' ')).toMatch(sentence);
	});
});
