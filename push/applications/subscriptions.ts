import {
	type Delivery,
	listResults,
	type FoundResult,
	type Skipped,
	sourceOf,
	type Subject,
	Subscriber,
	type SubscriptionItem,
} from '../results';
import { findApplication } from './applications';
import type { Caller } from './caller';
import { type Context, perform } from './context';
import type { Scope } from './deliveryResults';
import { resource } from './resources';

export interface SubscriptionRequest {
	/** The same for everyone who works on this subscription; it has a cursor for each kind of subject. */
	readonly id: string;
	readonly subject: Subject;
	/** Items of one delivery at most. */
	readonly batchSize: number;
	/** ms after its first item, at which a delivery goes out although it is not full. */
	readonly maxWaitMs: number;
	/** ms: what is older when the subscription starts is skipped. `Infinity`: nothing is. */
	readonly catchUpMs: number;
}

export interface SubscriptionHandlers {
	/** A failure brings the delivery again, twice. */
	deliver(delivery: Delivery<SubscriptionItem>): Promise<'done' | 'failed'>;
	onSkipped(skipped: Skipped): void;
	onTrouble(error: unknown): void;
}

export interface Subscriptions {
	/**
	 * Tells of results, events or an alarm from now on, or from where the subscription was left.
	 * @throws {PushError} `AccessDenied`, `NotFound` (application), `StoreUnavailable`
	 */
	start(
		caller: Caller,
		scope: Scope,
		request: SubscriptionRequest,
		handlers: SubscriptionHandlers,
	): Promise<{ stop(): Promise<void> }>;
	/** The newest results a subscription would tell of, for a try. */
	recent(caller: Caller, scope: Scope, subject: Subject, limit: number): Promise<readonly FoundResult[]>;
}

/** ms between two looks. SQLite tells other processes nothing; a PostgreSQL whose note got lost is asked now and then. */
const POLL_MS = { sqlite: 500, postgres: 5_000 } as const;

/** Alarms are about whole minutes. */
const ALARM_POLL_MS = 15_000;

export function createSubscriptions(context: Context): Subscriptions {
	const { store, clock, random, deliveryLog, upkeep } = context;

	async function permitted<T>(caller: Caller, scope: Scope, subject: Subject, work: (subject: Subject) => Promise<T>) {
		const application = scope && (await findApplication(context, caller, scope));
		const operation = {
			action: 'GetDeliveryResults',
			resource: application ? resource.results(application.id) : resource.allResults(),
			...(application ? { application } : {}),
			changes: false,
		} as const;
		const scoped = application ? within(subject, application.id) : subject;
		return await perform(context, caller, operation, async () => await work(scoped));
	}

	async function onNews(wake: () => void): Promise<() => Promise<void>> {
		const stopHere = deliveryLog.onRecorded(wake);
		const stopElsewhere = await store.deliveryLog.listen(wake);
		return async () => {
			stopHere();
			await stopElsewhere();
		};
	}

	return {
		async start(caller, scope, { id, subject, ...request }, handlers) {
			return await permitted(caller, scope, subject, async (scoped) => {
				const pollMs = scoped.kind === 'alarm' ? ALARM_POLL_MS : POLL_MS[store.kind];
				const subscriber = new Subscriber(
					store,
					sourceOf(store, scoped, () => clock.now()),
					// How far a trigger has come in one stream says nothing of another.
					{ ...request, id: `${id}:${subject.kind}`, pollMs },
					{ ...handlers, onNews },
					clock,
					random,
				);
				const release = upkeep.keepAwake();
				try {
					await subscriber.start();
				} catch (error) {
					release();
					throw error;
				}
				return {
					async stop() {
						release();
						await subscriber.stop();
					},
				};
			});
		},

		async recent(caller, scope, subject, limit) {
			return await permitted(caller, scope, subject, async (scoped) => {
				if (scoped.kind !== 'results') return [];
				return (await listResults(store, scoped.query, { limit })).items;
			});
		},
	};
}

function within(subject: Subject, applicationId: string): Subject {
	switch (subject.kind) {
		case 'results':
			return { ...subject, query: { ...subject.query, applicationId } };
		case 'events':
			return { ...subject, query: { ...subject.query, applicationId } };
		case 'alarm':
			return { ...subject, query: { ...subject.query, applicationId } };
	}
}
