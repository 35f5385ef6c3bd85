import { SUPPRESSION_REASONS, type Suppression } from '../../model';
import { type Database, integer, type Row, type Statement, text, textOrNull } from '../database';
import type { SuppressionRepository } from '../types';
import { decodeCursor, rowsToRead, toPage } from './page';

const COLUMNS = 'application_id, address, reason, note, created_at';

/** Rows per INSERT: five parameters each, far below SQLite's 32,766 and PostgreSQL's 65,535. */
const ROWS_PER_INSERT = 500;

export function suppressionRepository(database: Database): SuppressionRepository {
	const suppressions = database.table('suppressions');

	return {
		async add(rows) {
			let added = 0;
			for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
				const slice = unique(rows.slice(start, start + ROWS_PER_INSERT));
				const results = await database.write(addStatements(suppressions, slice));
				added += results.at(-1)?.changes ?? 0;
			}
			return added;
		},

		async remove(applicationId, addresses) {
			if (addresses.length === 0) return 0;
			const [result] = await database.write([
				{
					sql: `DELETE FROM ${suppressions} WHERE application_id = $1 AND address IN (${placeholders(addresses.length, 2)})`,
					parameters: [applicationId, ...addresses],
				},
			]);
			return result?.changes ?? 0;
		},

		async find(applicationId, addresses) {
			if (addresses.length === 0) return [];
			// One parameter instead of a thousand: campaigns ask this for every batch.
			const given =
				database.kind === 'sqlite'
					? 'SELECT value FROM json_each($2)'
					: 'SELECT json_array_elements_text(CAST($2 AS JSON)) COLLATE "C"';
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${suppressions} WHERE application_id = $1 AND address IN (${given})`,
				[applicationId, JSON.stringify(addresses)],
			);
			return rows.map(toSuppression);
		},

		async list(applicationId, page) {
			const [after] = page.after ? decodeCursor(page.after, 'string') : [''];
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${suppressions} WHERE application_id = $1 AND address > $2 ORDER BY address LIMIT $3`,
				[applicationId, after ?? '', rowsToRead(page)],
			);
			return toPage(rows.map(toSuppression), page, ({ address }) => [address]);
		},
	};
}

/** First opt-outs take over rows that only said DEAD, then what is new goes in; the last statement counts the new ones. */
function addStatements(table: string, rows: readonly Suppression[]): Statement[] {
	const optOuts = rows.filter(({ reason }) => reason === 'OPT_OUT');
	const upgrades = optOuts.map(
		({ applicationId, address, note, createdAt }): Statement => ({
			sql: `UPDATE ${table} SET reason = 'OPT_OUT', note = $3, created_at = $4
				WHERE application_id = $1 AND address = $2 AND reason = 'DEAD'`,
			parameters: [applicationId, address, note ?? null, createdAt],
		}),
	);
	const tuples = rows.map((_, index) => `(${placeholders(5, index * 5 + 1)})`).join(', ');
	const insert: Statement = {
		sql: `INSERT INTO ${table} (${COLUMNS}) VALUES ${tuples} ON CONFLICT (application_id, address) DO NOTHING`,
		parameters: rows.flatMap(({ applicationId, address, reason, note, createdAt }) => [
			applicationId,
			address,
			reason,
			note ?? null,
			createdAt,
		]),
	};
	return [...upgrades, insert];
}

/** One row per address: a later OPT_OUT of the same call wins over DEAD. */
function unique(rows: readonly Suppression[]): Suppression[] {
	const kept = new Map<string, Suppression>();
	for (const row of rows) {
		const key = `${row.applicationId} ${row.address}`;
		if (!kept.has(key) || row.reason === 'OPT_OUT') kept.set(key, row);
	}
	return [...kept.values()];
}

function placeholders(count: number, first: number): string {
	return Array.from({ length: count }, (_, index) => `$${first + index}`).join(', ');
}

function toSuppression(row: Row): Suppression {
	const note = textOrNull(row, 'note');
	return {
		applicationId: text(row, 'application_id'),
		address: text(row, 'address'),
		reason: SUPPRESSION_REASONS.find((reason) => reason === row.reason) ?? 'DEAD',
		...(note === null ? {} : { note }),
		createdAt: integer(row, 'created_at'),
	};
}
