import {
	type MetricPoint,
	type MetricsQuery,
	prometheusText,
	readMetrics,
	type ReportData,
	reportData,
} from '../results';
import { findApplication } from './applications';
import type { Caller } from './caller';
import { type Context, perform } from './context';
import type { Scope } from './deliveryResults';
import { resource } from './resources';

/** What was sent, in numbers, for those who may see it. */
export interface DeliveryMetrics {
	get(caller: Caller, scope: Scope, query: Omit<MetricsQuery, 'applicationId'>): Promise<readonly MetricPoint[]>;
	/** Prometheus' text format. */
	prometheus(caller: Caller, scope: Scope): Promise<string>;
	/** What a report is drawn from. @throws {PushError} `InvalidRequest` for the range */
	report(
		caller: Caller,
		scope: Scope,
		request: { readonly since: number; readonly until: number; readonly title?: string },
	): Promise<ReportData>;
}

export function createDeliveryMetrics(context: Context): DeliveryMetrics {
	const { store, clock } = context;

	async function scoped<T>(
		caller: Caller,
		scope: Scope,
		work: (application?: { id: string; name: string }) => Promise<T>,
	) {
		const application = scope && (await findApplication(context, caller, scope));
		const operation = {
			action: 'GetDeliveryMetrics',
			resource: application ? resource.results(application.id) : resource.allResults(),
			...(application ? { application } : {}),
			changes: false,
		} as const;
		return await perform(context, caller, operation, async () => await work(application));
	}

	return {
		get: async (caller, scope, query) =>
			await scoped(
				caller,
				scope,
				async (application) =>
					await readMetrics(store, { ...query, ...(application ? { applicationId: application.id } : {}) }),
			),
		prometheus: async (caller, scope) =>
			await scoped(caller, scope, async (application) => await prometheusText(store, clock.now() + 1, application?.id)),
		report: async (caller, scope, { since, until, title }) =>
			await scoped(
				caller,
				scope,
				async (application) =>
					await reportData(store, {
						since,
						until,
						title: title ?? (application ? `Push notifications of ${application.name}` : 'Push notifications'),
						now: clock.now(),
						...(application ? { applicationId: application.id } : {}),
					}),
			),
	};
}
