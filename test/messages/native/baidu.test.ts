import { compileNotification } from '../../../push/messages';
import type { Notification } from '../../../push/messages';
import { headersOf, refusalOf, render, sent, warningsAfter } from '../content';

const hello: Notification = { title: 'Hello', body: 'World' };
const shown = { title: 'Hello', description: 'World', open_type: 2 };

describe('a notification for Baidu', () => {
	test.each<[string, Notification, Record<string, unknown>]>([
		['title and body', hello, shown],
		['a title alone, as the description it demands', { title: 'Hello' }, { description: 'Hello', open_type: 2 }],
		['data', { ...hello, data: { n: 1 } }, { ...shown, custom_content: { n: 1 } }],
		[
			'a URL',
			{ ...hello, action: 'URL', url: 'https://x' },
			{
				...shown,
				open_type: 1,
				url: 'https://x',
				custom_content: { url: 'https://x' },
			},
		],
		[
			'a deep link',
			{ ...hello, action: 'DEEP_LINK', url: 'app://x' },
			{
				...shown,
				pkg_content: 'app://x',
				custom_content: { deeplink: 'app://x' },
			},
		],
		[
			'its own fields',
			{ ...hello, baidu: { notificationBuilderId: 2, notificationBasicStyle: 7, pkgContent: 'intent:#x' } },
			{
				...shown,
				notification_builder_id: 2,
				notification_basic_style: 7,
				pkg_content: 'intent:#x',
			},
		],
		[
			'a transparent message',
			{ ...hello, data: { k: 'v' }, baidu: { messageType: 'transparent' } },
			{
				title: 'Hello',
				description: 'World',
				custom_content: { k: 'v' },
			},
		],
		['data alone', { data: { k: 'v' } }, { k: 'v' }],
		['silence', { ...hello, silent: true, data: { k: 'v' } }, { k: 'v' }],
		[
			'iOS',
			{
				...hello,
				subtitle: 'S',
				sound: 's',
				badge: 1,
				threadId: 'T',
				imageUrl: 'https://i',
				data: { k: 'v', aps: 1 },
				baidu: { deviceType: 'ios' },
			},
			{
				aps: {
					alert: { title: 'Hello', subtitle: 'S', body: 'World' },
					sound: 's',
					badge: 1,
					'thread-id': 'T',
					'mutable-content': 1,
				},
				k: 'v',
				'media-url': 'https://i',
			},
		],
		['iOS, a body alone', { body: 'World', baidu: { deviceType: 'ios' } }, { aps: { alert: 'World' } }],
		[
			'iOS, silence',
			{ silent: true, data: { k: 'v' }, baidu: { deviceType: 'ios' } },
			{ aps: { 'content-available': 1 }, k: 'v' },
		],
	])('has a place for %s', (_what, notification, expected) => {
		expect(sent(notification, 'BAIDU')).toEqual(expected);
	});

	test.each<[string, Notification, Record<string, unknown>]>([
		['a notification', hello, { messageType: 1 }],
		['a transparent message', { ...hello, baidu: { messageType: 'transparent' } }, { messageType: 0 }],
		['silence', { silent: true }, { messageType: 0 }],
		['data alone', { data: { k: 'v' } }, { messageType: 0 }],
		['a time to live', { ...hello, timeToLiveSeconds: 604_800 }, { messageType: 1, expiresSeconds: 604_800 }],
		['Android', { ...hello, baidu: { deviceType: 'android' } }, { messageType: 1, deviceType: 3 }],
		[
			'iOS in development',
			{ ...hello, baidu: { deviceType: 'ios', deployStatus: 'development' } },
			{ messageType: 1, deviceType: 4, deployStatus: 1 },
		],
		[
			'iOS in production',
			{ ...hello, baidu: { deviceType: 'ios', deployStatus: 'production' } },
			{ messageType: 1, deviceType: 4, deployStatus: 2 },
		],
		['a topic', { ...hello, baidu: { topicId: 't' } }, { messageType: 1, topicId: 't' }],
	])('has fields for %s', (_what, notification, expected) => {
		expect(headersOf(render(notification, 'BAIDU'))).toEqual({ provider: 'baidu', collapsible: false, ...expected });
	});

	test.each<[string, Notification, string]>([
		['no text', { data: { k: 'v' }, baidu: { messageType: 'notification' } }, 'NoContent'],
		['nothing', {}, 'NoContent'],
		['nothing, on iOS', { baidu: { deviceType: 'ios' } }, 'NoContent'],
		['a time to live over 7 days', { ...hello, timeToLiveSeconds: 604_801 }, 'InvalidTimeToLive'],
		['5 KB', { ...hello, body: 'x'.repeat(5000) }, 'PayloadTooLarge'],
	])('with %s is refused', (_what, notification, reason) => {
		expect(refusalOf(render(notification, 'BAIDU')).reason).toBe(reason);
	});

	test('does not miss the default sound: Android plays it anyway', () => {
		const message = compileNotification({ ...hello, sound: 'default' });
		expect(warningsAfter(message, 'BAIDU')).toEqual([]);
	});

	test('says what it leaves out', () => {
		const message = compileNotification({ ...hello, sound: 's', badge: 1, collapseId: 'c', priority: 'high' });
		expect(warningsAfter(message, 'BAIDU')).toEqual([
			'Baidu Cloud Push has no place for sound, badge, collapse id, priority: left out there.',
		]);
	});
});
