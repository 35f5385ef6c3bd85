import { initial } from './001-initial';
import { templates } from './002-templates';
import { deliveryLog } from './003-delivery-log';
import { campaigns } from './004-campaigns';
import { metrics } from './005-metrics';
import { subscriptions } from './006-subscriptions';
import { campaignSources } from './007-campaign-sources';
import { campaignNumbers } from './008-campaign-numbers';
import type { Migration } from './migration';

export type { Migration, MigrationNames } from './migration';

/** In order of their versions. */
export const MIGRATIONS: readonly Migration[] = [
	initial,
	templates,
	deliveryLog,
	campaigns,
	metrics,
	subscriptions,
	campaignSources,
	campaignNumbers,
];

export const SCHEMA_VERSION = Math.max(...MIGRATIONS.map(({ version }) => version));

/** The steps a schema of this version lacks. */
export function migrationsAfter(found: number): readonly Migration[] {
	return MIGRATIONS.filter(({ version }) => version > found);
}
