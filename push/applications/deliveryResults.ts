import {
	eraseAddress,
	findInvalidTokens,
	type FoundResult,
	type InvalidToken,
	listResults,
	readRetention,
	type ResultQuery,
	type Retention,
	streamResults,
	type SuspectWave,
	writeRetention,
} from '../results';
import type { Page, PageRequest } from '../store';
import { type ApplicationLocator, findApplication } from './applications';
import type { Caller } from './caller';
import { type Context, type Operation, perform } from './context';
import { type ActionName, resource } from './resources';

/** Without an application: of all, which asks for permission on the whole store. */
export type Scope = ApplicationLocator | undefined;

export type ScopedQuery = Omit<ResultQuery, 'applicationId'>;

/** What became of messages, for those who may see it. */
export interface DeliveryResults {
	/** Newest first. */
	list(caller: Caller, scope: Scope, query: ScopedQuery, page: PageRequest): Promise<Page<FoundResult>>;
	/** Everything, oldest first, in parts; permission is asked before the first one. */
	stream(caller: Caller, scope: Scope, query: ScopedQuery): Promise<AsyncIterable<readonly FoundResult[]>>;
	invalidTokens(
		caller: Caller,
		scope: Scope,
		query: ScopedQuery,
	): Promise<{ readonly tokens: readonly InvalidToken[]; readonly waves: readonly SuspectWave[] }>;
	/** For data-protection requests. @returns how many results were removed */
	erase(caller: Caller, scope: Scope, address: string): Promise<number>;
	retention(caller: Caller): Promise<Retention>;
	setRetention(caller: Caller, retention: Retention): Promise<Retention>;
}

export function createDeliveryResults(context: Context): DeliveryResults {
	const { store } = context;

	async function scoped<T>(
		caller: Caller,
		scope: Scope,
		action: ActionName,
		work: (applicationId: string | undefined) => Promise<T>,
		change?: Readonly<Record<string, unknown>>,
	): Promise<T> {
		const application = scope && (await findApplication(context, caller, scope));
		const operation: Operation = {
			action,
			resource: application ? resource.results(application.id) : resource.allResults(),
			...(application ? { application } : {}),
			...(change ? { details: change } : {}),
			changes: change !== undefined,
		};
		return await perform(context, caller, operation, async () => await work(application?.id));
	}

	const within = (query: ScopedQuery, applicationId: string | undefined): ResultQuery =>
		applicationId === undefined ? query : { ...query, applicationId };

	return {
		list: async (caller, scope, query, page) =>
			await scoped(
				caller,
				scope,
				'GetDeliveryResults',
				async (id) => await listResults(store, within(query, id), page),
			),
		stream: async (caller, scope, query) =>
			await scoped(caller, scope, 'GetDeliveryResults', async (id) => streamResults(store, within(query, id))),
		invalidTokens: async (caller, scope, query) =>
			await scoped(
				caller,
				scope,
				'GetDeliveryResults',
				async (id) => await findInvalidTokens(store, within(query, id)),
			),
		// The audit row says that, not whose: it would bring back what was erased.
		erase: async (caller, scope, address) =>
			await scoped(caller, scope, 'DeleteDeliveryResults', async (id) => await eraseAddress(store, id, address), {
				addresses: 1,
			}),
		retention: async (caller) =>
			await scoped(caller, undefined, 'GetDeliveryResults', async () => await readRetention(store)),
		setRetention: async (caller, retention) =>
			await scoped(
				caller,
				undefined,
				'UpdateDeliveryRetention',
				async () => {
					await writeRetention(store, retention);
					return await readRetention(store);
				},
				{ ...retention },
			),
	};
}
