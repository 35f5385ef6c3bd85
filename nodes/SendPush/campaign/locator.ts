import type { IExecuteFunctions } from 'n8n-workflow';
import type { CampaignLocator } from '../../../push';
import { readApplication } from '../../shared/applicationLocator';
import { WorkflowMistake } from '../../shared/errors';
import { isRecord, textOf } from '../../shared/parameters';

/** @throws {WorkflowMistake} when none is named */
export function chosenCampaign(context: IExecuteFunctions, itemIndex: number): CampaignLocator {
	const read = (name: string) => textOf({ [name]: context.getNodeParameter(name, itemIndex, '') }, name)?.trim() ?? '';
	if (read('campaignBy') === 'key') {
		const key = read('campaignKey');
		if (key === '') throw new WorkflowMistake('Campaign Key is empty.', 'Enter the key the campaign was started with.');
		return { application: readApplication(context, itemIndex, 'Choose the application of the campaign.'), key };
	}
	const chosen: unknown = context.getNodeParameter('campaignId', itemIndex, '');
	const id = textOf({ id: isRecord(chosen) ? chosen.value : chosen }, 'id')?.trim() ?? '';
	if (id === '') throw new WorkflowMistake('No campaign is chosen.', 'Choose one, or enter the ID that Start put out.');
	return { id };
}
