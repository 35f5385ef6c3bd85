import { compileMessageRequest, type DirectMessageConfiguration } from '../../../push/messages';
import { headersOf, jsonText, refusalOf } from '../content';
import { type Case, json, rendered, T } from './oneAddress';

describe('precedence', () => {
	const everything = {
		DefaultMessage: { Body: 'default' },
		DefaultPushNotificationMessage: { Title: 'push title', Body: 'push', Action: 'DEEP_LINK', Url: 'app://x' },
		APNSMessage: { Body: 'own' },
	} as const;
	const alertOf = (given: Case) => json('APNS', given).aps;

	test.each<[string, Case, unknown]>([
		[
			'DefaultMessage alone',
			{ configuration: { DefaultMessage: { Body: 'default' } } },
			{ alert: { body: 'default' } },
		],
		[
			'DefaultPushNotificationMessage over it',
			{
				configuration: { ...everything, APNSMessage: undefined },
			},
			{ alert: { title: 'push title', body: 'push' } },
		],
		[
			'the service’s own, field by field',
			{ configuration: everything },
			{ alert: { title: 'push title', body: 'own' } },
		],
		[
			'the address’s overrides, field by field',
			{
				configuration: everything,
				address: { BodyOverride: 'override' },
			},
			{ alert: { title: 'push title', body: 'override' } },
		],
		[
			'the service’s raw content over overrides',
			{
				configuration: { ...everything, APNSMessage: { RawContent: '{"aps":{"alert":"raw"}}' } },
				address: { TitleOverride: 'x' },
			},
			{ alert: 'raw' },
		],
		[
			'the address’s raw content over all',
			{
				configuration: { ...everything, APNSMessage: { RawContent: '{"aps":{"alert":"raw"}}' } },
				address: { RawContent: '{"aps":{"alert":"own raw"}}', TitleOverride: 'x' },
			},
			{ alert: 'own raw' },
		],
	])('%s', (_what, given, expected) => {
		expect(alertOf(given)).toEqual(expected);
	});

	test('a message that sets one header keeps the default texts', () => {
		expect(json('GCM', { configuration: { ...everything, GCMMessage: { TimeToLive: 5 } } })).toMatchObject({
			android: { ttl: '5s' },
			data: { 'pinpoint.notification.title': 'push title', 'pinpoint.deeplink': 'app://x' },
		});
	});

	test('substitutions: the address’s, then the service’s, then the defaults’', () => {
		const configuration = {
			DefaultMessage: { Substitutions: { a: ['1'], b: ['1'], c: ['1'], d: ['1'] } },
			DefaultPushNotificationMessage: { Substitutions: { b: ['2'], c: ['2'], d: ['2'] } },
			APNSMessage: { Body: '{{a}}{{b}}{{c}}{{d}}', Substitutions: { c: ['3'], d: ['3'] } },
		};
		expect(alertOf({ configuration, address: { Substitutions: { d: ['4'] } } })).toEqual({ alert: { body: '1234' } });
	});

	test('a missing value refuses that address', () => {
		const { content } = rendered('APNS', { configuration: { APNSMessage: { Body: '{{x}}' } } });
		expect(refusalOf(content).reason).toBe('MissingSubstitution');
	});

	test('context: the request’s and the address’s own, which wins', () => {
		const given: Case = {
			configuration: { DefaultMessage: { Body: 'b' } },
			request: { Context: { a: 'request', b: 'request' } },
			address: { Context: { b: 'address' } },
		};
		expect(json('APNS', given).data).toEqual({
			pinpoint: { a: 'request', b: 'address', campaign: { campaign_id: '_DIRECT' } },
		});
		expect(json('GCM', given).data).toMatchObject({ data: '{"pinpoint":{"a":"request","b":"address"}}' });
	});

	test('an override stands over the service’s own title', () => {
		const given: Case = { configuration: { APNSMessage: T }, address: { TitleOverride: 'override' } };
		expect(alertOf(given)).toEqual({ alert: { title: 'override', body: 'B' } });
	});

	test('the old raw format of Google stays Android’s, but for what was iOS’ own', () => {
		const raw = {
			time_to_live: 30,
			collapse_key: 'c',
			priority: 'high',
			content_available: true,
			notification: { badge: '1', sound: 's' },
		};
		expect(json('GCM', { configuration: { GCMMessage: { RawContent: JSON.stringify(raw) } } })).toEqual({
			android: { ttl: '30s', collapse_key: 'c', priority: 'HIGH', notification: { sound: 's' } },
			apns: { headers: { 'apns-priority': '10' }, payload: { aps: { badge: 1, 'content-available': 1 } } },
		});
	});

	test('headers of the message apply to raw content of the address', () => {
		const { content } = rendered('APNS', {
			configuration: { APNSMessage: { CollapseId: 'c', Priority: '5' } },
			address: { RawContent: '{"aps":{"alert":"x"}}' },
		});
		expect(jsonText(content)).toBe('{"aps":{"alert":"x"}}');
		expect(headersOf(content)).toMatchObject({ collapseId: 'c', priority: 5 });
	});

	test.each(['APNS', 'GCM', 'BAIDU', 'ADM'])('no content for %s is that address’s refusal', (channelType) => {
		const refused = refusalOf(rendered(channelType, { configuration: {} }).content);
		expect(refused).toMatchObject({ reason: 'NoContent', statusCode: 400 });
		expect(refused.message).toContain('Either a template or a push message must be specified');
	});
});

describe('warnings of a request', () => {
	test.each<[string, DirectMessageConfiguration, RegExp]>([
		['a URL without its action', { GCMMessage: { ...T, Url: 'https://x' } }, /Url is ignored/],
		['an action without its URL', { GCMMessage: { ...T, Action: 'URL' } }, /there is no Url/],
		[
			'an authentication method',
			{ GCMMessage: { ...T, PreferredAuthenticationMethod: 'KEY' } },
			/PreferredAuthenticationMethod/,
		],
		['messages of other services', { GCMMessage: T, SMSMessage: {} }, /SMSMessage is ignored/],
	])('speak of %s', (_what, configuration, sentence) => {
		expect(rendered('GCM', { configuration }).warnings.join()).toMatch(sentence);
	});

	test('speak of members AWS does not know', () => {
		const { warnings } = compileMessageRequest(
			{
				Addresses: { t: { ChannelType: 'GCM', Body: 'x' } },
				MessageConfiguration: { GcmMessage: {}, GCMMessage: { ...T, Colour: 'x' } },
				Extra: 1,
			},
			{ style: 'aws' },
		);
		expect(warnings.join('\n')).toMatch(
			/Extra[^]*MessageConfiguration.GcmMessage[^]*GCMMessage.Colour[^]*Addresses.\*.Body/,
		);
	});

	test('are absent from a plain request', () => {
		expect(rendered('APNS', { configuration: { APNSMessage: { ...T, SilentPush: true } } }).warnings).toEqual([]);
	});
});
