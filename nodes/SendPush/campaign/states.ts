import type { CampaignState } from '../../../push/model';

interface StateOption {
	readonly name: string;
	readonly value: CampaignState;
}

const NAMES: Readonly<Record<CampaignState, string>> = {
	CANCELLED: 'Cancelled',
	COMPLETED: 'Completed',
	FAILED: 'Failed',
	PAUSED: 'Paused',
	PENDING: 'Pending',
	RUNNING: 'Running',
	STOPPED: 'Stopped',
	WAITING: 'Waiting',
};

function isState(word: string): word is CampaignState {
	return Object.hasOwn(NAMES, word);
}

export const stateName = (state: CampaignState): string => NAMES[state];

/** By name, as the editor wants its lists. */
export const CAMPAIGN_STATE_OPTIONS: readonly StateOption[] = Object.keys(NAMES)
	.filter(isState)
	.map((value) => ({ name: NAMES[value], value }));
