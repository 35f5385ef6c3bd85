import type { Migration } from './migration';

/**
 * Campaigns. One row per batch of up to 1,000 recipients, not per recipient: its rows of the source lie beside it as
 * one text, so that marking progress does not write them again. Addresses are kept as 64-bit hashes. Times are epoch ms.
 */
export const campaigns: Migration = {
	version: 4,
	statements: ({ kind, text, table }) => [
		`CREATE TABLE ${table('campaigns')} (
			number BIGINT NOT NULL UNIQUE,
			id ${text} PRIMARY KEY,
			application_id ${text} NOT NULL,
			campaign_key ${text} NOT NULL,
			definition ${text} NOT NULL,
			created_by ${text} NOT NULL,
			state ${text} NOT NULL,
			state_reason ${text} NOT NULL,
			intake ${text} NOT NULL,
			intake_owner ${text},
			intake_until BIGINT NOT NULL,
			rows_taken BIGINT NOT NULL,
			batches BIGINT NOT NULL,
			bad_rows BIGINT NOT NULL,
			next_run_at BIGINT,
			created_at BIGINT NOT NULL,
			started_at BIGINT,
			finished_at BIGINT,
			updated_at BIGINT NOT NULL,
			version BIGINT NOT NULL,
			UNIQUE (application_id, campaign_key)
		)`,
		`CREATE INDEX campaigns_open ON ${table('campaigns')} (next_run_at)
			WHERE state IN ('PENDING', 'RUNNING', 'WAITING')`,
		`CREATE TABLE ${table('campaign_batches')} (
			campaign BIGINT NOT NULL,
			batch BIGINT NOT NULL,
			first_row BIGINT NOT NULL,
			first_line BIGINT NOT NULL,
			row_count BIGINT NOT NULL,
			content_hash ${text} NOT NULL,
			finished BIGINT NOT NULL,
			owner ${text},
			lease_until BIGINT NOT NULL,
			fence BIGINT NOT NULL,
			not_before BIGINT NOT NULL,
			handed BIGINT NOT NULL,
			done ${text},
			later ${text},
			PRIMARY KEY (campaign, batch)
		)`,
		`CREATE INDEX campaign_batches_open ON ${table('campaign_batches')} (campaign, not_before, batch) WHERE finished = 0`,
		`CREATE TABLE ${table('campaign_rows')} (
			campaign BIGINT NOT NULL,
			batch BIGINT NOT NULL,
			content ${text} NOT NULL,
			PRIMARY KEY (campaign, batch)
		)`,
		// Which devices the campaign has: one row per batch, 8 bytes of hash per device. A B-tree of single hashes would
		// have each batch rewrite most of its pages.
		`CREATE TABLE ${table('campaign_addresses')} (
			campaign BIGINT NOT NULL,
			sequence BIGINT NOT NULL,
			batch BIGINT NOT NULL,
			hashes ${text} NOT NULL,
			PRIMARY KEY (campaign, sequence),
			UNIQUE (campaign, batch)
		)`,
		`CREATE TABLE ${table('campaign_contacts')} (
			application_id ${text} NOT NULL,
			hash BIGINT NOT NULL,
			day BIGINT NOT NULL,
			today BIGINT NOT NULL,
			total BIGINT NOT NULL,
			last_campaign BIGINT NOT NULL,
			last_batch BIGINT NOT NULL,
			PRIMARY KEY (application_id, hash)
		)${kind === 'sqlite' ? ' WITHOUT ROWID' : ''}`,
		`CREATE TABLE ${table('campaign_counts')} (
			campaign BIGINT NOT NULL,
			treatment ${text} NOT NULL,
			outcome ${text} NOT NULL,
			reason ${text} NOT NULL,
			recipients BIGINT NOT NULL,
			possible_duplicates BIGINT NOT NULL,
			PRIMARY KEY (campaign, treatment, outcome, reason)
		)`,
		`CREATE TABLE ${table('campaign_bad_rows')} (
			campaign BIGINT NOT NULL,
			line BIGINT NOT NULL,
			reason ${text} NOT NULL,
			PRIMARY KEY (campaign, line)
		)`,
		`CREATE TABLE ${table('campaign_runners')} (
			campaign BIGINT NOT NULL,
			owner ${text} NOT NULL,
			seen_at BIGINT NOT NULL,
			per_second DOUBLE PRECISION NOT NULL,
			PRIMARY KEY (campaign, owner)
		)`,
	],
};
