import { CHANNELS } from '../../model';
import type { DeliveryResult, ProviderId } from '../../model';
import type { CompiledMessageRequest } from './request';
import type { MessageDeliveryStatus, MessageResponse, MessageResult, PushStatusMessage } from './types';

/**
 * AWS's answer to a MessageRequest: one entry per address, under the address exactly as it was given.
 * An address without any result (the send was stopped) is UNKNOWN_FAILURE.
 */
export function toMessageResponse(
	request: CompiledMessageRequest,
	results: readonly DeliveryResult[],
	ids: { applicationId: string; requestId: string },
): MessageResponse {
	const byRef = new Map([...request.refusals, ...results].map((result) => [result.ref, result]));
	const asked = [...request.refusals, ...request.recipients].sort((one, other) => one.ref - other.ref);
	const entries = asked.map(({ ref, address }): [string, MessageResult] => {
		const result = byRef.get(ref);
		return [address, result ? toAwsResult({ applicationId: ids.applicationId, ...result }) : NO_RESULT];
	});
	return { ApplicationId: ids.applicationId, RequestId: ids.requestId, Result: Object.fromEntries(entries) };
}

const NO_RESULT: MessageResult = {
	DeliveryStatus: 'UNKNOWN_FAILURE',
	StatusCode: 500,
	StatusMessage: 'The send was stopped before the result was known.',
};

/**
 * A result as AWS tells it: 401 and 403 are 400, TIMEOUT is TEMPORARY_FAILURE, and what a provider refused is a JSON
 * text that holds the provider's own words, which programs look for.
 */
export function toAwsResult(result: DeliveryResult): MessageResult {
	if (isChannelOff(result)) {
		return { DeliveryStatus: 'PERMANENT_FAILURE', StatusCode: 400, StatusMessage: channelOffText(result) };
	}
	return {
		DeliveryStatus: awsStatus(result),
		...(result.messageId === undefined ? {} : { MessageId: result.messageId }),
		StatusCode: awsStatusCode(result),
		StatusMessage: statusMessage(result),
		...(result.updatedToken === undefined ? {} : { UpdatedToken: result.updatedToken }),
	};
}

function isChannelOff({ providerReason }: DeliveryResult): boolean {
	return providerReason === 'ChannelNotConfigured' || providerReason === 'ChannelDisabled';
}

function channelOffText({ channelType, applicationId = '' }: DeliveryResult): string {
	return `No channel of type ${channelType} is enabled for the application ${applicationId}`;
}

function awsStatus({ deliveryStatus }: DeliveryResult): MessageDeliveryStatus {
	return deliveryStatus === 'TIMEOUT' ? 'TEMPORARY_FAILURE' : deliveryStatus;
}

/** AWS's codes for what will not be tried again: 410 for a dead address, 413 for size, 400 for the rest. */
function awsStatusCode({ deliveryStatus, statusCode }: DeliveryResult): number {
	if (deliveryStatus !== 'PERMANENT_FAILURE') return statusCode;
	return statusCode === 410 || statusCode === 413 ? statusCode : 400;
}

function statusMessage(result: DeliveryResult): string {
	if (result.deliveryStatus === 'SUCCESSFUL') return '';
	if (!cameFromProvider(result)) return result.statusMessage;
	const provider = CHANNELS[result.channelType].provider;
	const message: PushStatusMessage = {
		errorMessage: errorMessage(result),
		channelType: result.channelType,
		pushProviderStatusCode: String(result.providerStatus ?? result.statusCode),
		pushProviderError: providerError(result, provider),
		pushProviderResponse: JSON.stringify(PROVIDER_RESPONSE[provider](result)),
	};
	return JSON.stringify(message);
}

/** What we refuse ourselves is told in plain words: there is no provider's answer to quote. */
function cameFromProvider({ deliveryStatus, providerStatus }: DeliveryResult): boolean {
	return deliveryStatus !== 'DUPLICATE' && deliveryStatus !== 'OPT_OUT' && providerStatus !== undefined;
}

/** The phrase for dead addresses holds a word programs delete addresses by: it is used for nothing else. */
function errorMessage(result: DeliveryResult): string {
	switch (result.deliveryStatus) {
		case 'THROTTLED':
			return 'Throttled';
		case 'TEMPORARY_FAILURE':
		case 'TIMEOUT':
			return 'Service unavailable';
		case 'PERMANENT_FAILURE':
			return permanentMessage(result);
		default:
			return 'Unknown failure';
	}
}

function permanentMessage({ statusCode, providerStatus, providerReason }: DeliveryResult): string {
	if (statusCode === 413) return 'Payload too large';
	if (providerReason === 'SENDER_ID_MISMATCH') return 'Sender id mismatch';
	if (statusCode === 410) return 'Unregistered or expired token';
	const refused = [401, 403];
	return refused.includes(statusCode) || refused.includes(providerStatus ?? 0)
		? 'Invalid credentials'
		: 'Invalid notification';
}

const INVALID_FCM_TOKEN = 'not a valid FCM registration token';

function providerError({ providerReason = '', providerMessage = '' }: DeliveryResult, provider: ProviderId): string {
	return provider === 'fcm' && providerMessage.includes(INVALID_FCM_TOKEN) ? providerMessage : providerReason;
}

/** Google: the status word of its HTTP codes. */
const FCM_STATUS: Readonly<Record<number, string>> = {
	400: 'INVALID_ARGUMENT',
	401: 'UNAUTHENTICATED',
	403: 'PERMISSION_DENIED',
	404: 'NOT_FOUND',
	429: 'RESOURCE_EXHAUSTED',
	500: 'INTERNAL',
	503: 'UNAVAILABLE',
};

type ResponseOf = (result: DeliveryResult) => Readonly<Record<string, string | number | undefined>>;

const PROVIDER_RESPONSE: Readonly<Record<ProviderId, ResponseOf>> = {
	apns: ({ providerReason }) => ({ reason: providerReason }),
	fcm: ({ providerStatus, providerReason }) => ({ status: FCM_STATUS[providerStatus ?? 0] ?? providerReason }),
	baidu: ({ providerReason, providerMessage }) => ({
		error_code: /^\d+$/.test(providerReason ?? '') ? Number(providerReason) : providerReason,
		error_msg: providerMessage,
	}),
	adm: ({ providerReason }) => ({ reason: providerReason }),
};
