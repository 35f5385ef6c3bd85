import type { FcmExtras } from '../../../push/messages';
import { refusalOf, render, sent } from '../content';

const hello = { title: 'Hello', body: 'World' };

describe('what else Google takes', () => {
	test('every field of AndroidNotification and AndroidConfig has a place', () => {
		const fcm: FcmExtras = {
			eventTime: '2026-12-31T18:00:00Z',
			localOnly: true,
			defaultSound: true,
			defaultVibrateTimings: false,
			vibrateTimings: [0, 0.2, 1],
			defaultLightSettings: false,
			lightColor: '#ff8000',
			lightOnSeconds: 0.5,
			lightOffSeconds: 2,
			proxy: 'DENY',
			bandwidthConstrainedOk: true,
			restrictedSatelliteOk: false,
		};
		expect(sent({ ...hello, fcm }, 'GCM')).toMatchObject({
			android: {
				bandwidth_constrained_ok: true,
				restricted_satellite_ok: false,
				notification: {
					event_time: '2026-12-31T18:00:00.000Z',
					local_only: true,
					default_sound: true,
					default_vibrate_timings: false,
					vibrate_timings: ['0s', '0.2s', '1s'],
					default_light_settings: false,
					light_settings: {
						color: { red: 1, green: 0.502, blue: 0, alpha: 1 },
						light_on_duration: '0.5s',
						light_off_duration: '2s',
					},
					proxy: 'DENY',
				},
			},
		});
	});

	test('overrides are merged and win; null takes away; headers and data become text', () => {
		const fcm: FcmExtras = {
			androidOverride: { ttl: '5s', notification: { sound: null, tag: '{{tag}}' }, data: { n: 1 } },
			apnsOverride: { headers: { 'apns-priority': 10 }, payload: { aps: { 'interruption-level': 'critical' } } },
			webpush: { headers: { TTL: 60 }, notification: { title: 'Web' }, fcm_options: { link: 'https://example.com' } },
			liveActivityAddress: 'activity',
		};
		const notification = { ...hello, sound: 'default', timeToLiveSeconds: 60, fcm };
		expect(sent(notification, 'GCM', { substitutions: { tag: ['a"b'] } })).toEqual({
			notification: hello,
			android: { ttl: '5s', notification: { tag: 'a"b' }, data: { n: '1' } },
			webpush: { headers: { TTL: '60' }, notification: { title: 'Web' }, fcm_options: { link: 'https://example.com' } },
			apns: {
				headers: { 'apns-expiration': expect.any(String), 'apns-priority': '10' },
				payload: { aps: { sound: 'default', 'interruption-level': 'critical' } },
				live_activity_token: 'activity',
			},
		});
	});

	test.each<[string, FcmExtras]>([
		['a light that is no colour', { lightColor: 'red' }],
		['an event time that is none', { eventTime: 'soon' }],
		['an event time without an offset', { eventTime: '2026-12-31T18:00:00' }],
	])('%s is refused', (_what, fcm) => {
		expect(refusalOf(render({ ...hello, fcm }, 'GCM')).reason).toBe('InvalidField');
	});

	test('an override called __proto__ is only a key', () => {
		const webpush: unknown = JSON.parse('{"__proto__":{"polluted":1}}');
		render({ ...hello, fcm: { webpush: Object(webpush) } }, 'GCM');
		expect(Reflect.get({}, 'polluted')).toBeUndefined();
	});
});

test('a localised text for Amazon is a notification', () => {
	const adm = { titleLocKey: 'T', titleLocArgs: ['a'], bodyLocKey: 'B', bodyLocArgs: ['b'] };
	expect(sent({ adm }, 'ADM')).toEqual({
		notification: { title_loc_key: 'T', title_loc_args: ['a'], body_loc_key: 'B', body_loc_args: ['b'] },
	});
});
