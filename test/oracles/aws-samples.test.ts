import type { DeliveryResult } from '../../push';
import { compileMessageRequest, type MessageResult, toMessageResponse } from '../../push/messages';
import * as samples from '../messages/aws/samples';
import { type PushSimulator, type Simulators, startSimulators } from '../simulators';
import { bodyOf, engineAt, onlyArrival } from './wire';

const NOW = Date.now();

interface Sample {
	readonly Addresses: Readonly<Record<string, { readonly ChannelType: string }>>;
	readonly MessageConfiguration: object;
}

describe('the samples of AWS’s push guide on the wire', () => {
	let simulators: Simulators;
	const engine = engineAt(NOW);

	beforeAll(async () => {
		simulators = await startSimulators();
	});

	afterAll(async () => {
		await engine.close(0);
		await simulators.close();
	});

	/** Sends the sample to another address than its made-up one. */
	async function send(sample: Sample, simulator: PushSimulator) {
		simulator.reset();
		const address = simulator.goodAddress();
		const [configuration] = Object.values(sample.Addresses);
		const request = compileMessageRequest({ ...sample, Addresses: { [address]: configuration } }, { style: 'aws' });
		const results: DeliveryResult[] = [];
		const { apnsKey: apns, fcm, baidu, adm } = simulators.credentials;
		for await (const batch of engine.send([request], { apns, fcm, baidu, adm })) results.push(...batch);
		const response = toMessageResponse(request, results, { applicationId: 'a'.repeat(32), requestId: 'r' });
		const result: MessageResult | undefined = response.Result?.[address];
		return { arrival: onlyArrival(simulator.arrivals), address, result };
	}

	const good = { DeliveryStatus: 'SUCCESSFUL', StatusCode: 200, StatusMessage: '' };

	test('GCM simple', async () => {
		const { arrival, address, result } = await send(samples.GCM_SIMPLE, simulators.fcm);
		expect(result).toMatchObject(good);
		expect(bodyOf(arrival)).toEqual({
			message: {
				token: address,
				android: { priority: 'NORMAL', ttl: '30s' },
				data: {
					'pinpoint.notification.title': 'My sample message',
					'pinpoint.notification.body': 'This is a sample message',
					'pinpoint.notification.silentPush': '1',
					'pinpoint.url': 'https://www.example.com',
					'pinpoint.campaign.campaign_id': '_DIRECT',
				},
			},
		});
	});

	test('GCM in the old format: Google refuses its colour "string", and the address says so', async () => {
		const { arrival, result } = await send(samples.GCM_LEGACY_RAW, simulators.fcm);
		expect(bodyOf(arrival)).toMatchObject({
			message: { android: { ttl: '309744s', notification: { color: 'string' } } },
		});
		expect(result).toMatchObject({ DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: 400 });
		expect(JSON.parse(result?.StatusMessage ?? '')).toMatchObject({
			errorMessage: 'Invalid notification',
			pushProviderError: 'INVALID_ARGUMENT',
		});
	});

	test('GCM with a raw v1 message', async () => {
		const { arrival, address, result } = await send(samples.GCM_V1_RAW, simulators.fcm);
		expect(result).toMatchObject(good);
		expect(bodyOf(arrival)).toEqual({ message: { token: address, ...samples.V1_MESSAGE } });
	});

	test.each([
		['Safari', samples.SAFARI, samples.SAFARI_RAW],
		['APNS', samples.APNS, samples.APNS_RAW],
	])('%s: the raw text as it is, an alert at 10', async (_what, sample, raw) => {
		const { arrival, result } = await send(sample, simulators.apns.production);
		expect(result).toMatchObject(good);
		expect(arrival.body).toBe(raw);
		expect(arrival.headers).toMatchObject({ 'apns-push-type': 'alert', 'apns-priority': '10' });
		expect(arrival.headers).not.toHaveProperty('apns-expiration');
	});

	test('the JavaScript sample for APNS', async () => {
		const { arrival, result } = await send(samples.JS_APNS, simulators.apns.production);
		expect(result).toMatchObject(good);
		expect(arrival.headers).toMatchObject({
			'apns-push-type': 'alert',
			'apns-priority': '5',
			'apns-expiration': String(Math.floor(NOW / 1000) + 30),
		});
		expect(bodyOf(arrival)).toEqual({
			aps: { alert: { title: 'Test message', body: 'This is a sample message' } },
			data: { pinpoint: { deeplink: 'https://www.example.com', campaign: { campaign_id: '_DIRECT' } } },
		});
	});

	test('the JavaScript samples for Baidu and ADM are taken', async () => {
		expect((await send(samples.JS_BAIDU, simulators.baidu)).result).toMatchObject(good);
		expect((await send(samples.JS_ADM, simulators.adm)).result).toMatchObject(good);
	});
});
