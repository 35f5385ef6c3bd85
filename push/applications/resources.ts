import type { ChannelType } from '../model';

/** AWS's action names (service prefix `mobiletargeting`), and ours where AWS has none. */
export const ACTIONS = [
	'CreateApp',
	'GetApp',
	'GetApps',
	'UpdateApp',
	'DeleteApp',
	'GetChannels',
	'GetChannel',
	'UpdateChannel',
	'DeleteChannel',
	'CheckChannel',
	'SendMessages',
	'GetDeliveryMetrics',
	'CreateCampaign',
	'GetCampaign',
	'GetCampaigns',
	'UpdateCampaign',
	'DeleteCampaign',
	'GetDeliveryResults',
	'DeleteDeliveryResults',
	'UpdateDeliveryRetention',
	'GetSuppressions',
	'PutSuppressions',
	'DeleteSuppressions',
	'CreatePushTemplate',
	'GetPushTemplate',
	'UpdatePushTemplate',
	'DeletePushTemplate',
	'ListTemplates',
	'ListTemplateVersions',
	'UpdateTemplateActiveVersion',
	'ExportApps',
	'ImportApps',
	'RotateKeys',
	'GetAuditTrail',
	'VerifyAuditTrail',
	'LockStore',
	'UnlockStore',
	'GrantAccess',
	'RevokeAccess',
	'GetAccess',
] as const;

export type ActionName = (typeof ACTIONS)[number];

/** The word AWS puts into the action of a channel operation: `GetApnsSandboxChannel`, `UpdateGcmChannel`. */
const CHANNEL_ACTION_WORD: Readonly<Record<ChannelType, string>> = {
	APNS: 'Apns',
	APNS_SANDBOX: 'ApnsSandbox',
	APNS_VOIP: 'ApnsVoip',
	APNS_VOIP_SANDBOX: 'ApnsVoipSandbox',
	GCM: 'Gcm',
	BAIDU: 'Baidu',
	ADM: 'Adm',
};

/** The full action; for a channel AWS has one per type. */
export function actionOf(name: ActionName, channelType?: ChannelType): string {
	const word = channelType ? name.replace(/Channel$/, `${CHANNEL_ACTION_WORD[channelType]}Channel`) : name;
	return `mobiletargeting:${word}`;
}

/** Resource words as in AWS's ARNs, after the account part. */
export const resource = {
	apps: () => 'apps',
	app: (id: string) => `apps/${id}`,
	channels: (id: string) => `apps/${id}/channels`,
	channel: (id: string, channelType: ChannelType) => `apps/${id}/channels/${channelType.toLowerCase()}`,
	messages: (id: string) => `apps/${id}/messages`,
	campaigns: (id: string) => `apps/${id}/campaigns`,
	campaign: (id: string, campaignId: string) => `apps/${id}/campaigns/${campaignId}`,
	results: (id: string) => `apps/${id}/results`,
	allResults: () => 'results',
	suppressions: (id: string) => `apps/${id}/suppressions`,
	templates: () => 'templates',
	template: (name: string) => `templates/${name}/PUSH`,
	store: () => 'store',
} as const;
