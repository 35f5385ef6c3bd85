import type { Migration } from './migration';

/**
 * What was sent, in numbers: one row per resolution (60, 3,600 and 86,400 s), period, application, channel and kind.
 * Folded out of the delivery log in the background; `metrics_cursor` says up to where. Times are epoch ms.
 */
export const metrics: Migration = {
	version: 5,
	statements: ({ text, table }) => [
		`CREATE TABLE ${table('metrics')} (
			resolution BIGINT NOT NULL,
			period BIGINT NOT NULL,
			application_id ${text} NOT NULL,
			channel_type ${text} NOT NULL,
			kind ${text} NOT NULL,
			tally ${text} NOT NULL,
			PRIMARY KEY (resolution, period, application_id, channel_type, kind)
		)`,
		`CREATE TABLE ${table('metrics_cursor')} (
			id BIGINT PRIMARY KEY,
			sequence BIGINT NOT NULL
		)`,
		`INSERT INTO ${table('metrics_cursor')} (id, sequence) VALUES (1, 0)`,
	],
};
