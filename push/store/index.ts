import type { Database } from './database';
import { openPostgres, type PostgresOptions } from './postgres';
import { applicationRepository } from './repositories/applications';
import { auditRepository } from './repositories/audit';
import { campaignBatchRepository } from './repositories/campaignBatches';
import { campaignRepository } from './repositories/campaigns';
import { channelRepository } from './repositories/channels';
import { deliveryIndexRepository } from './repositories/deliveryIndex';
import { deliveryLogRepository } from './repositories/deliveryLog';
import { documentRepository } from './repositories/documents';
import { eventRepository } from './repositories/events';
import { idempotencyRepository } from './repositories/idempotency';
import { metricsRepository } from './repositories/metrics';
import { subscriptionRepository } from './repositories/subscriptions';
import { suppressionRepository } from './repositories/suppressions';
import { templateRepository } from './repositories/templates';
import { openSqlite, type SqliteOptions } from './sqlite';
import type { Store } from './types';

export type StoreOptions =
	| ({ readonly kind: 'sqlite' } & SqliteOptions)
	| ({ readonly kind: 'postgres' } & PostgresOptions);

/**
 * Opens the store and brings its schema up to date.
 * @throws {PushError} `StoreUnavailable`, `StoreTooNew`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
	return storeOver(options.kind === 'sqlite' ? await openSqlite(options) : await openPostgres(options));
}

function storeOver(database: Database): Store {
	return {
		kind: database.kind,
		location: database.location,
		applications: applicationRepository(database),
		channels: channelRepository(database),
		audit: auditRepository(database),
		idempotency: idempotencyRepository(database),
		suppressions: suppressionRepository(database),
		templates: templateRepository(database),
		deliveryLog: deliveryLogRepository(database),
		deliveryIndex: deliveryIndexRepository(database),
		events: eventRepository(database),
		metrics: metricsRepository(database),
		subscriptions: subscriptionRepository(database),
		documents: documentRepository(database),
		campaigns: campaignRepository(database),
		campaignBatches: campaignBatchRepository(database),
		close: async () => await database.close(),
	};
}

export type * from './campaignTypes';
export type { PostgresOptions } from './postgres';
export type { SqliteOptions } from './sqlite';
export type * from './types';
export { METRIC_RESOLUTIONS } from './types';
