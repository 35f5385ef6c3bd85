import { compileNotification } from '../../../push/messages';
import type { Notification } from '../../../push/messages';
import { headersOf, jsonOf, recipient, refusalOf, render, warningsAfter } from '../content';

const clock = { now: () => 1_700_000_000_000 };

function rendered(content: object, notification: Notification = {}) {
	return render({ ...notification, raw: { fcm: JSON.stringify(content) } }, 'GCM', {}, { clock });
}

const message = (content: object, notification?: Notification) => jsonOf(rendered(content, notification));

const v1 = {
	notification: { title: 'T' },
	data: { k: 'v' },
	android: { ttl: '5.5s', collapse_key: 'inner', priority: 'high' },
	webpush: { headers: { TTL: '1' } },
};

describe('raw content for Google', () => {
	test.each([
		['AWS’s wrapper', { fcmV1Message: { message: v1 } }],
		['AWS’s wrapper around a bare message', { fcmV1Message: v1 }],
		['a v1 request', { message: v1 }],
	])('in the shape of %s goes out untouched', (_what, content) => {
		expect(message(content)).toEqual(v1);
	});

	test.each([
		[{ fcmV1Message: { message: v1, validate_only: true } }, true],
		[{ message: v1, validateOnly: true }, true],
		[{ message: v1, validate_only: false }, false],
		[{ notification: { title: 'T' }, dry_run: true }, true],
		[{ notification: { title: 'T' } }, false],
	])('%j: validate only is %s', (content, validateOnly) => {
		expect(headersOf(rendered(content))).toMatchObject({ validateOnly });
	});

	test.each(['token', 'fid', 'topic', 'condition', 'name'])('loses the target "%s"', (target) => {
		expect(message({ message: { ...v1, [target]: 'x' } })).toEqual(v1);
	});

	test.each([{ to: 'x' }, { registration_ids: ['x'] }, { condition: 'x' }, { notification_key: 'x' }])(
		'in the old format loses the target %j',
		(target) => {
			expect(message({ data: { k: 'v' }, ...target })).toEqual({ data: { k: 'v' } });
		},
	);

	test('wins over the fields beside it, which fill only what it leaves open', () => {
		const fields: Notification = {
			timeToLiveSeconds: 60,
			priority: 'normal',
			collapseId: 'outer',
			fcm: { restrictedPackageName: 'a.b' },
		};
		expect(message({ message: { ...v1, android: { collapseKey: 'inner', ttl: '1s' } } }, fields)).toEqual({
			...v1,
			android: { collapseKey: 'inner', ttl: '1s', priority: 'NORMAL', restricted_package_name: 'a.b' },
			apns: { headers: { 'apns-expiration': '1700000060', 'apns-priority': '5', 'apns-collapse-id': 'outer' } },
		});
	});

	test('keeps the headers for iPhones it has', () => {
		const apns = { headers: { 'apns-collapse-id': 'inner' }, payload: { aps: {} } };
		expect(message({ message: { apns } }, { collapseId: 'outer' })).toMatchObject({ apns });
	});

	test.each([{ message: {} }, { fcmV1Message: { message: { token: 'x' } } }, {}])(
		'%j is refused: it is empty',
		(content) => {
			expect(refusalOf(rendered(content)).reason).toBe('NoContent');
		},
	);

	test('fills placeholders and escapes what they bring', () => {
		const compiled = compileNotification({ raw: { fcm: '{"message":{"data":{"k":"{{v}}"}}}' } });
		expect(jsonOf(compiled.render(recipient('GCM', { substitutions: { v: ['","x":"y'] } })))).toEqual({
			data: { k: '","x":"y' },
		});
	});
});

