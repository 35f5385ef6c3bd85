import type { IDataObject } from 'n8n-workflow';
import type { DeliveryResult, DeliveryStatus } from '../../push/model';
import { type AddressForm, hideAddress, showAddress } from './addresses';
import { isRecord } from './parameters';

/** A result as nodes put it out: the engine's, or one for a recipient that never got as far as the engine. */
export type ResultLike = Omit<DeliveryResult, 'channelType'> & {
	/** As the item gave it when it names no channel; absent when it names none at all. */
	channelType?: string;
};

/** Statuses that leave by the output Sent; all others leave by Failed. */
const ON_SENT: Readonly<Record<DeliveryStatus, boolean>> = {
	SUCCESSFUL: true,
	DUPLICATE: true,
	THROTTLED: false,
	TEMPORARY_FAILURE: false,
	PERMANENT_FAILURE: false,
	UNKNOWN_FAILURE: false,
	OPT_OUT: false,
	TIMEOUT: false,
};

export function isSent(result: Pick<DeliveryResult, 'deliveryStatus'>): boolean {
	return ON_SENT[result.deliveryStatus];
}

/** The refusal of a recipient before anything was asked of a provider. */
export function localRefusal<Channel extends string | undefined>(
	{ ref, address, channelType }: { ref: number; address: string; channelType: Channel },
	reason: string,
	message: string,
): Omit<DeliveryResult, 'channelType'> & { channelType: Channel } {
	return {
		ref,
		address,
		channelType,
		deliveryStatus: 'PERMANENT_FAILURE',
		statusCode: 400,
		statusMessage: message,
		tokenAction: 'keep',
		providerReason: reason,
		possibleDuplicate: false,
		attempts: 0,
		latencyMs: 0,
	};
}

/** The JSON of one result item. There is never an `error` key: n8n would move the item to its own error output. */
export function toResultJson(result: Omit<ResultLike, 'ref'>, form: AddressForm): IDataObject {
	const { address } = result;
	const json: IDataObject = {
		address: showAddress(address, form),
		channelType: result.channelType,
		deliveryStatus: result.deliveryStatus,
		statusCode: result.statusCode,
		statusMessage: hideAddress(result.statusMessage, address, form),
		messageId: result.messageId,
		tokenAction: result.tokenAction,
		updatedToken: result.updatedToken === undefined ? undefined : showAddress(result.updatedToken, form),
		providerStatus: result.providerStatus,
		providerReason: result.providerReason,
		providerMessage:
			result.providerMessage === undefined ? undefined : hideAddress(result.providerMessage, address, form),
		invalidSince: result.invalidSince,
		possibleDuplicate: result.possibleDuplicate,
		retryAfterSeconds: result.retryAfterSeconds,
		attempts: result.attempts,
		latencyMs: result.latencyMs,
		sentAt: result.sentAt,
		warnings: result.warnings === undefined ? undefined : [...result.warnings],
		applicationId: result.applicationId,
		campaignId: result.campaignId,
		traceId: result.traceId,
	};
	for (const key of Object.keys(json)) if (json[key] === undefined) delete json[key];
	return json;
}

/** Whether a value that was recorded as JSON is a result. */
export function isResult(value: unknown): value is ResultLike {
	return (
		isRecord(value) &&
		typeof value.ref === 'number' &&
		typeof value.address === 'string' &&
		typeof value.statusCode === 'number' &&
		typeof value.statusMessage === 'string' &&
		typeof value.deliveryStatus === 'string' &&
		Object.hasOwn(ON_SENT, value.deliveryStatus)
	);
}
