import type { Migration } from './migration';

/**
 * Who reads the delivery log and the events, and how far: one row per trigger. `results` and `events` are sequences of
 * which everything is done; `place` counts what is left of the batch after `results`, 0 = none is done. Times are
 * epoch ms.
 */
export const subscriptions: Migration = {
	version: 6,
	statements: ({ text, table }) => [
		`CREATE TABLE ${table('subscriptions')} (
			id ${text} PRIMARY KEY,
			results BIGINT NOT NULL,
			place BIGINT NOT NULL,
			events BIGINT NOT NULL,
			failures BIGINT NOT NULL,
			state ${text} NOT NULL,
			holder ${text},
			lease_until BIGINT NOT NULL,
			updated_at BIGINT NOT NULL
		)`,
	],
};