describe('the old format of Google, key by key', () => {
	test.each<[string, object, Record<string, unknown>]>([
		[
			'collapse_key',
			{ collapse_key: 'abc' },
			{
				android: { collapse_key: 'abc' },
				apns: { headers: { 'apns-collapse-id': 'abc' } },
				webpush: { headers: { Topic: 'abc' } },
			},
		],
		[
			'a collapse_key browsers do not take',
			{ collapse_key: 'a b' },
			{
				android: { collapse_key: 'a b' },
				apns: { headers: { 'apns-collapse-id': 'a b' } },
			},
		],
		[
			'priority high',
			{ priority: 'high' },
			{
				android: { priority: 'HIGH' },
				apns: { headers: { 'apns-priority': '10' } },
				webpush: { headers: { Urgency: 'high' } },
			},
		],
		[
			'priority 5',
			{ priority: 5 },
			{
				android: { priority: 'NORMAL' },
				apns: { headers: { 'apns-priority': '5' } },
				webpush: { headers: { Urgency: 'normal' } },
			},
		],
		['content_available', { content_available: true }, { apns: { payload: { aps: { 'content-available': 1 } } } }],
		['mutable_content', { mutable_content: true }, { apns: { payload: { aps: { 'mutable-content': 1 } } } }],
		[
			'time_to_live',
			{ time_to_live: 30 },
			{
				android: { ttl: '30s' },
				apns: { headers: { 'apns-expiration': '1700000030' } },
				webpush: { headers: { TTL: '30' } },
			},
		],
		[
			'time_to_live 0',
			{ time_to_live: 0 },
			{
				android: { ttl: '0s' },
				apns: { headers: { 'apns-expiration': '0' } },
				webpush: { headers: { TTL: '0' } },
			},
		],
		['restricted_package_name', { restricted_package_name: 'a.b' }, { android: { restricted_package_name: 'a.b' } }],
		['delay_while_idle, which is gone', { delay_while_idle: true }, {}],
		['data', { data: { n: 1, o: { a: [1] } } }, { data: { n: '1', o: '{"a":[1]}' } }],
		[
			'title, body and image',
			{ notification: { title: 'T', body: 'B', image: 'I' } },
			{ notification: { title: 'T', body: 'B', image: 'I' } },
		],
		[
			'android_channel_id',
			{ notification: { android_channel_id: 'c' } },
			{ android: { notification: { channel_id: 'c' } } },
		],
		[
			'icon, color, tag, ticker, sticky',
			{ notification: { icon: 'i', color: '#000000', tag: 't', ticker: 'k', sticky: true } },
			{
				android: { notification: { icon: 'i', color: '#000000', tag: 't', ticker: 'k', sticky: true } },
			},
		],
		[
			'sound',
			{ notification: { sound: 's' } },
			{
				android: { notification: { sound: 's' } },
				apns: { payload: { aps: { sound: 's' } } },
			},
		],
		[
			'click_action',
			{ notification: { click_action: 'A' } },
			{
				android: { notification: { click_action: 'A' } },
				apns: { payload: { aps: { category: 'A' } } },
			},
		],
		[
			'a web page as click_action, a picture as icon',
			{ notification: { click_action: 'https://x', icon: 'https://i' } },
			{
				android: { notification: { click_action: 'https://x', icon: 'https://i' } },
				apns: { payload: { aps: { category: 'https://x' } } },
				webpush: { notification: { icon: 'https://i' }, fcm_options: { link: 'https://x' } },
			},
		],
		[
			'localised texts with arguments as JSON text',
			{
				notification: { body_loc_key: 'BK', body_loc_args: '["a","b"]', title_loc_key: 'TK', title_loc_args: ['c'] },
			},
			{
				android: {
					notification: { body_loc_key: 'BK', body_loc_args: ['a', 'b'], title_loc_key: 'TK', title_loc_args: ['c'] },
				},
				apns: {
					payload: {
						aps: { alert: { 'loc-key': 'BK', 'loc-args': ['a', 'b'], 'title-loc-key': 'TK', 'title-loc-args': ['c'] } },
					},
				},
			},
		],
		[
			'arguments that are one plain text',
			{ notification: { body_loc_key: 'BK', body_loc_args: 'a' } },
			{
				android: { notification: { body_loc_key: 'BK', body_loc_args: ['a'] } },
				apns: { payload: { aps: { alert: { 'loc-key': 'BK', 'loc-args': ['a'] } } } },
			},
		],
		['badge', { notification: { badge: '3' } }, { apns: { payload: { aps: { badge: 3 } } } }],
		[
			'subtitle',
			{ notification: { title: 'T', subtitle: 'S' } },
			{
				notification: { title: 'T' },
				apns: { payload: { aps: { alert: { title: 'T', subtitle: 'S' } } } },
			},
		],
		[
			'notification_count, visibility, priority',
			{ notification: { notification_count: '2', visibility: 'private', priority: 'high' } },
			{
				android: {
					notification: { notification_count: 2, visibility: 'PRIVATE', notification_priority: 'PRIORITY_HIGH' },
				},
			},
		],
		[
			'numbers for visibility and priority',
			{ notification: { visibility: 1, priority: -2 } },
			{
				android: { notification: { visibility: 'PUBLIC', notification_priority: 'PRIORITY_MIN' } },
			},
		],
		['fcm_options', { fcm_options: { analytics_label: 'l' } }, { fcm_options: { analytics_label: 'l' } }],
		[
			'members v1 has too',
			{ priority: 'high', android: { priority: 'normal', ttl: '1s' } },
			{
				android: { priority: 'normal', ttl: '1s' },
				apns: { headers: { 'apns-priority': '10' } },
				webpush: { headers: { Urgency: 'high' } },
			},
		],
	])('%s', (_what, content, expected) => {
		expect(message({ data: { x: 'y' }, ...content })).toEqual({ data: { x: 'y' }, ...expected });
	});

	test.each([
		['content_available', { content_available: 1 }, { apns: { payload: { aps: { 'content-available': 1 } } } }],
		['mutable_content', { mutable_content: 'true' }, { apns: { payload: { aps: { 'mutable-content': 1 } } } }],
		['a flag that is off', { content_available: false, mutable_content: 0 }, {}],
		['nothing at all', { priority: null, time_to_live: '', data: null, notification: null, android: null }, {}],
		['a number as a key', { restricted_package_name: 7 }, { android: { restricted_package_name: '7' } }],
	])('%s is taken as the old API took it', (_what, content, expected) => {
		expect(message({ fcm_options: {}, ...content })).toEqual({ fcm_options: {}, ...expected });
	});

	test.each<[string, unknown]>([
		['data', 'text'],
		['notification', ['list']],
		['android', 'text'],
		['apns', 1],
		['webpush', true],
		['priority', 'urgent'],
		['time_to_live', 'soon'],
		['time_to_live', 1.5],
		['collapse_key', { a: 1 }],
		['restricted_package_name', true],
		['content_available', 'perhaps'],
		['mutable_content', 2],
		['dry_run', 'perhaps'],
	])('%s %j is refused with its name: nobody would see that it is missing', (member, value) => {
		const refused = refusalOf(rendered({ notification: { title: 'T' }, [member]: value }));
		expect(refused.reason).toBe('InvalidRawContent');
		expect(refused.message).toContain(`"${member}" of the raw payload for Google is not`);
	});

	test.each([-1, 2_419_201])('time_to_live %d is out of Google’s range', (seconds) => {
		expect(refusalOf(rendered({ data: { k: 'v' }, time_to_live: seconds })).reason).toBe('InvalidTimeToLive');
	});

	test('refuses keys Google keeps for itself', () => {
		expect(refusalOf(rendered({ data: { from: 'x' } })).reason).toBe('ReservedDataKey');
	});

	test('warns of members it does not know', () => {
		const compiled = compileNotification({ raw: { fcm: '{"data":{"k":"v"},"odd":1,"notification":{"strange":2}}' } });
		const warnings = warningsAfter(compiled, 'GCM').join();
		expect(warnings).toContain('odd');
		expect(warnings).toContain('strange');
	});
});
