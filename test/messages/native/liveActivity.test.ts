import type { ApnsExtras, Notification } from '../../../push/messages';
import { compileNotification } from '../../../push/messages';
import { headersOf, jsonOf, jsonText, recipient, refusalOf, render } from '../content';

const NOW = 1_700_000_000_000;
const clock = { now: () => NOW };

const live = (apns: ApnsExtras, rest: Notification = {}) => render({ ...rest, apns }, 'APNS', {}, { clock });

describe('a Live Activity', () => {
	test('starts with an alert, its attributes and its first state', () => {
		const rendered = live(
			{
				liveActivityEvent: 'start',
				attributesType: 'DeliveryAttributes',
				attributes: { order: 42 },
				contentState: { stops: 3, driver: { name: 'Ann' } },
				staleDate: '2026-01-01T00:00:00Z',
				inputPushAddress: true,
				relevanceScore: 75,
			},
			{ title: 'On its way', body: 'Three stops', sound: 'chime.caf' },
		);
		expect(headersOf(rendered)).toMatchObject({ pushType: 'liveactivity' });
		expect(jsonOf(rendered)).toEqual({
			aps: {
				timestamp: 1_700_000_000,
				event: 'start',
				'content-state': { stops: 3, driver: { name: 'Ann' } },
				'stale-date': 1_767_225_600,
				'relevance-score': 75,
				alert: { title: 'On its way', body: 'Three stops', sound: 'chime.caf' },
				'attributes-type': 'DeliveryAttributes',
				attributes: { order: 42 },
				'input-push-token': 1,
			},
		});
	});

	test('is updated for each recipient, its timestamp the second it is sent in', () => {
		let now = NOW;
		const message = compileNotification(
			{ apns: { liveActivityEvent: 'update', contentState: { driver: '{{driver}}' } } },
			{ clock: { now: () => now } },
		);
		const to = recipient('APNS', { substitutions: { driver: ['"Ann"'] } });
		expect(jsonOf(message.render(to))).toEqual({
			aps: { timestamp: 1_700_000_000, event: 'update', 'content-state': { driver: '"Ann"' } },
		});
		now += 2_000;
		expect(jsonText(message.render(to))).toContain('"timestamp":1700000002,');
	});

	test('ends, at once or at a time', () => {
		expect(jsonOf(live({ liveActivityEvent: 'end', dismissalDate: 1_700_000_100 }))).toEqual({
			aps: { timestamp: 1_700_000_000, event: 'end', 'dismissal-date': 1_700_000_100 },
		});
	});

	test.each<[string, ApnsExtras, Notification]>([
		[
			'a start without an alert',
			{ liveActivityEvent: 'start', attributesType: 'A', attributes: {}, contentState: {} },
			{},
		],
		['a start without attributes', { liveActivityEvent: 'start', contentState: {} }, { title: 'T' }],
		['an update without a state', { liveActivityEvent: 'update' }, {}],
		['a date that is none', { liveActivityEvent: 'end', dismissalDate: 'soon' }, {}],
		['a date without an offset', { liveActivityEvent: 'end', dismissalDate: '2026-12-31T18:00:00' }, {}],
		['a push type without an event', { pushType: 'liveactivity' }, { title: 'T' }],
	])('%s is refused with a sentence', (_what, apns, rest) => {
		expect(refusalOf(live(apns, rest))).toMatchObject({ reason: 'InvalidField', stops: 'message' });
	});
});

describe('the other push types of Apple', () => {
	test.each<[ApnsExtras['pushType'], Notification, Record<string, unknown>, Record<string, unknown>]>([
		['pushtotalk', { data: { channel: 'c' } }, { aps: {}, channel: 'c' }, { priority: 10, timeToLiveSeconds: 0 }],
		['widgets', {}, { aps: { 'content-changed': true } }, {}],
		['controls', {}, { aps: { 'content-changed': true } }, {}],
		['location', {}, { aps: {} }, {}],
		['complication', { data: { score: 3 } }, { aps: {}, score: 3 }, {}],
		[
			'fileprovider',
			{ data: { 'container-identifier': 'c', domain: 'd' } },
			{ 'container-identifier': 'c', domain: 'd' },
			{},
		],
		['mdm', { data: { mdm: 'magic' } }, { mdm: 'magic' }, {}],
		['voip', { data: { call: '1' } }, { aps: {}, call: '1' }, { priority: 10 }],
	])('%s has the payload and headers Apple asks for', (pushType, notification, payload, headers) => {
		const rendered = render({ ...notification, apns: { pushType } }, 'APNS');
		expect(jsonOf(rendered)).toEqual(payload);
		expect(headersOf(rendered)).toMatchObject({ pushType, ...headers });
	});
});
