import type { CampaignCount } from '../../model';
import type { BatchChange, CampaignBatchRepository, ClaimedBatch } from '../campaignTypes';
import { type Database, integer, type Row, type SqlValue, type Statement, text, textOrNull } from '../database';
import { stale } from './applications';
import { KEPT_BAD_ROWS } from './campaigns';
import { appendStatements } from './deliveryLog';

/*
 * The joins below are written as CROSS JOIN because SQLite keeps the order of one: from the few given hashes to the many
 * known ones, never the other way round.
 */

/** Rows of a JSON array of 64-bit numbers as a table `given` of `place` and `hash`, in both databases. */
const GIVEN = {
	sqlite: (parameter: string) => `(SELECT key AS place, value AS hash FROM json_each(${parameter})) AS given`,
	postgres: (parameter: string) =>
		`(SELECT ordinality - 1 AS place, CAST(value AS BIGINT) AS hash
			FROM json_array_elements_text(CAST(${parameter} AS JSON)) WITH ORDINALITY) AS given`,
} as const;

export function campaignBatchRepository(database: Database): CampaignBatchRepository {
	const batches = database.table('campaign_batches');
	const rows = database.table('campaign_rows');
	const addresses = database.table('campaign_addresses');
	const contacts = database.table('campaign_contacts');
	const given = GIVEN[database.kind];
	// Runners of several processes take different batches without waiting for each other.
	const skipLocked = database.kind === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : '';

	return {
		async claim(number, { owner, now, until, limit }) {
			const [claimed] = await database.write([
				{
					sql: `UPDATE ${batches} SET owner = $2, lease_until = $4, fence = fence + 1
						WHERE campaign = $1 AND batch IN (SELECT batch FROM ${batches}
							WHERE campaign = $1 AND finished = 0 AND not_before <= $3 AND lease_until <= $3
							ORDER BY not_before, batch LIMIT $5 ${skipLocked})
						RETURNING batch, first_row, first_line, row_count, fence, handed, done, later`,
					parameters: [number, owner, now, until, limit],
				},
			]);
			const found = claimed?.rows ?? [];
			if (found.length === 0) return [];
			const numbers = found.map((row) => integer(row, 'batch'));
			const contents = await database.read(
				`SELECT batch, content FROM ${rows} WHERE campaign = $1 AND batch IN (${numbers.join(', ')})`,
				[number],
			);
			const byBatch = new Map(contents.map((row) => [integer(row, 'batch'), text(row, 'content')]));
			return found
				.map((row) => toClaimed(row, byBatch.get(integer(row, 'batch')) ?? ''))
				.sort((one, other) => one.batch - other.batch);
		},

		async extend(number, owner, until) {
			const [extended] = await database.write([
				{
					sql: `UPDATE ${batches} SET lease_until = $3 WHERE campaign = $1 AND owner = $2 AND finished = 0`,
					parameters: [number, owner, until],
				},
			]);
			return extended?.changes ?? 0;
		},

		async release(number, owner, claimed) {
			if (claimed.length === 0) return;
			await database.write(
				claimed.map(({ batch, fence }) => ({
					sql: `UPDATE ${batches} SET owner = NULL, lease_until = 0 WHERE campaign = $1 AND batch = $2 AND owner = $3 AND fence = $4`,
					parameters: [number, batch, owner, fence],
				})),
			);
		},

		async admit(number, { sequence, batch, hashes }) {
			const [noted] = await database.write([
				{
					sql: `INSERT INTO ${addresses} (campaign, sequence, batch, hashes) VALUES ($1, $2, $3, $4)
						ON CONFLICT DO NOTHING`,
					parameters: [number, sequence, batch, hashes],
				},
			]);
			return noted?.changes === 1;
		},

		async admitted(number, batch) {
			const [row] = await database.read(`SELECT hashes FROM ${addresses} WHERE campaign = $1 AND batch = $2`, [
				number,
				batch,
			]);
			return row && text(row, 'hashes');
		},

		async admittedAfter(number, sequence, limit) {
			const found = await database.read(
				`SELECT sequence, batch, hashes FROM ${addresses} WHERE campaign = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
				[number, sequence, limit],
			);
			return found.map((row) => ({
				sequence: integer(row, 'sequence'),
				batch: integer(row, 'batch'),
				hashes: text(row, 'hashes'),
			}));
		},

		async countContacts({ applicationId, number, batch, day, perDay, total, postponed }, hashes) {
			const counted = `(${contacts}.last_campaign = excluded.last_campaign AND ${contacts}.last_batch = excluded.last_batch)`;
			const inTotal = postponed ? '1 = 1' : counted;
			const [, admitted] = await database.write([
				{
					sql: `INSERT INTO ${contacts} (application_id, hash, day, today, total, last_campaign, last_batch)
						SELECT CAST($1 AS TEXT), given.hash, CAST($4 AS BIGINT), 1, 1, CAST($2 AS BIGINT), CAST($3 AS BIGINT)
						FROM ${given('$7')} WHERE 1 = 1 ORDER BY given.hash
						ON CONFLICT (application_id, hash) DO UPDATE SET
							today = CASE WHEN ${contacts}.day = excluded.day THEN ${contacts}.today + 1 ELSE 1 END,
							day = excluded.day, total = ${contacts}.total + CASE WHEN ${inTotal} THEN 0 ELSE 1 END,
							last_campaign = excluded.last_campaign, last_batch = excluded.last_batch
						WHERE (${contacts}.day <> excluded.day OR (NOT ${counted} AND ${contacts}.today < $5))
							AND (${inTotal} OR ${contacts}.total < $6)`,
					parameters: [applicationId, number, batch, day, perDay, total, hashes],
				},
				{
					sql: `SELECT given.place AS place FROM ${given('$4')}
						CROSS JOIN ${contacts} AS known WHERE known.application_id = $1 AND known.hash = given.hash
						AND known.last_campaign = $2 AND known.last_batch = $3`,
					parameters: [applicationId, number, batch, hashes],
				},
			]);
			return (admitted?.rows ?? []).map((row) => integer(row, 'place'));
		},

		async record(number, { changes, counts, badRows, log }) {
			const statements: Statement[] = [
				...changes.flatMap((change) => changeStatements(number, change)),
				...counted(counts).map((count) => countStatement(number, count)),
				...badRowStatements(number, badRows),
				...appendStatements(database, log),
			];
			if (statements.length > 0) await database.write(statements);
		},

		async outlook(number) {
			const [row] = await database.read(
				`SELECT COUNT(*) AS unfinished, SUM(CASE WHEN owner IS NULL THEN 0 ELSE 1 END) AS leased,
					MIN(CASE WHEN not_before > lease_until THEN not_before ELSE lease_until END) AS next_at
				FROM ${batches} WHERE campaign = $1 AND finished = 0`,
				[number],
			);
			const unfinished = row ? Number(row.unfinished) : 0;
			const nextAt = row?.next_at;
			return {
				unfinished,
				leased: Number(row?.leased ?? 0),
				nextAt: typeof nextAt === 'number' ? nextAt : undefined,
			};
		},
	};

	function changeStatements(number: number, change: BatchChange): Statement[] {
		const { batch, owner, fence, handed, done, later, finished, releaseUntil } = change;
		const over = finished || releaseUntil !== undefined;
		const where = 'WHERE campaign = $1 AND batch = $2 AND owner = $3 AND fence = $4';
		const key: SqlValue[] = [number, batch, owner, fence];
		const orElse = stale(`Batch ${batch} of the campaign`);
		const update: Statement = over
			? {
					sql: `UPDATE ${batches} SET handed = $5, done = $6, later = $7, finished = $8, not_before = $9,
						owner = NULL, lease_until = 0 ${where}`,
					parameters: [...key, handed, done, later, finished ? 1 : 0, releaseUntil ?? 0],
					orElse,
				}
			: {
					sql: `UPDATE ${batches} SET handed = $5, done = $6, later = $7 ${where}`,
					parameters: [...key, handed, done, later],
					orElse,
				};
		if (!finished) return [update];
		return [update, { sql: `DELETE FROM ${rows} WHERE campaign = $1 AND batch = $2`, parameters: [number, batch] }];
	}

	function countStatement(number: number, count: CampaignCount): Statement {
		const table = database.table('campaign_counts');
		return {
			sql: `INSERT INTO ${table} (campaign, treatment, outcome, reason, recipients, possible_duplicates)
				VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (campaign, treatment, outcome, reason) DO UPDATE SET
				recipients = ${table}.recipients + excluded.recipients,
				possible_duplicates = ${table}.possible_duplicates + excluded.possible_duplicates`,
			parameters: [number, count.treatment, count.outcome, count.reason, count.recipients, count.possibleDuplicates],
		};
	}

	function badRowStatements(number: number, badRows: readonly { line: number; reason: string }[]): Statement[] {
		if (badRows.length === 0) return [];
		const campaigns = database.table('campaigns');
		return [
			...badRows.map(
				({ line, reason }): Statement => ({
					sql: `INSERT INTO ${database.table('campaign_bad_rows')} (campaign, line, reason)
						SELECT number, CAST($2 AS BIGINT), $3 FROM ${campaigns} WHERE number = $1 AND bad_rows < ${KEPT_BAD_ROWS}
						ON CONFLICT (campaign, line) DO NOTHING`,
					parameters: [number, line, reason],
				}),
			),
			{
				sql: `UPDATE ${campaigns} SET bad_rows = bad_rows + $2 WHERE number = $1`,
				parameters: [number, badRows.length],
			},
		];
	}
}

/** Always in the same order: two runners that count at the same time wait for each other, and never in a circle. */
function counted(counts: readonly CampaignCount[]): CampaignCount[] {
	const key = ({ treatment, outcome, reason }: CampaignCount) => `${treatment}\n${outcome}\n${reason}`;
	return [...counts].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function toClaimed(row: Row, content: string): ClaimedBatch {
	return {
		batch: integer(row, 'batch'),
		firstRow: integer(row, 'first_row'),
		firstLine: integer(row, 'first_line'),
		rows: integer(row, 'row_count'),
		fence: integer(row, 'fence'),
		handed: integer(row, 'handed'),
		done: textOrNull(row, 'done'),
		later: textOrNull(row, 'later'),
		content,
	};
}
