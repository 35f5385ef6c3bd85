import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { textOf } from '../../shared/parameters';
import { openRegistry } from '../../shared/registry';
import { isoDate } from '../../shared/views';
import { campaignJson, campaignOutput, runSettings } from '../campaign/outcome';
import { chosenCampaign } from '../campaign/locator';
import { campaignFailureField, campaignLocatorFields, showCampaign } from '../description/campaign';
import { withMistakes } from './mistakes';
import type { SendPushOperation } from './operation';

const show = showCampaign('run');

async function run(context: IExecuteFunctions): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	const opened = await openRegistry(context);
	const { registry, caller } = opened;
	const which = textOf({ which: context.getNodeParameter('which', 0, 'due') }, 'which');
	if (which === 'one') {
		const view = await registry.campaigns.run(caller, chosenCampaign(context, 0), runSettings(context));
		return await campaignOutput(context, opened, view);
	}
	const { worked, nextRunAt } = await registry.campaigns.runDue(caller, runSettings(context));
	const pairedItem = { item: 0 };
	const next = nextRunAt === undefined ? {} : { nextRunAt: isoDate(nextRunAt) };
	if (worked.length === 0) return [[{ json: { campaigns: 0, ...next }, pairedItem }], []];
	return [worked.map((view) => ({ json: campaignJson(view), pairedItem })), []];
}

export const runCampaigns: SendPushOperation = {
	option: {
		name: 'Run',
		value: 'run',
		description: 'Take part in a campaign, or in all that are due; returns at once when none is',
		action: 'Run campaigns',
	},
	peopleOnly: true,
	fields: [
		{
			displayName: 'Campaigns',
			name: 'which',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'All That Are Due', value: 'due', description: 'For the workflow that runs every minute' },
				{ name: 'One', value: 'one', description: 'A certain campaign, when it is its time' },
			],
			default: 'due',
			description: 'Which campaigns to work on',
			displayOptions: { show },
		},
		...campaignLocatorFields({ ...show, which: ['one'] }),
		campaignFailureField({ ...show, which: ['one'] }),
	],
	outputs: 'sentAndFailed',
	async execute() {
		return await withMistakes(this, async () => await run(this));
	},
};
