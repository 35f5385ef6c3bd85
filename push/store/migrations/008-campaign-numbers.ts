import type { Migration } from './migration';

/**
 * The last number a campaign got. A number is never given twice: rows of a removed campaign may outlive it, when the
 * process dies while they are deleted, and the counts for caps name campaigns by number.
 */
export const campaignNumbers: Migration = {
	version: 8,
	statements: ({ table }) => [
		`CREATE TABLE ${table('campaign_numbers')} (
			id BIGINT PRIMARY KEY,
			last BIGINT NOT NULL
		)`,
		`INSERT INTO ${table('campaign_numbers')} (id, last)
			SELECT 1, MAX(number) FROM (
				SELECT 0 AS number
				UNION ALL SELECT number FROM ${table('campaigns')}
				UNION ALL SELECT campaign FROM ${table('campaign_batches')}
				UNION ALL SELECT last_campaign FROM ${table('campaign_contacts')}
			) AS given`,
	],
};
