import type { Migration } from './migration';

/**
 * How the query of a campaign's recipients is run again, sealed like a channel's credential: one row per campaign whose
 * rows are not all in the store yet.
 */
export const campaignSources: Migration = {
	version: 7,
	statements: ({ text, table }) => [
		`CREATE TABLE ${table('campaign_sources')} (
			campaign BIGINT PRIMARY KEY,
			sealed ${text} NOT NULL
		)`,
	],
};
