import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock, systemRandom } from '../../push/model';
import { type ResultQuery, sourceOf, Subscriber, type SubscriptionItem } from '../../push/results';
import type { Delivery, Skipped, SubscriberSettings } from '../../push/results/subscriptions';
import type { Store } from '../../push/store';
import { DEAD, result } from './samples';

export const APP = 'a'.repeat(32);

interface Options extends Partial<SubscriberSettings> {
	readonly query?: ResultQuery;
	/** The system's by default. */
	readonly clock?: Clock;
	/** What becomes of a delivery; done by default. */
	readonly fate?: (addresses: string[], attempt: number) => Promise<'done' | 'failed'> | 'done' | 'failed';
}

/** A subscriber that writes down what it gets. */
export function subscriberOf(store: Store, options: Options = {}) {
	const { query = {}, clock = systemClock, fate = () => 'done', ...settings } = options;
	const got: string[][] = [];
	const skipped: Skipped[] = [];
	const reported: Skipped[] = [];
	const troubles: unknown[] = [];
	const addressesIn = ({ items }: Delivery<SubscriptionItem>) =>
		items.map((item) => (item.kind === 'result' ? item.result.address : ''));
	const subscriber = new Subscriber(
		store,
		sourceOf(store, { kind: 'results', query }, () => clock.now()),
		{ id: 'wf:node', batchSize: 500, maxWaitMs: 0, catchUpMs: Infinity, pollMs: 20, ...settings },
		{
			async deliver(delivery) {
				const addresses = addressesIn(delivery);
				const outcome = await fate(addresses, delivery.attempt);
				if (outcome === 'done') {
					got.push(addresses);
					skipped.push(...delivery.skipped);
				}
				return outcome;
			},
			onSkipped: (lost) => reported.push(lost),
			onTrouble: (error) => troubles.push(error),
			onNews: async (wake) => await store.deliveryLog.listen(wake),
		},
		clock,
		systemRandom,
	);
	return { subscriber, got, skipped, reported, troubles, all: () => got.flat() };
}

export async function until(done: () => boolean): Promise<void> {
	const deadline = performance.now() + 30_000;
	while (!done()) {
		if (performance.now() > deadline) throw new Error('It did not happen within 30 s');
		await sleep(5);
	}
}

/** Records results of these addresses as one batch. */
export function recorder(store: () => Store) {
	return async (
		names: readonly string[],
		more: { readonly campaignId?: string; readonly workflowId?: string; readonly at?: number } = {},
	): Promise<void> => {
		const { workflowId, at = Date.now(), ...head } = more;
		const results = names.map((address) => result({ ...DEAD, address }));
		const origin = workflowId ? { workflowId } : {};
		await store().deliveryLog.append([{ at, applicationId: APP, origin, ...head, results }]);
	};
}
