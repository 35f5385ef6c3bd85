import { compileMessageRequest, toAwsResult, toMessageResponse } from '../../../push/messages';
import { result } from './deliveryResult';

const APPLICATION = '611e3e3cdd47474c9c1399a50example';

const deadApns = result({
	statusCode: 410,
	providerStatus: 410,
	providerReason: 'Unregistered',
	tokenAction: 'remove',
	messageId: 'm1',
	invalidSince: 1,
});

describe('AWS’s response', () => {
	test('has every address, failed or not, exactly as AWS writes it', () => {
		const request = compileMessageRequest(
			{
				Addresses: { tokA: { ChannelType: 'APNS' }, tokB: { ChannelType: 'GCM' } },
				MessageConfiguration: { DefaultMessage: { Body: 'b' } },
			},
			{ style: 'aws' },
		);
		const off = result({
			ref: 1,
			address: 'tokB',
			channelType: 'GCM',
			providerReason: 'ChannelNotConfigured',
			attempts: 0,
		});
		const response = toMessageResponse(request, [off, deadApns], { applicationId: APPLICATION, requestId: '5f0c' });
		expect(JSON.stringify(response)).toBe(
			'{"ApplicationId":"611e3e3cdd47474c9c1399a50example","RequestId":"5f0c","Result":{' +
				'"tokA":{"DeliveryStatus":"PERMANENT_FAILURE","MessageId":"m1","StatusCode":410,"StatusMessage":"{\\"errorMessage\\":\\"Unregistered or expired token\\",\\"channelType\\":\\"APNS\\",\\"pushProviderStatusCode\\":\\"410\\",\\"pushProviderError\\":\\"Unregistered\\",\\"pushProviderResponse\\":\\"{\\\\\\"reason\\\\\\":\\\\\\"Unregistered\\\\\\"}\\"}"},' +
				'"tokB":{"DeliveryStatus":"PERMANENT_FAILURE","StatusCode":400,"StatusMessage":"No channel of type GCM is enabled for the application 611e3e3cdd47474c9c1399a50example"}}}',
		);
	});

	test('has refused, doubled and unfinished addresses too', () => {
		const request = compileMessageRequest(
			{
				Addresses: {
					AB: { ChannelType: 'APNS' },
					ab: { ChannelType: 'APNS' },
					'': { ChannelType: 'GCM' },
					x: { ChannelType: 'GCM' },
				},
				MessageConfiguration: { DefaultMessage: { Body: 'b' } },
			},
			{ style: 'aws' },
		);
		const sent = result({ ref: 0, address: 'AB', deliveryStatus: 'SUCCESSFUL', statusCode: 200 });
		const { Result } = toMessageResponse(request, [sent], { applicationId: APPLICATION, requestId: 'r' });
		const statuses = Object.entries(Result ?? {}).map(([address, { DeliveryStatus, StatusCode }]) => [
			address,
			DeliveryStatus,
			StatusCode,
		]);
		expect(statuses).toEqual([
			['AB', 'SUCCESSFUL', 200],
			['ab', 'DUPLICATE', 200],
			['', 'PERMANENT_FAILURE', 400],
			['x', 'UNKNOWN_FAILURE', 500],
		]);
	});
});

describe('one result as AWS tells it', () => {
	test('a success says nothing', () => {
		expect(
			toAwsResult(
				result({
					deliveryStatus: 'SUCCESSFUL',
					statusCode: 200,
					statusMessage: 'x',
					messageId: 'm',
					updatedToken: 'new',
					providerStatus: 200,
				}),
			),
		).toEqual({
			DeliveryStatus: 'SUCCESSFUL',
			MessageId: 'm',
			StatusCode: 200,
			StatusMessage: '',
			UpdatedToken: 'new',
		});
	});

	test('a timeout is a temporary failure', () => {
		expect(toAwsResult(result({ deliveryStatus: 'TIMEOUT', statusCode: 408 }))).toMatchObject({
			DeliveryStatus: 'TEMPORARY_FAILURE',
			StatusMessage: 'A sentence for people.',
		});
	});

	test('what no provider was asked about is told in plain words', () => {
		expect(toAwsResult(result({ statusCode: 413, providerReason: 'PayloadTooLarge', attempts: 0 }))).toEqual({
			DeliveryStatus: 'PERMANENT_FAILURE',
			StatusCode: 413,
			StatusMessage: 'A sentence for people.',
		});
	});

	test.each(['ChannelNotConfigured', 'ChannelDisabled'])('%s is told in AWS’s words', (providerReason) => {
		expect(toAwsResult(result({ providerReason, applicationId: APPLICATION, messageId: 'm' }))).toEqual({
			DeliveryStatus: 'PERMANENT_FAILURE',
			StatusCode: 400,
			StatusMessage: `No channel of type APNS is enabled for the application ${APPLICATION}`,
		});
	});

	test('no failure but a dead address has the words programs delete addresses by', () => {
		const words =
			/BadDeviceToken|Unregistered|DeviceTokenNotForTopic|NotRegistered|InvalidRegistration|MismatchSenderId|SENDER_ID_MISMATCH|not a valid FCM registration token/i;
		for (const providerReason of ['PayloadTooLarge', 'InvalidProviderToken', 'INVALID_ARGUMENT', '30602']) {
			for (const statusCode of [400, 401, 403, 413]) {
				expect(
					toAwsResult(result({ statusCode, providerStatus: statusCode, providerReason })).StatusMessage,
				).not.toMatch(words);
			}
		}
	});
});
