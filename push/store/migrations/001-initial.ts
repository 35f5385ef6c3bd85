import type { Migration } from './migration';

/** Applications, channels, audit trail, idempotency keys, suppressions, small documents. Times are epoch ms. */
export const initial: Migration = {
	version: 1,
	statements: ({ text, table }) => [
		`CREATE TABLE ${table('applications')} (
			id ${text} PRIMARY KEY,
			name ${text} NOT NULL,
			name_key ${text} NOT NULL,
			tags ${text} NOT NULL,
			settings ${text} NOT NULL,
			created_at BIGINT NOT NULL,
			updated_at BIGINT NOT NULL,
			version BIGINT NOT NULL,
			deleted_at BIGINT
		)`,
		`CREATE INDEX applications_by_name ON ${table('applications')} (name_key, id) WHERE deleted_at IS NULL`,
		`CREATE INDEX applications_deleted ON ${table('applications')} (deleted_at) WHERE deleted_at IS NOT NULL`,
		`CREATE TABLE ${table('channels')} (
			application_id ${text} NOT NULL REFERENCES ${table('applications')} (id),
			channel_type ${text} NOT NULL,
			enabled BIGINT NOT NULL,
			facts ${text} NOT NULL,
			health ${text},
			sealed ${text},
			key_id ${text},
			version BIGINT NOT NULL,
			created_at BIGINT NOT NULL,
			updated_at BIGINT NOT NULL,
			last_modified_by ${text} NOT NULL,
			archived BIGINT NOT NULL,
			PRIMARY KEY (application_id, channel_type)
		)`,
		`CREATE INDEX channels_by_key ON ${table('channels')} (key_id) WHERE key_id IS NOT NULL`,
		`CREATE TABLE ${table('audit')} (
			chain ${text} NOT NULL,
			sequence BIGINT NOT NULL,
			at BIGINT NOT NULL,
			action ${text} NOT NULL,
			application_id ${text},
			resource ${text} NOT NULL,
			principal ${text} NOT NULL,
			outcome ${text} NOT NULL,
			details ${text} NOT NULL,
			mac ${text} NOT NULL,
			PRIMARY KEY (chain, sequence)
		)`,
		`CREATE INDEX audit_by_time ON ${table('audit')} (at, chain, sequence)`,
		`CREATE TABLE ${table('audit_heads')} (
			chain ${text} PRIMARY KEY,
			sequence BIGINT NOT NULL,
			mac ${text} NOT NULL
		)`,
		`CREATE TABLE ${table('idempotency_keys')} (
			application_id ${text} NOT NULL,
			idempotency_key ${text} NOT NULL,
			request_hash ${text} NOT NULL,
			response ${text},
			claimed_at BIGINT NOT NULL,
			expires_at BIGINT NOT NULL,
			PRIMARY KEY (application_id, idempotency_key)
		)`,
		`CREATE INDEX idempotency_keys_by_expiry ON ${table('idempotency_keys')} (expires_at)`,
		`CREATE TABLE ${table('suppressions')} (
			application_id ${text} NOT NULL REFERENCES ${table('applications')} (id),
			address ${text} NOT NULL,
			reason ${text} NOT NULL,
			note ${text},
			created_at BIGINT NOT NULL,
			PRIMARY KEY (application_id, address)
		)`,
		`CREATE TABLE ${table('documents')} (
			name ${text} PRIMARY KEY,
			value ${text} NOT NULL,
			version BIGINT NOT NULL
		)`,
	],
};
