import type { INodeParameters } from 'n8n-workflow';
import { SUBSTITUTED_MESSAGE } from '../message';

const application = { __rl: true, mode: 'name', value: 'Bench' };

/** The nodes' parameters, the same wherever they run. */
export const CREATE_APPLICATION: INodeParameters = {
	resource: 'application',
	operation: 'create',
	name: 'Bench',
	additionalFields: {},
};

export const ENABLE_CHANNEL: INodeParameters = { operation: 'enable', application, channels: ['APNS'] };

/** @param key may be an expression */
export function startCampaign(key: string, ratePerSecond?: number): INodeParameters {
	return {
		resource: 'campaign',
		operation: 'start',
		application,
		campaignKey: key,
		recipientsFrom: 'file',
		binaryPropertyName: 'data',
		addressColumn: 'device',
		channel: 'APNS',
		title: SUBSTITUTED_MESSAGE.title ?? '',
		body: SUBSTITUTED_MESSAGE.body ?? '',
		failures: 'none',
		campaignSettings: ratePerSecond === undefined ? {} : { messagesPerSecond: ratePerSecond },
	};
}
