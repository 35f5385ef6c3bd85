import { CAMPAIGN_ENDS } from '../../model';
import type { CampaignRepository, NewBatch, NewCampaignRows } from '../campaignTypes';
import { type Database, integer, type Statement, text } from '../database';
import { stale } from './applications';

/** How the rows of a campaign come into the store. */
export type CampaignIntake = Pick<
	CampaignRepository,
	| 'takeIntake'
	| 'append'
	| 'endIntake'
	| 'sealedSource'
	| 'putSealedSource'
	| 'sourcesSealedOtherwise'
	| 'resealSource'
	| 'isRead'
	| 'contentHash'
	| 'size'
>;

const OVER = [...CAMPAIGN_ENDS].map((state) => `'${state}'`).join(', ');

const tables = (database: Database) => ({
	campaigns: database.table('campaigns'),
	batches: database.table('campaign_batches'),
	rows: database.table('campaign_rows'),
	sources: database.table('campaign_sources'),
});

/** @param campaign how the campaign is found: by its number, or by its id while only the database knows the number */
function batchStatements(
	database: Database,
	campaign: { readonly column: 'number' | 'id'; readonly value: number | string },
	added: readonly NewBatch[],
): Statement[] {
	const { campaigns, batches, rows } = tables(database);
	const { column, value } = campaign;
	return added.flatMap(({ batch, firstRow, firstLine, rows: count, contentHash, content }) => [
		{
			sql: `INSERT INTO ${batches} (campaign, batch, first_row, first_line, row_count, content_hash, finished,
				lease_until, fence, not_before, handed)
				SELECT number, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), $6, 0, 0, 0, 0, 0
				FROM ${campaigns} WHERE ${column} = $1`,
			parameters: [value, batch, firstRow, firstLine, count, contentHash],
		},
		{
			sql: `INSERT INTO ${rows} (campaign, batch, content)
				SELECT number, CAST($2 AS BIGINT), $3 FROM ${campaigns} WHERE ${column} = $1`,
			parameters: [value, batch, content],
		},
	]);
}

/** Rows that come with their campaign, whose number the database draws. */
export function rowsAlong(
	database: Database,
	id: string,
	{ batches = [], sealedSource }: NewCampaignRows,
): Statement[] {
	const { campaigns, sources } = tables(database);
	return [
		...batchStatements(database, { column: 'id', value: id }, batches),
		...(sealedSource === undefined
			? []
			: [
					{
						sql: `INSERT INTO ${sources} (campaign, sealed) SELECT number, $2 FROM ${campaigns} WHERE id = $1`,
						parameters: [id, sealedSource],
					},
				]),
	];
}

/** Nobody needs to open its source again. */
export function forgetSource(database: Database, number: number): Statement {
	return { sql: `DELETE FROM ${tables(database).sources} WHERE campaign = $1`, parameters: [number] };
}

export function campaignIntake(database: Database): CampaignIntake {
	const { campaigns, batches, sources } = tables(database);
	return {
		async takeIntake(number, owner, now, until) {
			const [taken] = await database.write([
				{
					sql: `UPDATE ${campaigns} SET intake = 'OPEN', intake_owner = $2, intake_until = $4
						WHERE number = $1 AND intake <> 'DONE' AND (intake_owner IS NULL OR intake_owner = $2 OR intake_until <= $3)`,
					parameters: [number, owner, now, until],
				},
			]);
			return taken?.changes === 1;
		},

		async append(number, owner, added, until) {
			const total = added.reduce((sum, batch) => sum + batch.rows, 0);
			await database.write([
				{
					sql: `UPDATE ${campaigns} SET rows_taken = rows_taken + $3, batches = batches + $4, intake_until = $5
						WHERE number = $1 AND intake_owner = $2 AND intake = 'OPEN'`,
					parameters: [number, owner, total, added.length, until],
					orElse: stale('The intake of the campaign'),
				},
				...batchStatements(database, { column: 'number', value: number }, added),
			]);
		},

		async endIntake(number, owner, intake, at) {
			await database.write([
				{
					sql: `UPDATE ${campaigns} SET intake = $3, intake_owner = NULL, intake_until = 0, updated_at = $4
						WHERE number = $1 AND intake_owner = $2`,
					parameters: [number, owner, intake, at],
					orElse: stale('The intake of the campaign'),
				},
				...(intake === 'DONE' ? [forgetSource(database, number)] : []),
			]);
		},

		async sealedSource(number) {
			const [row] = await database.read(`SELECT sealed FROM ${sources} WHERE campaign = $1`, [number]);
			return row && text(row, 'sealed');
		},

		async putSealedSource(number, sealed) {
			await database.write([
				{
					sql: `INSERT INTO ${sources} (campaign, sealed)
						SELECT number, $2 FROM ${campaigns} WHERE number = $1 AND intake <> 'DONE' AND state NOT IN (${OVER})
						ON CONFLICT (campaign) DO UPDATE SET sealed = excluded.sealed`,
					parameters: [number, sealed],
				},
			]);
		},

		async sourcesSealedOtherwise(beginning, limit) {
			const found = await database.read(
				`SELECT source.campaign, source.sealed, owner.id, owner.application_id FROM ${sources} AS source
				JOIN ${campaigns} AS owner ON owner.number = source.campaign
				WHERE source.sealed NOT LIKE $1 ORDER BY source.campaign LIMIT $2`,
				[`${beginning}%`, limit],
			);
			return found.map((row) => ({
				number: integer(row, 'campaign'),
				campaignId: text(row, 'id'),
				applicationId: text(row, 'application_id'),
				sealed: text(row, 'sealed'),
			}));
		},

		async resealSource({ number, sealed }, again) {
			const [result] = await database.write([
				{
					sql: `UPDATE ${sources} SET sealed = $3 WHERE campaign = $1 AND sealed = $2`,
					parameters: [number, sealed, again],
				},
			]);
			return result?.changes === 1;
		},

		async isRead(number) {
			const [row] = await database.read(`SELECT intake FROM ${campaigns} WHERE number = $1`, [number]);
			return row === undefined || row.intake === 'DONE';
		},

		async contentHash(number, batch) {
			const [row] = await database.read(`SELECT content_hash FROM ${batches} WHERE campaign = $1 AND batch = $2`, [
				number,
				batch,
			]);
			return row && text(row, 'content_hash');
		},

		async size(number) {
			const [row] = await database.read(`SELECT rows_taken, batches FROM ${campaigns} WHERE number = $1`, [number]);
			return row ? { rows: integer(row, 'rows_taken'), batches: integer(row, 'batches') } : { rows: 0, batches: 0 };
		},
	};
}
