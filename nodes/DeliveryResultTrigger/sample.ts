import type { SubscriptionItem } from '../../push';
import type { TriggerEvent } from './settings';

const APPLICATION = '0123456789abcdef0123456789abcdef';

/** What the workflow would get, for a try while nothing happens. Made up, and so marked. */
export function sampleItems(event: TriggerEvent, now: number): SubscriptionItem[] {
	const common = { at: now, applicationId: APPLICATION, sequence: 0 };
	switch (event) {
		case 'result':
		case 'invalidToken':
			return [
				{
					kind: 'result',
					result: {
						address: '740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad',
						channelType: 'APNS',
						applicationId: APPLICATION,
						deliveryStatus: 'PERMANENT_FAILURE',
						statusCode: 410,
						statusMessage: 'The app was removed from the device.',
						tokenAction: 'remove',
						providerStatus: 410,
						providerReason: 'Unregistered',
						invalidSince: now - 86_400_000,
						possibleDuplicate: false,
						attempts: 1,
						latencyMs: 42,
						sentAt: new Date(now).toISOString(),
						messageId: 'eabeae54-14a8-11e5-b60b-1697f925ec7b',
						recordedAt: now,
						origin: { workflowName: 'Sample' },
					},
				},
			];
		case 'campaign':
			return [
				{
					kind: 'event',
					event: {
						...common,
						type: 'campaign.finished',
						campaignId: 'spring-sale',
						details: {
							key: 'spring-sale',
							state: 'COMPLETED',
							rows: 100_000,
							successful: 98_750,
							failed: 1_250,
							skipped: 0,
							pending: 0,
						},
					},
				},
			];
		case 'channelHealth':
			return [
				{
					kind: 'event',
					event: {
						...common,
						type: 'channel.credentialExpiring',
						channelType: 'APNS',
						details: { daysLeft: 7, expiresAt: new Date(now + 7 * 86_400_000).toISOString(), applicationName: 'Shop' },
					},
				},
			];
		case 'alarm':
			return [
				{
					kind: 'alarm',
					change: {
						state: 'ALARM',
						metric: 'failurePercent',
						comparison: 'above',
						threshold: 20,
						at: now,
						minutes: [12, 35, 41, 38, 44].map((value, place) => ({
							minute: now - (now % 60_000) - (5 - place) * 60_000,
							value,
							over: value > 20,
						})),
					},
				},
			];
	}
}
