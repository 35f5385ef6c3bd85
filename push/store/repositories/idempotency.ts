import { type Database, integer, text } from '../database';
import type { IdempotencyRepository } from '../types';

export function idempotencyRepository(database: Database): IdempotencyRepository {
	const keys = database.table('idempotency_keys');

	return {
		async claim(applicationId, key, requestHash, now, expiresAt) {
			const [claimed] = await database.write([
				{
					// An expired row is taken over in the same statement: two claims never both win.
					sql: `INSERT INTO ${keys} (application_id, idempotency_key, request_hash, response, claimed_at, expires_at)
						VALUES ($1, $2, $3, NULL, $4, $5)
						ON CONFLICT (application_id, idempotency_key) DO UPDATE
						SET request_hash = excluded.request_hash, response = NULL, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
						WHERE ${keys}.expires_at <= $4`,
					parameters: [applicationId, key, requestHash, now, expiresAt],
				},
			]);
			if (claimed?.changes === 1) return { state: 'new' };
			const [row] = await database.read(
				`SELECT request_hash, response, claimed_at FROM ${keys} WHERE application_id = $1 AND idempotency_key = $2`,
				[applicationId, key],
			);
			// Released between the two statements: whoever asks again gets it.
			if (!row) return { state: 'running', since: now };
			if (row.response === null) return { state: 'running', since: integer(row, 'claimed_at') };
			return { state: 'done', requestHash: text(row, 'request_hash'), response: text(row, 'response') };
		},

		async complete(applicationId, key, response) {
			await database.write([
				{
					sql: `UPDATE ${keys} SET response = $3 WHERE application_id = $1 AND idempotency_key = $2`,
					parameters: [applicationId, key, response],
				},
			]);
		},

		async release(applicationId, key) {
			await database.write([
				{
					sql: `DELETE FROM ${keys} WHERE application_id = $1 AND idempotency_key = $2 AND response IS NULL`,
					parameters: [applicationId, key],
				},
			]);
		},

		async trim(now, limit) {
			const [result] = await database.write([
				{
					sql: `DELETE FROM ${keys} WHERE (application_id, idempotency_key) IN
						(SELECT application_id, idempotency_key FROM ${keys} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`,
					parameters: [now, limit],
				},
			]);
			return result?.changes ?? 0;
		},
	};
}
