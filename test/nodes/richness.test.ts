import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { jsonOf, push, type Surroundings, surroundings } from './setup';

describe('what Send Push can say beyond AWS', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	const send = async (parameters: INodeParameters, items: IDataObject[]) => await push(around, { parameters, items });

	const apple = () => around.simulators.apns.production.arrivals;

	const google = () => around.simulators.fcm.arrivals.map(({ body }) => JSON.parse(body).message);

	it('updates a Live Activity with each item’s values, on its own topic', async () => {
		const device = around.simulators.apns.production.goodAddress();
		const { failed, sent, error } = await send(
			{
				channel: 'APNS',
				apnsOptions: {
					liveActivityEvent: 'update',
					contentState: '{"stops":3,"driver":"{{driver}}"}',
					staleDate: '2026-12-31T18:00:00Z',
				},
			},
			[{ device, driver: 'Ann' }],
		);
		expect(error).toBeUndefined();
		expect([sent.length, jsonOf(failed)]).toEqual([1, []]);
		const [arrival] = apple();
		expect(arrival?.headers).toMatchObject({
			'apns-push-type': 'liveactivity',
			'apns-topic': expect.stringMatching(/\.push-type\.liveactivity$/),
		});
		expect(JSON.parse(arrival?.body ?? '{}').aps).toEqual({
			timestamp: expect.any(Number),
			event: 'update',
			'content-state': { stops: 3, driver: 'Ann' },
			'stale-date': 1_798_740_000,
		});
	});

	it('sends to topics, conditions and installation IDs', async () => {
		const { fcm } = around.simulators;
		const parameters = { channel: 'GCM', title: 'Hello' };
		const topic = await send({ ...parameters, addressKind: 'topic' }, [{ device: 'news' }]);
		const condition = "'news' in topics && 'sport' in topics";
		await send({ ...parameters, addressKind: 'condition' }, [{ device: condition }]);
		await send({ ...parameters, addressKind: 'fid' }, [{ device: 'cXyZ_1234567890-abcdef' }]);
		expect(google()).toMatchObject([{ topic: 'news' }, { condition }, { fid: 'cXyZ_1234567890-abcdef' }]);
		for (const message of google()) expect(message).not.toHaveProperty('token');
		expect(jsonOf(topic.sent)).toMatchObject([{ address: 'news', deliveryStatus: 'SUCCESSFUL' }]);
		const wrong = await send({ ...parameters, addressKind: 'topic' }, [{ device: 'no topic' }]);
		expect(jsonOf(wrong.failed)).toMatchObject([{ deliveryStatus: 'PERMANENT_FAILURE' }]);
		expect(fcm.arrivals).toHaveLength(3);
	});

	it('fills every part of a message for Google', async () => {
		const { failed } = await send(
			{
				channel: 'GCM',
				title: 'T',
				fcmOptions: {
					webpush: '{"fcm_options":{"link":"https://example.com"}}',
					apnsOverride: '{"payload":{"aps":{"interruption-level":"passive"}}}',
					vibrateTimings: '0, 0.2',
					lightColor: '#00ff00',
					proxy: 'DENY',
				},
			},
			[{ device: around.simulators.fcm.goodAddress() }],
		);
		expect(jsonOf(failed)).toEqual([]);
		expect(google()).toMatchObject([
			{
				webpush: { fcm_options: { link: 'https://example.com' } },
				apns: { payload: { aps: { 'interruption-level': 'passive' } } },
				android: { notification: { vibrate_timings: ['0s', '0.2s'], proxy: 'DENY' } },
			},
		]);
	});

	it('is laid out for AWS’s libraries when the style says so, and for any phone otherwise', async () => {
		const items = [{ device: around.simulators.fcm.goodAddress() }];
		const parameters = { channel: 'GCM', title: 'T', body: 'B' };
		await send({ ...parameters, options: { style: 'awsCompatible' } }, items);
		await send({ ...parameters, options: { style: 'native' } }, items);
		await send(parameters, items);
		const [aws, ...native] = google();
		expect(aws).not.toHaveProperty('notification');
		expect(aws.data).toMatchObject({ 'pinpoint.notification.title': 'T', 'pinpoint.notification.body': 'B' });
		for (const message of native) expect(message.notification).toEqual({ title: 'T', body: 'B' });
	});

	it.each([
		[{ webpush: '[1]' }, 'Web Push is not a JSON object.'],
		[{ vibrateTimings: 'a while' }, 'Vibration is not a list of seconds.'],
	])('%j is refused', async (fcmOptions, message) => {
		const { error } = await send({ channel: 'GCM', title: 'T', fcmOptions }, [{ device: 'd' }]);
		expect(error?.message).toBe(message);
	});
});
