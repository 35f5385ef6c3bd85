/** Bulk sends that survive a crash. */
export { createCampaigns } from './campaigns';
export type * from './campaigns';
export { DEFAULT_RETRY_HORIZON_MS } from './definition';
export type { CampaignDefinition, CampaignMessage, RowMapping } from './definition';
export type { PreflightReport } from './preflight';
export { checkPostgresSource, postgresSource } from './rows/postgresSource';
export type { PostgresPlace, PostgresSourceOptions } from './rows/postgresSource';
export { itemSource, openFile, rowSource } from './rows/sources';
export type { FileSettings, Items, RecipientSource } from './rows/sources';
export type { CampaignView } from './view';
