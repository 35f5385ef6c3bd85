import type { IExecuteFunctions } from 'n8n-workflow';
import type { CampaignLocator } from '../../../push';
import { readApplication } from '../../shared/applicationLocator';
import { WorkflowMistake } from '../../shared/errors';
import { textOf } from '../../shared/parameters';

/** @throws {WorkflowMistake} when none is named */
export function chosenCampaign(context: IExecuteFunctions, itemIndex: number): CampaignLocator {
	const read = (name: string) => textOf({ [name]: context.getNodeParameter(name, itemIndex, '') }, name)?.trim() ?? '';
	if (read('campaignBy') === 'key') {
		const key = read('campaignKey');
		if (key === '') throw new WorkflowMistake('Campaign Key is empty.', 'Enter the key the campaign was started with.');
		return { application: readApplication(context, itemIndex, 'Choose the application of the campaign.'), key };
	}
	const id = read('campaignId');
	if (id === '') throw new WorkflowMistake('Campaign ID is empty.', 'Enter the id that Start or Get Many put out.');
	return { id };
}
