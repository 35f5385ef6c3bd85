import { compileMessageRequest, compileNotification, type Notification } from '../../../push/messages';
import type { ChannelType } from '../../../push/model';
import { jsonOf, recipient, warningsAfter } from '../content';

const NOW = { now: () => 1_700_000_000_000 };

const NOTIFICATION: Notification = {
	title: 'Hi {{name}}',
	body: 'B',
	action: 'URL',
	url: 'https://x',
	data: { n: 1, o: { k: 'v' } },
	imageUrl: 'https://i',
	sound: 's',
	collapseId: 'c',
	priority: 'normal',
	timeToLiveSeconds: 60,
	fcm: { icon: 'ic', restrictedPackageName: 'a.b' },
	adm: { icon: 'ic' },
};

const common = {
	Title: 'Hi {{name}}',
	Body: 'B',
	Action: 'URL',
	Url: 'https://x',
	Data: { n: '1', o: '{"k":"v"}' },
	Sound: 's',
};
const android = { ...common, ImageUrl: 'https://i' };

/** The same in AWS's words. */
const CONFIGURATION = {
	APNSMessage: { ...common, MediaUrl: 'https://i', CollapseId: 'c', Priority: '5', TimeToLive: 60 },
	GCMMessage: {
		...android,
		IconReference: 'ic',
		RestrictedPackageName: 'a.b',
		CollapseKey: 'c',
		Priority: 'normal',
		TimeToLive: 60,
	},
	BaiduMessage: { ...android, TimeToLive: 60 },
	ADMMessage: { ...android, IconReference: 'ic', ConsolidationKey: 'c', ExpiresAfter: '60' },
};

describe('a notification in AWS’s style', () => {
	const own = { substitutions: { name: ['Ann'] } };

	test.each<ChannelType>(['APNS', 'APNS_VOIP', 'GCM', 'BAIDU', 'ADM'])(
		'is on %s what a MessageRequest that says the same is',
		(channelType) => {
			const ours = compileNotification(NOTIFICATION, { style: 'aws', clock: NOW }).render(recipient(channelType, own));
			const { message } = compileMessageRequest(
				{ Addresses: { t: { ChannelType: channelType } }, MessageConfiguration: CONFIGURATION },
				{ style: 'aws', clock: NOW, onMissing: 'keep' },
			);
			const theirs = message.render(recipient(channelType, own));
			expect(jsonOf(ours)).toEqual(jsonOf(theirs));
			expect(ours).toEqual(theirs);
		},
	);

	test('keeps Apple’s own fields, and says what Google and Amazon have no place for', () => {
		const given: Notification = {
			title: 'T',
			subtitle: 'S',
			apns: { interruptionLevel: 'passive' },
			fcm: { tag: 't' },
		};
		const message = compileNotification(given, { style: 'aws' });
		expect(jsonOf(message.render(recipient('APNS')))).toEqual({
			aps: { alert: { title: 'T', subtitle: 'S' }, 'interruption-level': 'passive' },
			data: { pinpoint: { campaign: { campaign_id: '_DIRECT' } } },
		});
		expect(warningsAfter(message, 'GCM')).toEqual([
			'Google (FCM) in AWS’s style has no place for subtitle, tag: left out there.',
		]);
	});

	test('keeps Baidu’s own fields: on iOS AWS’s keys stand beside aps', () => {
		const given: Notification = { title: 'T', body: 'B', baidu: { deviceType: 'ios', deployStatus: 'development' } };
		const rendered = compileNotification(given, { style: 'aws' }).render(recipient('BAIDU'));
		expect(jsonOf(rendered)).toMatchObject({
			aps: { alert: { title: 'T', body: 'B' } },
			'pinpoint.notification.title': 'T',
		});
		expect(rendered).toMatchObject({ deviceType: 4, deployStatus: 1 });
	});

	test('a silent one wakes the app with AWS’s keys', () => {
		const message = compileNotification({ silent: true, data: { k: 'v' } }, { style: 'aws' });
		expect(jsonOf(message.render(recipient('APNS')))).toEqual({
			aps: { 'content-available': 1 },
			data: { pinpoint: { campaign: { campaign_id: '_DIRECT' }, jsonBody: { k: 'v' } }, jsonBody: { k: 'v' } },
		});
		expect(jsonOf(message.render(recipient('GCM')))).toMatchObject({
			data: { 'pinpoint.notification.silentPush': '1', 'pinpoint.jsonBody': '{"k":"v"}' },
		});
	});
});
