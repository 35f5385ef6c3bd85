import { type ChannelHealth, type ChannelType, type CredentialFacts, parseChannelType } from '../../model';
import { type Database, integer, type Row, text, textOrNull } from '../database';
import type { ChannelRepository, StoredChannel } from '../types';
import { stale } from './applications';
import { isRecord, json } from './json';

const COLUMNS =
	'application_id, channel_type, enabled, facts, health, sealed, key_id, version, created_at, updated_at, last_modified_by, archived';

export function channelRepository(database: Database): ChannelRepository {
	const channels = database.table('channels');
	const applications = database.table('applications');

	return {
		async get(applicationId, channelType) {
			const [row] = await database.read(
				`SELECT ${COLUMNS} FROM ${channels} WHERE application_id = $1 AND channel_type = $2`,
				[applicationId, channelType],
			);
			return row && toChannel(row);
		},

		async list(applicationId) {
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${channels} WHERE application_id = $1 ORDER BY channel_type`,
				[applicationId],
			);
			return rows.map(toChannel);
		},

		async put(channel, expectedVersion) {
			const orElse = stale(`Channel ${channel.channelType} of application ${channel.applicationId}`);
			const alive = `EXISTS (SELECT 1 FROM ${applications} WHERE id = $1 AND deleted_at IS NULL)`;
			// The types are spelled out for PostgreSQL, which cannot tell them in a SELECT without a table.
			const insert = `INSERT INTO ${channels} (${COLUMNS})
				SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT),
					CAST($7 AS TEXT), CAST($8 AS BIGINT), CAST($9 AS BIGINT), CAST($10 AS BIGINT), CAST($11 AS TEXT), CAST($12 AS BIGINT)
				WHERE ${alive}
				ON CONFLICT (application_id, channel_type) DO NOTHING`;
			const replace = `UPDATE ${channels} SET enabled = $3, facts = $4, health = $5, sealed = $6, key_id = $7, version = $8,
				created_at = $9, updated_at = $10, last_modified_by = $11, archived = $12
				WHERE application_id = $1 AND channel_type = $2 AND version = $13 AND ${alive}`;
			await database.write([
				expectedVersion === 0
					? { sql: insert, parameters: values(channel), orElse }
					: { sql: replace, parameters: [...values(channel), expectedVersion], orElse },
			]);
		},

		async setHealth(applicationId, channelType, health) {
			await database.write([
				{
					sql: `UPDATE ${channels} SET health = $3 WHERE application_id = $1 AND channel_type = $2`,
					parameters: [applicationId, channelType, health ? JSON.stringify(health) : null],
				},
			]);
		},

		async listSealedUnderOther(keyId, limit) {
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${channels} WHERE key_id IS NOT NULL AND key_id <> $1
				ORDER BY application_id, channel_type LIMIT $2`,
				[keyId, limit],
			);
			return rows.map(toChannel);
		},

		async reseal(applicationId, channelType, oldSealed, sealed, keyId) {
			const [result] = await database.write([
				{
					sql: `UPDATE ${channels} SET sealed = $4, key_id = $5
						WHERE application_id = $1 AND channel_type = $2 AND sealed = $3`,
					parameters: [applicationId, channelType, oldSealed, sealed, keyId],
				},
			]);
			return result?.changes === 1;
		},
	};
}

function values(channel: StoredChannel): (string | number | null)[] {
	return [
		channel.applicationId,
		channel.channelType,
		Number(channel.enabled),
		JSON.stringify(channel.facts),
		channel.health ? JSON.stringify(channel.health) : null,
		channel.sealed,
		channel.keyId,
		channel.version,
		channel.createdAt,
		channel.updatedAt,
		channel.lastModifiedBy,
		Number(channel.archived),
	];
}

function toChannel(row: Row): StoredChannel {
	const channelType: ChannelType = parseChannelType(text(row, 'channel_type'));
	return {
		applicationId: text(row, 'application_id'),
		channelType,
		enabled: integer(row, 'enabled') === 1,
		facts: json(row, 'facts', isFacts),
		...(row.health === null ? {} : { health: json(row, 'health', isHealth) }),
		sealed: textOrNull(row, 'sealed'),
		keyId: textOrNull(row, 'key_id'),
		version: integer(row, 'version'),
		createdAt: integer(row, 'created_at'),
		updatedAt: integer(row, 'updated_at'),
		lastModifiedBy: text(row, 'last_modified_by'),
		archived: integer(row, 'archived') === 1,
	};
}

function isFacts(value: unknown): value is CredentialFacts {
	return isRecord(value) && 'hasTokenKey' in value && 'hasCredential' in value && 'hasFcmServiceCredentials' in value;
}

function isHealth(value: unknown): value is ChannelHealth {
	return isRecord(value) && 'ok' in value && 'checkedAt' in value;
}
