import type { CampaignOutcome } from '../model';

/** How people count what became of a recipient. */
export type Part = 'successful' | 'failed' | 'skipped' | 'empty';

/** DUPLICATE is a skip: the device has the message, from this very campaign. */
const PART: Readonly<Record<CampaignOutcome, Part>> = {
	SUCCESSFUL: 'successful',
	THROTTLED: 'failed',
	TEMPORARY_FAILURE: 'failed',
	PERMANENT_FAILURE: 'failed',
	UNKNOWN_FAILURE: 'failed',
	TIMEOUT: 'failed',
	OPT_OUT: 'skipped',
	DUPLICATE: 'skipped',
	HOLD_OUT: 'skipped',
	CAPPED: 'skipped',
	QUIET_HOURS: 'skipped',
	EXPIRED: 'skipped',
	EMPTY: 'empty',
};

export function partOf(outcome: CampaignOutcome): Part {
	return PART[outcome];
}

/** Whether it speaks against going on. */
export function isSuccess(outcome: CampaignOutcome): boolean {
	return PART[outcome] !== 'failed';
}
