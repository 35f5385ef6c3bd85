import type { EventType } from '../../model';
import type { PushEvent, Store } from '../../store';
import type { FoundResult, ResultQuery } from '../query';
import { type AlarmChange, type AlarmRule, alarmSource } from './alarm';
import { eventSource, type Position, type ReadItems, resultSource, type Source } from './source';

/** What a subscription is about. */
export type Subject =
	| { readonly kind: 'results'; readonly query: ResultQuery }
	| {
			readonly kind: 'events';
			readonly types: readonly EventType[];
			readonly query: Pick<ResultQuery, 'applicationId' | 'campaignId' | 'channels'>;
	  }
	| {
			readonly kind: 'alarm';
			readonly rule: AlarmRule;
			readonly query: Pick<ResultQuery, 'applicationId' | 'channels'>;
	  };

export type SubscriptionItem =
	| { readonly kind: 'result'; readonly result: FoundResult }
	| { readonly kind: 'event'; readonly event: PushEvent }
	| { readonly kind: 'alarm'; readonly change: AlarmChange };

export type SourceStore = Pick<Store, 'deliveryLog' | 'deliveryIndex' | 'events' | 'metrics'>;

export function sourceOf(store: SourceStore, subject: Subject, now: () => number): Source<SubscriptionItem> {
	switch (subject.kind) {
		case 'results':
			return mapped(resultSource(store, subject.query), (result) => ({ kind: 'result', result }));
		case 'events':
			return mapped(eventSource(store, subject.types, eventFilter(subject.query)), (event) => ({
				kind: 'event',
				event,
			}));
		case 'alarm':
			return mapped(alarmSource(store, subject.rule, subject.query, now), (change) => ({ kind: 'alarm', change }));
	}
}

function eventFilter({
	applicationId,
	campaignId,
	channels,
}: Pick<ResultQuery, 'applicationId' | 'campaignId' | 'channels'>) {
	return (event: PushEvent): boolean =>
		(applicationId === undefined || event.applicationId === applicationId) &&
		(campaignId === undefined || event.campaignId === campaignId) &&
		(channels === undefined || event.channelType === undefined || channels.includes(event.channelType));
}

function mapped<Item>(source: Source<Item>, map: (item: Item) => SubscriptionItem): Source<SubscriptionItem> {
	return {
		async read(position: Position, limit: number): Promise<ReadItems<SubscriptionItem>> {
			const { items, ...rest } = await source.read(position, limit);
			return { ...rest, items: items.map(map) };
		},
		end: async () => await source.end(),
		skipTo: async (position, since) => await source.skipTo(position, since),
	};
}

export { ALARM_METRICS, type AlarmChange, type AlarmMetric, type AlarmRule } from './alarm';
export type { Skipped } from './source';
export { type Delivery, Subscriber, type SubscriberPorts, type SubscriberSettings } from './subscriber';
