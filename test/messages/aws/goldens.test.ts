import { compileMessageRequest } from '../../../push/messages';
import type { MessageStyle } from '../../../push/messages';
import { headersOf, jsonOf, jsonText } from '../content';
import * as samples from './samples';

function only(request: unknown, style: MessageStyle = 'aws') {
	const { message, recipients } = compileMessageRequest(request, { style });
	const [recipient] = recipients;
	if (!recipient) throw new Error('no recipient');
	return message.render(recipient);
}

describe('the samples of AWS’s push guide', () => {
	test('GCM simple', () => {
		expect(jsonOf(only(samples.GCM_SIMPLE))).toEqual({
			android: { priority: 'NORMAL', ttl: '30s' },
			data: {
				'pinpoint.notification.title': 'My sample message',
				'pinpoint.notification.body': 'This is a sample message',
				'pinpoint.notification.silentPush': '1',
				'pinpoint.url': 'https://www.example.com',
				'pinpoint.campaign.campaign_id': '_DIRECT',
			},
		});
	});

	test.each<MessageStyle>(['aws', 'native'])('GCM with the old raw format, in style %s', (style) => {
		expect(jsonOf(only(samples.GCM_LEGACY_RAW, style))).toEqual({
			notification: { title: 'string', body: 'string' },
			data: { message: 'hello in data' },
			android: {
				ttl: '309744s',
				notification: {
					channel_id: 'string',
					body_loc_key: 'string',
					body_loc_args: ['string'],
					click_action: 'string',
					color: 'string',
					icon: 'string',
					sound: 'string',
					tag: 'string',
					title_loc_key: 'string',
					title_loc_args: ['string'],
				},
			},
		});
	});

	test('GCM with a raw v1 message, untouched: its own ttl stays', () => {
		expect(jsonOf(only(samples.GCM_V1_RAW))).toEqual(samples.V1_MESSAGE);
	});

	test('Safari, byte for byte', () => {
		const rendered = only(samples.SAFARI);
		expect(jsonText(rendered)).toBe(samples.SAFARI_RAW);
		expect(headersOf(rendered)).toEqual({ provider: 'apns', pushType: 'alert', priority: 10, collapsible: false });
	});

	test('APNS, an alert without content-available', () => {
		const rendered = only(samples.APNS);
		expect(jsonText(rendered)).toBe(samples.APNS_RAW);
		expect(headersOf(rendered)).toEqual({ provider: 'apns', pushType: 'alert', priority: 10, collapsible: false });
	});

	test('the JavaScript sample for APNS', () => {
		const rendered = only(samples.JS_APNS);
		expect(jsonOf(rendered)).toEqual({
			aps: { alert: { title: 'Test message', body: 'This is a sample message' } },
			data: { pinpoint: { deeplink: 'https://www.example.com', campaign: { campaign_id: '_DIRECT' } } },
		});
		expect(headersOf(rendered)).toEqual({
			provider: 'apns',
			pushType: 'alert',
			priority: 5,
			timeToLiveSeconds: 30,
			collapsible: false,
		});
	});

	const androidKeys = {
		'pinpoint.notification.title': 'Test message',
		'pinpoint.notification.body': 'This is a sample message',
		'pinpoint.notification.silentPush': '0',
		'pinpoint.url': 'https://www.example.com',
		'pinpoint.campaign.campaign_id': '_DIRECT',
	};

	test('the JavaScript sample for Baidu', () => {
		const rendered = only(samples.JS_BAIDU);
		expect(jsonOf(rendered)).toEqual({
			title: 'Test message',
			description: 'This is a sample message',
			open_type: 2,
			custom_content: androidKeys,
		});
		expect(headersOf(rendered)).toMatchObject({ messageType: 1, expiresSeconds: 30 });
	});

	test('the JavaScript sample for ADM', () => {
		expect(jsonOf(only(samples.JS_ADM))).toEqual({ data: androidKeys });
	});
});
