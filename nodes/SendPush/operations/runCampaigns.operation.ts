import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { DueCampaigns } from '../../../push';
import { toSentence, WorkflowMistake } from '../../shared/errors';
import { textOf } from '../../shared/parameters';
import { openRegistry } from '../../shared/registry';
import { isoDate } from '../../shared/views';
import { campaignJson, campaignOutput, failureForm, runSettings } from '../campaign/outcome';
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
		const failures = failureForm(context);
		const view = await registry.campaigns.run(caller, chosenCampaign(context, 0), runSettings(context));
		return await campaignOutput(context, opened, view, failures);
	}
	const due = await registry.campaigns.runDue(caller, runSettings(context));
	const [first] = due.failed;
	if (first && !context.continueOnFail()) throw notRun(first, due);
	const pairedItem = { item: 0 };
	const failed = due.failed.map(({ id, key, error }) => ({ json: { id, key, error: toSentence(error) }, pairedItem }));
	if (due.worked.length > 0) return [due.worked.map((view) => ({ json: campaignJson(view), pairedItem })), failed];
	if (failed.length > 0) return [[], failed];
	const { nextRunAt, notPermitted } = due;
	const json = {
		campaigns: 0,
		...(notPermitted === 0 ? {} : { notPermitted }),
		...(nextRunAt === undefined ? {} : { nextRunAt: isoDate(nextRunAt) }),
	};
	return [[{ json, pairedItem }], []];
}

function notRun({ key, error }: DueCampaigns['failed'][number], { worked, failed }: DueCampaigns): WorkflowMistake {
	const others = worked.length + failed.length - 1;
	const rest =
		failed.length > 1
			? `${failed.length} of ${others + 1} due campaigns could not be run.`
			: 'The other due campaigns were run.';
	return new WorkflowMistake(`Campaign "${key}": ${toSentence(error)}`, others > 0 ? rest : undefined);
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
		return await withMistakes(this, runCampaigns, async () => await run(this));
	},
};
