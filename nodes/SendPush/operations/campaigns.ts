import { CAMPAIGN_STATE_OPTIONS } from '../campaign/states';
import { campaignJson } from '../campaign/outcome';
import { chosenCampaign } from '../campaign/locator';
import { campaignLocatorFields, showCampaign } from '../description/campaign';
import { choiceOf } from '../../shared/parameters';
import { pagingFields, readPages } from '../../shared/paging';
import { optionalApplication, toScope } from '../../shared/resultQuery';
import { storeOperation } from './operation';

export const getCampaign = storeOperation({
	option: { name: 'Get', value: 'get', description: 'See how a campaign goes', action: 'Get a campaign' },
	fields: campaignLocatorFields(showCampaign('get')),
	async run({ registry, caller, functions }, itemIndex) {
		return [campaignJson(await registry.campaigns.get(caller, chosenCampaign(functions, itemIndex)))];
	},
});

const many = showCampaign('getMany');

export const getManyCampaigns = storeOperation({
	option: {
		name: 'Get Many',
		value: 'getMany',
		description: 'List campaigns, the newest first',
		action: 'Get many campaigns',
	},
	fields: [
		{
			...optionalApplication(many),
			description: 'Only campaigns of this application. Leave it empty for all of them.',
		},
		{
			displayName: 'State',
			name: 'state',
			type: 'options',
			options: [{ name: 'Any', value: 'any' }, ...CAMPAIGN_STATE_OPTIONS],
			default: 'any',
			description: 'Only campaigns in this state',
			displayOptions: { show: many },
		},
		...pagingFields(many),
	],
	async run({ registry, caller, functions }, itemIndex) {
		const application = toScope(functions.getNodeParameter('application', itemIndex, null));
		const values = { state: functions.getNodeParameter('state', itemIndex, 'any') };
		const state = choiceOf(values, 'state', 'State', ['any', ...CAMPAIGN_STATE_OPTIONS.map(({ value }) => value)]);
		return await readPages(
			functions,
			itemIndex,
			async (page) =>
				await registry.campaigns.list(caller, {
					...page,
					...(application ? { application } : {}),
					...(state === undefined || state === 'any' ? {} : { state }),
				}),
			campaignJson,
		);
	},
});

export const pauseCampaign = storeOperation({
	option: {
		name: 'Pause',
		value: 'pause',
		description: 'Stop a campaign within a second, to go on later',
		action: 'Pause a campaign',
	},
	fields: campaignLocatorFields(showCampaign('pause')),
	async run({ registry, caller, functions }, itemIndex) {
		return [campaignJson(await registry.campaigns.pause(caller, chosenCampaign(functions, itemIndex)))];
	},
});

export const resumeCampaign = storeOperation({
	option: {
		name: 'Resume',
		value: 'resume',
		description: 'Let a paused or stopped campaign go on: the next Run takes it',
		action: 'Resume a campaign',
	},
	fields: campaignLocatorFields(showCampaign('resume')),
	async run({ registry, caller, functions }, itemIndex) {
		return [campaignJson(await registry.campaigns.resume(caller, chosenCampaign(functions, itemIndex)))];
	},
});

export const cancelCampaign = storeOperation({
	option: {
		name: 'Cancel',
		value: 'cancel',
		description: 'End a campaign within a second, for good',
		action: 'Cancel a campaign',
	},
	peopleOnly: true,
	fields: campaignLocatorFields(showCampaign('cancel')),
	async run({ registry, caller, functions }, itemIndex) {
		return [campaignJson(await registry.campaigns.cancel(caller, chosenCampaign(functions, itemIndex)))];
	},
});

export const deleteCampaign = storeOperation({
	option: {
		name: 'Delete',
		value: 'delete',
		description: 'Remove an ended campaign; its results stay in the delivery log',
		action: 'Delete a campaign',
	},
	peopleOnly: true,
	fields: campaignLocatorFields(showCampaign('delete')),
	async run({ registry, caller, functions }, itemIndex) {
		const { id, key } = await registry.campaigns.delete(caller, chosenCampaign(functions, itemIndex));
		return [{ id, key, deleted: true }];
	},
});
