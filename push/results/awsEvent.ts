import { toAwsResult } from '../messages';
import { CHANNELS, type DeliveryStatus } from '../model';
import { credentialKey } from '../security/hash';
import type { FoundResult } from './query';

/** The envelope of Amazon Pinpoint's event stream (aws-push-api.md 5.1). */
export interface AwsEvent {
	readonly event_type: '_campaign.send' | '_direct.send';
	/** Epoch ms of the send, and of its recording. */
	readonly event_timestamp: number;
	readonly arrival_timestamp: number;
	readonly event_version: '3.1';
	readonly application: { readonly app_id: string; readonly sdk: Readonly<Record<string, never>> };
	/** AWS: the endpoint. There are none here: the hash of the address, which is the same for the same address. */
	readonly client: { readonly client_id: string };
	readonly device: { readonly platform: { readonly name: string } };
	readonly session: Readonly<Record<string, never>>;
	readonly attributes: Readonly<Record<string, string>>;
	readonly client_context: { readonly custom: Readonly<Record<string, string>> };
	readonly awsAccountId: string;
}

const CAMPAIGN_SEND_STATUS: Readonly<Record<DeliveryStatus, string>> = {
	SUCCESSFUL: 'SUCCESS',
	THROTTLED: 'THROTTLED',
	TEMPORARY_FAILURE: 'TRANSIENT_FAILURE',
	PERMANENT_FAILURE: 'FAILURE_PERMANENT',
	UNKNOWN_FAILURE: 'UNKNOWN',
	OPT_OUT: 'UNSPECIFIED',
	DUPLICATE: 'DUPLICATE_ADDRESS',
	TIMEOUT: 'TRANSIENT_FAILURE',
};

const PLATFORM = { apns: 'iOS', fcm: 'Android', baidu: 'Android', adm: 'Amazon' } as const;

/**
 * A result as AWS's event stream would tell of it; a direct send, which AWS never told of, likewise. Neither the
 * address nor the message is in it.
 */
export function toAwsEvent(result: FoundResult): AwsEvent {
	const { campaignId, applicationId, channelType, address, recordedAt, sentAt, messageId, traceId } = result;
	const answer = toAwsResult({ ref: 0, ...result });
	const addressHash = credentialKey(address);
	return {
		event_type: campaignId === undefined ? '_direct.send' : '_campaign.send',
		event_timestamp: sentAt === undefined ? recordedAt : Date.parse(sentAt),
		arrival_timestamp: recordedAt,
		event_version: '3.1',
		application: { app_id: applicationId, sdk: {} },
		client: { client_id: addressHash },
		device: { platform: { name: PLATFORM[CHANNELS[channelType].provider] } },
		session: {},
		attributes: {
			...(campaignId === undefined
				? {}
				: {
						campaign_id: campaignId,
						campaign_send_status: CAMPAIGN_SEND_STATUS[result.deliveryStatus],
						treatment_id: '0',
					}),
			delivery_type: channelType,
			delivery_status: answer.DeliveryStatus,
			status_code: String(answer.StatusCode),
			...(messageId === undefined ? {} : { message_id: messageId }),
			...(traceId === undefined ? {} : { trace_id: traceId }),
			...(result.providerStatus === undefined ? {} : { provider_status_code: String(result.providerStatus) }),
			...(result.providerReason === undefined ? {} : { provider_error: result.providerReason }),
			address_hash: addressHash,
		},
		client_context: {
			custom: { endpoint: JSON.stringify({ ChannelType: channelType, EndpointStatus: 'ACTIVE' }) },
		},
		awsAccountId: '000000000000',
	};
}
