import type { IDataObject } from 'n8n-workflow';
import * as samples from '../messages/aws/samples';
import { push, type Surroundings, surroundings } from './setup';

const ZEROS = '0'.repeat(32);

describe('Send Message Request', () => {
	let around: Surroundings;

	beforeAll(async () => {
		around = await surroundings();
	});

	beforeEach(() => around.simulators.reset());

	afterAll(async () => await around.close());

	/** The request with the guide's token in the place of a device the simulators know. */
	function forDevice(request: object, device: string): string {
		return JSON.stringify(request).replaceAll(samples.TOKEN, device);
	}

	async function send(messageRequest: string, more: { select?: string[]; options?: IDataObject } = {}) {
		const { select, options = {} } = more;
		return await push(around, {
			parameters: { operation: 'sendMessageRequest', messageRequest, options: JSON.parse(JSON.stringify(options)) },
			...(select ? { select } : {}),
		});
	}

	function resultOf(json: IDataObject | undefined, device: string): unknown {
		const results = json?.Result;
		return typeof results === 'object' && results !== null ? Reflect.get(results, device) : undefined;
	}

	const delivered = { DeliveryStatus: 'SUCCESSFUL', StatusCode: 200, StatusMessage: '', MessageId: expect.any(String) };

	describe("the samples of AWS's push guide", () => {
		it('GCM, simple', async () => {
			const { fcm } = around.simulators;
			const { sent } = await send(forDevice(samples.GCM_SIMPLE, fcm.goodAddress()));
			expect(sent).toHaveLength(1);
			expect(sent[0]?.json).toEqual({
				ApplicationId: ZEROS,
				RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
				Result: { [fcm.goodAddress()]: delivered },
			});
			expect(JSON.parse(fcm.arrivals[0]?.body ?? '{}').message).toMatchObject({
				token: fcm.goodAddress(),
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

		it('GCM, legacy raw: translated; its colour is none, which is a failed address and no failed request', async () => {
			const { fcm } = around.simulators;
			const { sent } = await send(forDevice(samples.GCM_LEGACY_RAW, fcm.goodAddress()));
			expect(resultOf(sent[0]?.json, fcm.goodAddress())).toMatchObject({
				DeliveryStatus: 'PERMANENT_FAILURE',
				StatusCode: 400,
			});
		});

		it('GCM, FCM v1 raw: handed on as written', async () => {
			const { fcm } = around.simulators;
			const { sent } = await send(forDevice(samples.GCM_V1_RAW, fcm.goodAddress()));
			expect(resultOf(sent[0]?.json, fcm.goodAddress())).toEqual(delivered);
			const { token, ...message } = JSON.parse(fcm.arrivals[0]?.body ?? '{}').message;
			expect(token).toBe(fcm.goodAddress());
			expect(message).toEqual(samples.V1_MESSAGE);
		});

		it.each([
			['Safari', samples.SAFARI, samples.SAFARI_RAW, '10'],
			['APNS', samples.APNS, samples.APNS_RAW, '10'],
		])('%s: the raw payload is handed on as written', async (_name, sample, raw, priority) => {
			const { production } = around.simulators.apns;
			const { sent } = await send(forDevice(sample, production.goodAddress()));
			expect(resultOf(sent[0]?.json, production.goodAddress())).toEqual(delivered);
			expect(production.arrivals[0]?.body).toBe(raw);
			expect(production.arrivals[0]?.headers).toMatchObject({ 'apns-push-type': 'alert', 'apns-priority': priority });
		});

		it('the JavaScript sample on its four channels in one request', async () => {
			const { apns, baidu, adm, fcm } = around.simulators;
			const addresses = {
				[apns.production.goodAddress()]: { ChannelType: 'APNS' },
				[baidu.goodAddress()]: { ChannelType: 'BAIDU' },
				[adm.goodAddress()]: { ChannelType: 'ADM' },
				[fcm.goodAddress()]: { ChannelType: 'GCM' },
			};
			const { sent } = await send(
				JSON.stringify({
					Addresses: addresses,
					MessageConfiguration: {
						...samples.JS_APNS.MessageConfiguration,
						...samples.JS_BAIDU.MessageConfiguration,
						...samples.JS_ADM.MessageConfiguration,
						...samples.GCM_SIMPLE.MessageConfiguration,
					},
				}),
			);
			expect(sent[0]?.json.Result).toEqual(
				Object.fromEntries(Object.keys(addresses).map((address) => [address, delivered])),
			);
			expect(apns.production.arrivals[0]?.headers).toMatchObject({ 'apns-priority': '5', 'apns-push-type': 'alert' });
		});
	});

	it('tells a dead address in the words programs look for, on Sent', async () => {
		const { production } = around.simulators.apns;
		const device = production.addressFor('Unregistered');
		const { sent, failed } = await send(forDevice(samples.JS_APNS, device));
		expect(failed).toEqual([]);
		const result = resultOf(sent[0]?.json, device);
		expect(result).toMatchObject({ DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: 410 });
		expect(JSON.parse(String(Reflect.get(Object(result), 'StatusMessage')))).toEqual({
			errorMessage: 'Unregistered or expired token',
			channelType: 'APNS',
			pushProviderStatusCode: '410',
			pushProviderError: 'Unregistered',
			pushProviderResponse: '{"reason":"Unregistered"}',
		});
	});

	it("answers for a channel without a credential in AWS's words, and sends on the others", async () => {
		const { adm, fcm } = around.simulators;
		const { sent } = await send(
			JSON.stringify({
				Addresses: { [adm.goodAddress()]: { ChannelType: 'ADM' }, [fcm.goodAddress()]: { ChannelType: 'FCM' } },
				MessageConfiguration: { DefaultPushNotificationMessage: { Title: 'T', Body: 'B' } },
			}),
			{ select: ['fcmServiceAccountApi'] },
		);
		expect(resultOf(sent[0]?.json, adm.goodAddress())).toEqual({
			DeliveryStatus: 'PERMANENT_FAILURE',
			StatusCode: 400,
			StatusMessage: `No channel of type ADM is enabled for the application ${ZEROS}`,
		});
		expect(resultOf(sent[0]?.json, fcm.goodAddress())).toEqual(delivered);
	});

	it('without any credential every address is answered so', async () => {
		const { sent } = await send(forDevice(samples.JS_ADM, 'device'), { select: [] });
		expect(resultOf(sent[0]?.json, 'device')).toMatchObject({
			StatusMessage: `No channel of type ADM is enabled for the application ${ZEROS}`,
		});
	});

	it('prefers the key to the certificate for Apple, and takes the certificate when it stands alone', async () => {
		const { production } = around.simulators.apns;
		const request = forDevice(samples.JS_APNS, production.goodAddress());
		await send(request, { select: ['apnsKeyApi', 'apnsCertificateApi'] });
		await send(request, { select: ['apnsCertificateApi'] });
		expect(production.arrivals.map(({ headers }) => 'authorization' in headers)).toEqual([true, false]);
	});

	it('the style Native shows the notification without any SDK', async () => {
		const { fcm } = around.simulators;
		const request = JSON.stringify({
			Addresses: { [fcm.goodAddress()]: { ChannelType: 'GCM' } },
			MessageConfiguration: { DefaultPushNotificationMessage: { Title: 'T', Body: 'B' } },
		});
		await send(request, { options: { style: 'native' } });
		await send(request);
		const [native, aws] = fcm.arrivals.map(({ body }) => JSON.parse(body).message);
		expect(native).toMatchObject({ notification: { title: 'T', body: 'B' } });
		expect(aws).not.toHaveProperty('notification');
		expect(aws.data).toMatchObject({ 'pinpoint.notification.title': 'T' });
	});

	it('takes one request per item from an expression, as text or as an object, and answers each in its place', async () => {
		const { adm } = around.simulators;
		const requests = [1, 2, 3].map((n) => forDevice(samples.JS_ADM, adm.goodAddress(n)));
		const { sent } = await push(around, {
			parameters: { operation: 'sendMessageRequest', messageRequest: '={{ $json.request }}' },
			items: requests.map((request, n) => ({ request: n === 1 ? JSON.parse(request) : request })),
		});
		expect(sent.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(sent.map(({ json }) => Object.keys(Object(json.Result)))).toEqual(
			[1, 2, 3].map((n) => [adm.goodAddress(n)]),
		);
	});

	describe('requests that make no sense', () => {
		const good = { MessageConfiguration: { DefaultMessage: { Body: 'B' } } };

		it.each([
			['text that is not JSON', '{"Addresses": ', /Message Request is not valid JSON/],
			['nothing', '   ', /Message Request is empty/],
			['no recipients', JSON.stringify(good), /no recipients/],
			['an unknown channel', JSON.stringify({ ...good, Addresses: { x: { ChannelType: 'FAX' } } }), /"FAX"/],
			['no message', JSON.stringify({ Addresses: { x: { ChannelType: 'ADM' } } }), /MessageConfiguration/],
		])('%s: the node stops with a sentence', async (_name, request, sentence) => {
			const { error, run } = await send(request);
			expect(run.status).toBe('error');
			expect(error?.message).toMatch(sentence);
			expect(error?.message).not.toContain('unexpected happened');
		});

		it('with Continue on Fail become error items on Failed, and the others are sent', async () => {
			const { adm } = around.simulators;
			const { sent, failed } = await push(around, {
				parameters: { operation: 'sendMessageRequest', messageRequest: '={{ $json.request }}' },
				items: [{ request: '{}' }, { request: forDevice(samples.JS_ADM, adm.goodAddress()) }],
				node: { onError: 'continueRegularOutput' },
			});
			expect(failed).toEqual([{ json: { error: expect.stringContaining('no recipients') }, pairedItem: { item: 0 } }]);
			expect(sent.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
		});
	});
});
