import { headersOf, jsonOf, refusalOf } from '../content';
import { json, rendered, T } from './oneAddress';

describe('each member of APNSMessage', () => {
	const alert = { alert: { title: 'T', body: 'B' } };
	const direct = { campaign: { campaign_id: '_DIRECT' } };
	test.each<[string, object, Record<string, unknown>]>([
		['Title, Body', {}, { aps: alert, data: { pinpoint: direct } }],
		['Action OPEN_APP', { Action: 'OPEN_APP' }, { aps: alert, data: { pinpoint: direct } }],
		[
			'Action DEEP_LINK',
			{ Action: 'DEEP_LINK', Url: 'app://x' },
			{ aps: alert, data: { pinpoint: { ...direct, deeplink: 'app://x' } } },
		],
		[
			'Action in small letters',
			{ Action: 'url', Url: 'https://x' },
			{ aps: alert, data: { pinpoint: { ...direct, deeplink: 'https://x' } } },
		],
		[
			'Data',
			{ Data: { k: 'v' } },
			{ aps: alert, data: { pinpoint: { ...direct, jsonBody: { k: 'v' } }, jsonBody: { k: 'v' } } },
		],
		[
			'SilentPush',
			{ SilentPush: true, Data: { k: 'v' } },
			{
				aps: { 'content-available': 1 },
				data: { pinpoint: { ...direct, jsonBody: { k: 'v' } }, jsonBody: { k: 'v' } },
			},
		],
		['Sound', { Sound: 'default' }, { aps: { ...alert, sound: 'default' }, data: { pinpoint: direct } }],
		['Badge', { Badge: 0 }, { aps: { ...alert, badge: 0 }, data: { pinpoint: direct } }],
		['Category', { Category: 'C' }, { aps: { ...alert, category: 'C' }, data: { pinpoint: direct } }],
		['ThreadId', { ThreadId: 'T' }, { aps: { ...alert, 'thread-id': 'T' }, data: { pinpoint: direct } }],
		[
			'MediaUrl',
			{ MediaUrl: 'https://m' },
			{ aps: { ...alert, 'mutable-content': 1 }, data: { 'media-url': 'https://m', pinpoint: direct } },
		],
		[
			'Substitutions',
			{ Body: '{{x}}', Substitutions: { x: ['y', 'z'] } },
			{ aps: { alert: { title: 'T', body: 'y' } }, data: { pinpoint: direct } },
		],
		['members that are null', { Sound: null, Badge: null }, { aps: alert, data: { pinpoint: direct } }],
	])('%s', (_what, own, expected) => {
		expect(json('APNS', { configuration: { APNSMessage: { ...T, ...own } } })).toEqual(expected);
	});

	test.each<[string, object, Record<string, unknown>]>([
		['nothing: 10', {}, { pushType: 'alert', priority: 10 }],
		['Priority 5', { Priority: '5' }, { pushType: 'alert', priority: 5 }],
		['Priority normal', { Priority: 'NORMAL' }, { pushType: 'alert', priority: 5 }],
		['Priority high', { Priority: 'high' }, { pushType: 'alert', priority: 10 }],
		['TimeToLive 0', { TimeToLive: 0 }, { pushType: 'alert', priority: 10, timeToLiveSeconds: 0 }],
		['CollapseId', { CollapseId: 'c' }, { pushType: 'alert', priority: 10, collapseId: 'c', collapsible: true }],
		['APNSPushType', { APNSPushType: 'Complication' }, { pushType: 'complication', priority: 10 }],
		['SilentPush: 5', { SilentPush: true }, { pushType: 'background', priority: 5 }],
	])('%s, as a header', (_what, own, expected) => {
		const { content } = rendered('APNS', { configuration: { APNSMessage: { ...T, ...own } } });
		const { priority, ...rest } = headersOf(content);
		expect({ priority: priority ?? 10, ...rest }).toEqual({ provider: 'apns', collapsible: false, ...expected });
	});

	test('on the VoIP channels is a VoIP push', () => {
		const { content } = rendered('APNS_VOIP', { configuration: { APNSMessage: T } });
		expect(headersOf(content)).toMatchObject({ pushType: 'voip' });
	});

	test.each([
		['Priority', { Priority: '7' }, 'InvalidPriority'],
		['APNSPushType', { APNSPushType: 'loud' }, 'InvalidField'],
		['CollapseId', { CollapseId: 'x'.repeat(65) }, 'InvalidCollapseId'],
		['TimeToLive', { TimeToLive: -1 }, 'InvalidTimeToLive'],
		['RawContent', { RawContent: '{' }, 'InvalidRawContent'],
		['size', { Body: 'x'.repeat(5000) }, 'PayloadTooLarge'],
	])('of a wrong %s is that address’s refusal, nobody else’s', (_what, own, reason) => {
		const refused = refusalOf(rendered('APNS', { configuration: { APNSMessage: { ...T, ...own } } }).content);
		expect(refused.reason).toBe(reason);
		expect(refused.stops).toBeUndefined();
	});
});

