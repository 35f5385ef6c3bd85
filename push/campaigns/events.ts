import type { Campaign, CampaignState, EventType } from '../model';
import type { Store } from '../store';
import { viewOf } from './view';

/** What triggers are told when a campaign comes into a state. */
const EVENT: Readonly<Record<CampaignState, EventType | undefined>> = {
	PENDING: undefined,
	RUNNING: 'campaign.started',
	WAITING: undefined,
	PAUSED: 'campaign.paused',
	STOPPED: 'campaign.stopped',
	COMPLETED: 'campaign.finished',
	CANCELLED: 'campaign.finished',
	FAILED: 'campaign.finished',
};

/** Notes that a campaign has come into its present state. Going on after a pause or a wait is no start. */
export async function noteState(store: Store, campaign: Campaign, now: number, first: boolean): Promise<void> {
	const type = EVENT[campaign.state];
	if (!type || (type === 'campaign.started' && !first)) return;
	const { key, state, stateReason, rows, successful, failed, skipped, pending } = await viewOf(store, campaign, now);
	await store.events.append([
		{
			at: now,
			type,
			applicationId: campaign.applicationId,
			campaignId: campaign.id,
			details: { key, state, ...(stateReason ? { stateReason } : {}), rows, successful, failed, skipped, pending },
		},
	]);
}
