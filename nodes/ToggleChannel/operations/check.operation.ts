import type { IDataObject } from 'n8n-workflow';
import type { ChannelType } from '../../../push/model';
import type { ApplicationLocator } from '../../../push';
import type { Operation, OperationContext } from '../../shared/operation';
import { channelJson } from '../../shared/views';
import { attachedCredentials, channelsOf, chosenApplication } from './channels';

/** Asks the providers with the stored credentials; nothing reaches a device. A refusal is an item, not an error. */
export const check: Operation = {
	option: {
		name: 'Check',
		value: 'check',
		description: 'Ask the provider whether the stored credentials still work, for example once a day',
		action: 'Check channels',
	},
	fields: [
		{
			displayName:
				'With no channel chosen, every configured one is checked. With credentials attached, each result says whether they are the stored ones.',
			name: 'checkNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { operation: ['check'] } },
		},
	],
	async run(context, itemIndex) {
		const locator = chosenApplication(context, itemIndex);
		const chosen = channelsOf(context, itemIndex);
		const results: IDataObject[] = [];
		for (const channelType of chosen.length > 0 ? chosen : await configured(context, locator)) {
			results.push(await checkOne(context, locator, channelType));
		}
		return results;
	},
};

async function configured({ registry, caller }: OperationContext, locator: ApplicationLocator): Promise<ChannelType[]> {
	const channels = await registry.channels.list(caller, locator);
	return channels
		.filter((channel) => !('configured' in channel) && !channel.archived)
		.map(({ channelType }) => channelType);
}

async function checkOne(
	{ engine, functions, registry, caller }: OperationContext,
	locator: ApplicationLocator,
	channelType: ChannelType,
): Promise<IDataObject> {
	const credentials = await attachedCredentials(functions, engine.CHANNELS[channelType].provider);
	const { channel, report, daysToExpiry, differs } = await registry.channels.check(caller, locator, channelType, {
		credentials,
	});
	const { applicationId, enabled, ...known } = channelJson(channel, Date.now());
	return {
		ok: report.ok,
		message: differs
			? `${report.message} The credential attached to this node is not the stored one: run Enable to store it.`
			: report.message,
		...(report.warnings.length > 0 ? { warnings: [...report.warnings] } : {}),
		...known,
		...(daysToExpiry === undefined ? {} : { daysToExpiry }),
		...(differs === undefined ? {} : { differs }),
		applicationId,
		enabled,
	};
}