describe('each member of GCMMessage', () => {
	const noAction = {
		'pinpoint.notification.title': 'T',
		'pinpoint.notification.body': 'B',
		'pinpoint.notification.silentPush': '0',
		'pinpoint.campaign.campaign_id': '_DIRECT',
	};
	const basic = { ...noAction, 'pinpoint.openApp': 'true' };
	test.each<[string, object, Record<string, unknown>]>([
		['Title, Body', {}, { data: basic }],
		[
			'Action DEEP_LINK',
			{ Action: 'DEEP_LINK', Url: 'app://x' },
			{ data: { ...noAction, 'pinpoint.deeplink': 'app://x' } },
		],
		['Action URL', { Action: 'URL', Url: 'https://x' }, { data: { ...noAction, 'pinpoint.url': 'https://x' } }],
		['Action URL without one', { Action: 'URL' }, { data: basic }],
		['Data', { Data: { k: 'v"' } }, { data: { ...basic, 'pinpoint.jsonBody': '{"k":"v\\""}' } }],
		['SilentPush', { SilentPush: true }, { data: { ...basic, 'pinpoint.notification.silentPush': '1' } }],
		['Sound', { Sound: 's' }, { data: { ...basic, 'pinpoint.notification.sound': 's' } }],
		[
			'pictures',
			{ ImageUrl: 'i', ImageIconUrl: 'l', SmallImageIconUrl: 's', IconReference: 'r' },
			{
				data: {
					...basic,
					'pinpoint.notification.imageUrl': 'i',
					'pinpoint.notification.imageIconUrl': 'l',
					'pinpoint.notification.imageSmallIconUrl': 's',
					'pinpoint.notification.icon': 'r',
				},
			},
		],
		['CollapseKey', { CollapseKey: 'c' }, { data: basic, android: { collapse_key: 'c' } }],
		[
			'RestrictedPackageName',
			{ RestrictedPackageName: 'a.b' },
			{ data: basic, android: { restricted_package_name: 'a.b' } },
		],
		['Priority 10', { Priority: '10' }, { data: basic, android: { priority: 'HIGH' } }],
		['TimeToLive', { TimeToLive: 0 }, { data: basic, android: { ttl: '0s' } }],
	])('%s', (_what, own, expected) => {
		expect(json('GCM', { configuration: { GCMMessage: { ...T, ...own } } })).toEqual(expected);
	});

	test('CollapseKey over 64 bytes is refused', () => {
		const { content } = rendered('GCM', { configuration: { GCMMessage: { ...T, CollapseKey: 'x'.repeat(65) } } });
		expect(refusalOf(content).reason).toBe('InvalidCollapseId');
	});

	test('TimeToLive over 28 days is refused', () => {
		const { content } = rendered('GCM', { configuration: { GCMMessage: { ...T, TimeToLive: 2_419_201 } } });
		expect(refusalOf(content).reason).toBe('InvalidTimeToLive');
	});

	test('in the native style is shown by the phone, AWS’s keys beside it', () => {
		const given = {
			...T,
			Action: 'URL',
			Url: 'https://x',
			Data: { k: 'v' },
			ImageUrl: 'i',
			Sound: 's',
			IconReference: 'r',
		} as const;
		expect(json('GCM', { configuration: { GCMMessage: given }, style: 'native' })).toEqual({
			notification: { title: 'T', body: 'B', image: 'i' },
			android: { notification: { sound: 's', icon: 'r' } },
			apns: { payload: { aps: { sound: 's', 'mutable-content': 1 } } },
			data: {
				k: 'v',
				url: 'https://x',
				...noAction,
				'pinpoint.url': 'https://x',
				'pinpoint.notification.imageUrl': 'i',
				'pinpoint.notification.sound': 's',
				'pinpoint.notification.icon': 'r',
				'pinpoint.jsonBody': '{"k":"v"}',
			},
		});
	});
});

describe('the other services', () => {
	test('ADMMessage', () => {
		const own = { ...T, ConsolidationKey: 'c', ExpiresAfter: '60', MD5: 'abc' };
		expect(json('ADM', { configuration: { ADMMessage: own } })).toMatchObject({
			consolidationKey: 'c',
			expiresAfter: 60,
			md5: 'abc',
		});
		const { content } = rendered('ADM', { configuration: { ADMMessage: { ...T, ExpiresAfter: 'soon' } } });
		expect(refusalOf(content).reason).toBe('InvalidTimeToLive');
	});

	test('ADMMessage in the native style has a checksum of what is really sent', () => {
		const sent = json('ADM', { configuration: { ADMMessage: { ...T, MD5: 'of something else' } }, style: 'native' });
		expect(sent).toMatchObject({
			notification: { title: 'T', body: 'B' },
			md5: expect.stringMatching(/^[\w+/]{22}==$/),
		});
	});

	test('a silent BaiduMessage is AWS’s keys alone, transparent', () => {
		const { content } = rendered('BAIDU', { configuration: { BaiduMessage: { ...T, SilentPush: true } } });
		expect(jsonOf(content)).toMatchObject({ 'pinpoint.notification.silentPush': '1' });
		expect(headersOf(content)).toMatchObject({ messageType: 0 });
	});

	test('APNS in the native style has the link and the data where an app without AWS’s library looks', () => {
		const own = { ...T, Action: 'DEEP_LINK', Url: 'app://x', Data: { k: 'v' } } as const;
		expect(json('APNS', { configuration: { APNSMessage: own }, style: 'native' })).toEqual({
			aps: { alert: { title: 'T', body: 'B' } },
			k: 'v',
			deeplink: 'app://x',
			data: {
				pinpoint: { deeplink: 'app://x', campaign: { campaign_id: '_DIRECT' }, jsonBody: { k: 'v' } },
				jsonBody: { k: 'v' },
			},
		});
	});
});
