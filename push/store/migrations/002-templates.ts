import type { Migration } from './migration';

/** Named messages and their versions. Times are epoch ms. */
export const templates: Migration = {
	version: 2,
	statements: ({ text, table }) => [
		`CREATE TABLE ${table('templates')} (
			name ${text} PRIMARY KEY,
			tags ${text} NOT NULL,
			active_version BIGINT NOT NULL,
			latest_version BIGINT NOT NULL,
			created_at BIGINT NOT NULL,
			updated_at BIGINT NOT NULL,
			revision BIGINT NOT NULL
		)`,
		`CREATE TABLE ${table('template_versions')} (
			name ${text} NOT NULL REFERENCES ${table('templates')} (name),
			version BIGINT NOT NULL,
			content ${text} NOT NULL,
			description ${text},
			created_at BIGINT NOT NULL,
			updated_at BIGINT NOT NULL,
			PRIMARY KEY (name, version)
		)`,
	],
};
