import { headersOf, refusalOf } from '../content';
import { json, rendered, T } from './oneAddress';

describe('words of APNSMessage', () => {
	const alert = { alert: { title: 'T', body: 'B' } };
	const direct = { campaign: { campaign_id: '_DIRECT' } };
	test.each<[string, object, Record<string, unknown>]>([
		['Action OPEN_APP', { Action: 'OPEN_APP', Url: 'https://x' }, { aps: alert, data: { pinpoint: direct } }],
		[
			'Action in small letters',
			{ Action: 'url', Url: 'https://x' },
			{ aps: alert, data: { pinpoint: { ...direct, deeplink: 'https://x' } } },
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

describe('words of GCMMessage', () => {
	test('an action without its URL opens the app', () => {
		expect(json('GCM', { configuration: { GCMMessage: { ...T, Action: 'URL' } } })).toMatchObject({
			data: { 'pinpoint.openApp': 'true' },
		});
	});

	test.each([
		['10', 'HIGH'],
		['High', 'HIGH'],
		['normal', 'NORMAL'],
	])('Priority %s', (Priority, word) => {
		expect(json('GCM', { configuration: { GCMMessage: { ...T, Priority } } })).toMatchObject({
			android: { priority: word },
		});
	});

	test('TimeToLive 0 is now or never', () => {
		expect(json('GCM', { configuration: { GCMMessage: { ...T, TimeToLive: 0 } } })).toMatchObject({
			android: { ttl: '0s' },
		});
	});

	test('CollapseKey over 64 bytes is refused', () => {
		const { content } = rendered('GCM', { configuration: { GCMMessage: { ...T, CollapseKey: 'x'.repeat(65) } } });
		expect(refusalOf(content).reason).toBe('InvalidCollapseId');
	});

	test('TimeToLive over 28 days is refused', () => {
		const { content } = rendered('GCM', { configuration: { GCMMessage: { ...T, TimeToLive: 2_419_201 } } });
		expect(refusalOf(content).reason).toBe('InvalidTimeToLive');
	});
});

describe('the other services', () => {
	test('ADMMessage with an expiry that is no number is refused', () => {
		const { content } = rendered('ADM', { configuration: { ADMMessage: { ...T, ExpiresAfter: 'soon' } } });
		expect(refusalOf(content).reason).toBe('InvalidTimeToLive');
	});
});
