import type { Migration } from './migration';

/**
 * The delivery log: one row per recorded batch of up to 1,000 results, which is never indexed while it is written.
 * Some 50,000 results together become a segment in the background: what is looked up is then found by `delivery_index`.
 * Times are epoch ms.
 */
export const deliveryLog: Migration = {
	version: 3,
	statements: ({ text, sequence, table }) => [
		`CREATE TABLE ${table('delivery_batches')} (
			sequence ${sequence},
			at BIGINT NOT NULL,
			application_id ${text} NOT NULL,
			campaign_id ${text},
			workflow_id ${text},
			origin ${text} NOT NULL,
			tag ${text},
			count BIGINT NOT NULL,
			statuses BIGINT NOT NULL,
			channels BIGINT NOT NULL,
			actions BIGINT NOT NULL,
			reasons ${text} NOT NULL,
			tally ${text} NOT NULL,
			results ${text} NOT NULL
		)`,
		`CREATE INDEX delivery_batches_by_time ON ${table('delivery_batches')} (at)`,
		`CREATE INDEX delivery_batches_by_application ON ${table('delivery_batches')} (application_id, sequence)`,
		`CREATE INDEX delivery_batches_by_campaign ON ${table('delivery_batches')} (campaign_id, sequence) WHERE campaign_id IS NOT NULL`,
		`CREATE TABLE ${table('delivery_segments')} (
			first_sequence BIGINT PRIMARY KEY,
			last_sequence BIGINT NOT NULL,
			count BIGINT NOT NULL
		)`,
		// One row per segment and 256th part of the hash: sorted pairs of a hash and a batch, in base64.
		`CREATE TABLE ${table('delivery_index')} (
			segment BIGINT NOT NULL,
			bucket BIGINT NOT NULL,
			entries ${text} NOT NULL,
			PRIMARY KEY (segment, bucket)
		)`,
		// What happened besides: campaigns, credentials. Few, small, durable.
		`CREATE TABLE ${table('events')} (
			sequence ${sequence},
			at BIGINT NOT NULL,
			type ${text} NOT NULL,
			application_id ${text} NOT NULL,
			campaign_id ${text},
			channel_type ${text},
			details ${text} NOT NULL
		)`,
		`CREATE INDEX events_by_time ON ${table('events')} (at)`,
	],
};
