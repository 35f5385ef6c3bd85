import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NO_APPLICATION, toLocator } from '../../shared/applicationLocator';
import { flagOf, section, textOf } from '../../shared/parameters';
import { openRegistry } from '../../shared/registry';
import { campaignOutput, failureForm, runSettings } from '../campaign/outcome';
import { campaignValues, readPlan } from '../campaign/plan';
import { recipientsOf } from '../campaign/recipients';
import { messageForm } from '../description/form';
import { withMistakes } from './mistakes';
import type { SendPushOperation } from './operation';

/** Creates a campaign and works on it; one summary item. */
async function start(context: IExecuteFunctions): Promise<[INodeExecutionData[], INodeExecutionData[]]> {
	const opened = await openRegistry(context);
	const values = campaignValues(context);
	const settings = section(values, 'campaignSettings');
	const failures = failureForm(context);
	const { plan, columns } = await readPlan(context, opened, values);
	const source = await recipientsOf(context, opened.engine, values, settings, columns);
	const { campaign, preflight, resumed } = await opened.registry.campaigns.start(opened.caller, {
		...runSettings(context),
		application: toLocator(values.application, `Choose one. ${NO_APPLICATION.manage}.`),
		key: textOf(values, 'campaignKey') ?? '',
		plan,
		source,
		validateOnly: flagOf(settings, 'validateOnly') ?? false,
	});
	const checks = preflight ? { preflight: JSON.parse(JSON.stringify(preflight)) } : {};
	if (!campaign) return [[{ json: { validated: true, ...checks }, pairedItem: { item: 0 } }], []];
	for (const message of preflight?.warnings ?? []) {
		context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
	return await campaignOutput(context, opened, campaign, failures, { resumed });
}

export const startCampaign: SendPushOperation = {
	option: {
		name: 'Start',
		value: 'start',
		description: 'Send one message to a file, a query or the items, in a way that survives a crash',
		action: 'Start a campaign',
	},
	peopleOnly: true,
	fields: messageForm,
	outputs: 'sentAndFailed',
	async execute() {
		return await withMistakes(this, startCampaign, async () => await start(this));
	},
};
