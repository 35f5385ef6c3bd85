import { compileNotification } from '../../../push/messages';
import type { Notification } from '../../../push/messages';
import { headersOf, refusalOf, render, sent, jsonOf, recipient } from '../content';

const hello: Notification = { title: 'Hello', body: 'World' };
const shown = { notification: { title: 'Hello', body: 'World' } };
const clock = { now: () => 1_700_000_000_999 };

const sentAt = (notification: Notification) => jsonOf(render(notification, 'GCM', {}, { clock }));

describe('a notification for Google', () => {
	test.each<[string, Notification, Record<string, unknown>]>([
		['title and body', hello, shown],
		[
			'an image',
			{ ...hello, imageUrl: 'https://i' },
			{
				notification: { title: 'Hello', body: 'World', image: 'https://i' },
				apns: { payload: { aps: { 'mutable-content': 1 } } },
			},
		],
		[
			'a subtitle, for iPhones',
			{ ...hello, subtitle: 'S' },
			{
				...shown,
				apns: { payload: { aps: { alert: { title: 'Hello', subtitle: 'S', body: 'World' } } } },
			},
		],
		[
			'a sound',
			{ ...hello, sound: 'default' },
			{
				...shown,
				android: { notification: { sound: 'default' } },
				apns: { payload: { aps: { sound: 'default' } } },
			},
		],
		[
			'a badge',
			{ ...hello, badge: 2 },
			{
				...shown,
				android: { notification: { notification_count: 2 } },
				apns: { payload: { aps: { badge: 2 } } },
			},
		],
		['a category', { ...hello, category: 'C' }, { ...shown, apns: { payload: { aps: { category: 'C' } } } }],
		['a thread', { ...hello, threadId: 'T' }, { ...shown, apns: { payload: { aps: { 'thread-id': 'T' } } } }],
		[
			'a collapse id',
			{ ...hello, collapseId: 'c' },
			{
				...shown,
				android: { collapse_key: 'c' },
				apns: { headers: { 'apns-collapse-id': 'c' } },
			},
		],
		['high priority', { ...hello, priority: 'high' }, { ...shown, android: { priority: 'HIGH' } }],
		[
			'normal priority',
			{ ...hello, priority: 'normal' },
			{
				...shown,
				android: { priority: 'NORMAL' },
				apns: { headers: { 'apns-priority': '5' } },
			},
		],
		[
			'a time to live',
			{ ...hello, timeToLiveSeconds: 60 },
			{
				...shown,
				android: { ttl: '60s' },
				apns: { headers: { 'apns-expiration': '1700000060' } },
			},
		],
		[
			'now or never',
			{ ...hello, timeToLiveSeconds: 0 },
			{
				...shown,
				android: { ttl: '0s' },
				apns: { headers: { 'apns-expiration': '0' } },
			},
		],
		[
			'data, as strings',
			{ ...hello, data: { s: 'x', n: 1, b: false, o: { k: ['v', 2] }, z: null } },
			{
				...shown,
				data: { s: 'x', n: '1', b: 'false', o: '{"k":["v",2]}' },
			},
		],
		['a deep link', { ...hello, action: 'DEEP_LINK', url: 'app://x' }, { ...shown, data: { deeplink: 'app://x' } }],
		['a URL', { ...hello, action: 'URL', url: 'https://x' }, { ...shown, data: { url: 'https://x' } }],
		[
			'Android fields',
			{
				...hello,
				fcm: {
					androidChannelId: 'ch',
					icon: 'ic',
					color: '#00ff00',
					tag: 'tg',
					clickAction: 'ca',
					ticker: 'ti',
					sticky: true,
					visibility: 'PUBLIC',
					notificationPriority: 'PRIORITY_MAX',
					restrictedPackageName: 'a.b',
					directBootOk: true,
					analyticsLabel: 'l',
				},
			},
			{
				...shown,
				android: {
					restricted_package_name: 'a.b',
					direct_boot_ok: true,
					notification: {
						channel_id: 'ch',
						icon: 'ic',
						color: '#00ff00',
						tag: 'tg',
						click_action: 'ca',
						ticker: 'ti',
						sticky: true,
						visibility: 'PUBLIC',
						notification_priority: 'PRIORITY_MAX',
					},
				},
				fcm_options: { analytics_label: 'l' },
			},
		],
		[
			'localised texts',
			{ fcm: { titleLocKey: 'TK', titleLocArgs: ['a'], bodyLocKey: 'BK', bodyLocArgs: ['b'] } },
			{
				android: {
					notification: { title_loc_key: 'TK', title_loc_args: ['a'], body_loc_key: 'BK', body_loc_args: ['b'] },
				},
				apns: {
					payload: {
						aps: { alert: { 'title-loc-key': 'TK', 'title-loc-args': ['a'], 'loc-key': 'BK', 'loc-args': ['b'] } },
					},
				},
			},
		],
		[
			'silence',
			{ ...hello, silent: true, data: { k: 1 } },
			{
				data: { k: '1' },
				android: { priority: 'NORMAL' },
				apns: {
					headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
					payload: { aps: { 'content-available': 1 } },
				},
			},
		],
		[
			'silence in a hurry',
			{ silent: true, priority: 'high' },
			{
				android: { priority: 'HIGH' },
				apns: {
					headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
					payload: { aps: { 'content-available': 1 } },
				},
			},
		],
		[
			'data alone',
			{ data: { k: 'v' } },
			{
				data: { k: 'v' },
				apns: {
					headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
					payload: { aps: { 'content-available': 1 } },
				},
			},
		],
		[
			'everything as data',
			{ ...hello, sound: 's', badge: 1, data: { title: 'mine' }, fcm: { dataOnly: true } },
			{
				data: { title: 'mine', body: 'World', sound: 's', badge: '1' },
				apns: {
					headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
					payload: { aps: { 'content-available': 1 } },
				},
			},
		],
	])('has a place for %s', (_what, notification, expected) => {
		expect(sentAt(notification)).toEqual(expected);
	});

	test('keeps the moment of expiry up to date', () => {
		let now = 1_000_000;
		const message = compileNotification({ ...hello, timeToLiveSeconds: 10 }, { clock: { now: () => now } });
		const expiry = () => jsonOf(message.render(recipient('GCM')));
		expect(expiry()).toMatchObject({ apns: { headers: { 'apns-expiration': '1010' } } });
		expect(message.render(recipient('GCM'))).toBe(message.render(recipient('GCM')));
		now = 2_000_000;
		expect(expiry()).toMatchObject({ apns: { headers: { 'apns-expiration': '2010' } } });
	});

	test.each(['from', 'message_type', 'gcm', 'google.x', 'gcm.notification.title'])(
		'may not use the data key %s',
		(key) => {
			const refused = refusalOf(render({ ...hello, data: { [key]: 'v' } }, 'GCM'));
			expect(refused).toMatchObject({ reason: 'ReservedDataKey', stops: 'message' });
			expect(refused.message).toContain(`"${key}"`);
		},
	);

	test.each(['fromage', 'googlex', 'message'])('may use the data key %s', (key) => {
		expect(sent({ ...hello, data: { [key]: 'v' } }, 'GCM')).toMatchObject({ data: { [key]: 'v' } });
	});

	test.each<[string, Notification, string]>([
		['a time to live over 28 days', { ...hello, timeToLiveSeconds: 2_419_201 }, 'InvalidTimeToLive'],
		['a colour by name', { ...hello, fcm: { color: 'red' } }, 'InvalidField'],
		['an analytics label with blanks', { ...hello, fcm: { analyticsLabel: 'a b' } }, 'InvalidField'],
		['no content', {}, 'NoContent'],
	])('with %s is refused', (_what, notification, reason) => {
		expect(refusalOf(render(notification, 'GCM')).reason).toBe(reason);
	});

	test('takes 28 days', () => {
		expect(sent({ ...hello, timeToLiveSeconds: 2_419_200 }, 'GCM')).toMatchObject({ android: { ttl: '2419200s' } });
	});

	test('is collapsible only with a key', () => {
		expect(headersOf(render({ ...hello, collapseId: 'c' }, 'GCM'))).toMatchObject({
			collapsible: true,
			validateOnly: false,
		});
		expect(headersOf(render(hello, 'GCM'))).toMatchObject({ collapsible: false });
	});

	test('counts the JSON of data and notification against its limit', () => {
		const rendered = render({ ...hello, sound: 'x'.repeat(6000), data: { k: 'ä' } }, 'GCM');
		const expected = Buffer.byteLength('{"title":"Hello","body":"World"}{"k":"ä"}');
		expect(rendered).toMatchObject({ bytes: expected });
		expect(refusalOf(render({ ...hello, body: 'x'.repeat(4096) }, 'GCM'))).toMatchObject({
			reason: 'PayloadTooLarge',
			statusCode: 413,
			message: expect.stringMatching(/4,\d\d\d bytes long; Google \(FCM\) takes at most 4,096/),
		});
	});
});
