import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { FoundResult, Skipped, SubscriptionItem } from '../../push';
import type { DeliveryResult } from '../../push/model';
import { showAddress } from '../shared/addresses';
import type { EngineModule } from '../shared/engine';
import { resultInFormat } from '../shared/resultQuery';
import { isoDate } from '../shared/views';
import type { TriggerSettings } from './settings';

const ADVICE: Readonly<Record<DeliveryResult['tokenAction'], string>> = {
	remove: 'Delete it.',
	replace: 'Replace it by updatedToken.',
	suspect: 'Check environment, topic and project of the channel. Delete it only if it stays refused.',
	keep: '',
};

const VERDICT: Readonly<Record<DeliveryResult['tokenAction'], string>> = {
	remove: 'dead',
	replace: 'replaced',
	suspect: 'suspect',
	keep: 'alive',
};

/** What the workflow gets; the first item says what was skipped before it. */
export function toItems(
	engine: EngineModule,
	items: readonly SubscriptionItem[],
	settings: Pick<TriggerSettings, 'event' | 'format' | 'form'>,
	skipped: readonly Skipped[] = [],
): INodeExecutionData[] {
	const output = items.map((item) => toJson(engine, item, settings));
	const [first] = output;
	if (first && skipped.length > 0) first.skipped = skipped.map(({ reason, count }) => ({ reason, count }));
	return output.map((json) => ({ json }));
}

function toJson(
	engine: EngineModule,
	item: SubscriptionItem,
	{ event, format, form }: Pick<TriggerSettings, 'event' | 'format' | 'form'>,
): IDataObject {
	switch (item.kind) {
		case 'result':
			return event === 'invalidToken'
				? tokenJson(item.result, (address) => showAddress(address, form))
				: resultInFormat(engine, item.result, format, form);
		case 'event': {
			const { type, at, applicationId, campaignId, channelType, details } = item.event;
			const plain: IDataObject = JSON.parse(JSON.stringify(details));
			return {
				event: type,
				date: isoDate(at),
				applicationId,
				...(campaignId === undefined ? {} : { campaignId }),
				...(channelType === undefined ? {} : { channelType }),
				...plain,
			};
		}
		case 'alarm': {
			const { state, metric, comparison, threshold, minutes, at } = item.change;
			return {
				event: state === 'ALARM' ? 'alarm.raised' : 'alarm.over',
				date: isoDate(at),
				metric,
				comparison,
				threshold,
				minutes: minutes.map(({ minute, value, over }) => ({ minute: isoDate(minute), value, over })),
			};
		}
	}
}

function tokenJson(result: FoundResult, show: (address: string) => string): IDataObject {
	const { address, channelType, applicationId, campaignId, tokenAction, updatedToken, invalidSince } = result;
	return {
		address: show(address),
		channelType,
		applicationId,
		...(campaignId === undefined ? {} : { campaignId }),
		verdict: VERDICT[tokenAction],
		reason: result.providerReason ?? String(result.statusCode),
		advice: ADVICE[tokenAction],
		date: isoDate(result.recordedAt),
		...(invalidSince === undefined ? {} : { invalidSince: isoDate(invalidSince) }),
		...(updatedToken === undefined ? {} : { updatedToken: show(updatedToken) }),
	};
}
