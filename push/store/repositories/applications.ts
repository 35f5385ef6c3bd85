import { type Application, type ApplicationSettings, PushError } from '../../model';
import { type Database, integer, type Row, text } from '../database';
import type { ApplicationRepository } from '../types';
import { isRecord, isStringRecord, json } from './json';
import { decodeCursor, rowsToRead, toPage } from './page';

const COLUMNS = 'id, name, tags, settings, created_at, updated_at, version';

/** Tables that hold rows of an application, in the order they can go. */
const DEPENDENTS = ['channels', 'suppressions', 'idempotency_keys'] as const;

export function applicationRepository(database: Database): ApplicationRepository {
	const applications = database.table('applications');
	const channels = database.table('channels');

	return {
		async insert(application) {
			await database.write([
				{
					sql: `INSERT INTO ${applications} (${COLUMNS}, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
					parameters: [...values(application), nameKey(application.name)],
				},
			]);
		},

		async get(id) {
			const [row] = await database.read(`SELECT ${COLUMNS} FROM ${applications} WHERE id = $1 AND deleted_at IS NULL`, [
				id,
			]);
			return row && toApplication(row);
		},

		async findByName(name) {
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${applications} WHERE name_key = $1 AND name = $2 AND deleted_at IS NULL ORDER BY id LIMIT 2`,
				[nameKey(name), name],
			);
			return rows.map(toApplication);
		},

		async list(page) {
			const [afterName, afterId] = page.after ? decodeCursor(page.after, 'string', 'string') : ['', ''];
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${applications}
				WHERE deleted_at IS NULL AND (name_key, id) > ($1, $2) AND name_key LIKE $3 ESCAPE '\\'
				ORDER BY name_key, id LIMIT $4`,
				[afterName ?? '', afterId ?? '', likePattern(page.search), rowsToRead(page)],
			);
			return toPage(rows.map(toApplication), page, ({ id, name }) => [nameKey(name), id]);
		},

		async update(application, expectedVersion) {
			await requireVersion(await this.get(application.id), application.id, expectedVersion);
			await database.write([
				{
					sql: `UPDATE ${applications} SET name = $2, tags = $3, settings = $4, created_at = $5, updated_at = $6,
						version = $7, name_key = $8 WHERE id = $1 AND version = $9 AND deleted_at IS NULL`,
					parameters: [...values(application), nameKey(application.name), expectedVersion],
					orElse: stale(`Application ${application.id}`),
				},
			]);
		},

		async markDeleted(id, at) {
			const [marked] = await database.write([
				{
					sql: `UPDATE ${applications} SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL`,
					parameters: [id, at],
				},
				{
					sql: `UPDATE ${channels} SET enabled = 0, sealed = NULL, key_id = NULL WHERE application_id = $1`,
					parameters: [id],
				},
				{
					sql: `DELETE FROM ${database.table('campaign_sources')}
						WHERE campaign IN (SELECT number FROM ${database.table('campaigns')} WHERE application_id = $1)`,
					parameters: [id],
				},
			]);
			return marked?.changes === 1;
		},

		async countDependents(id) {
			const count = async (table: string) => {
				const [row] = await database.read(
					`SELECT count(*) AS n FROM ${database.table(table)} WHERE application_id = $1`,
					[id],
				);
				return row ? integer(row, 'n') : 0;
			};
			return {
				channels: await count('channels'),
				suppressions: await count('suppressions'),
				idempotencyKeys: await count('idempotency_keys'),
			};
		},

		async purgeDeleted(limit) {
			const [row] = await database.read(
				`SELECT id FROM ${applications} WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 1`,
			);
			if (!row) return 0;
			const id = text(row, 'id');
			for (const dependent of DEPENDENTS) {
				const removed = await removeSlice(database, dependent, id, limit);
				if (removed > 0) return removed;
			}
			const [last] = await database.write([{ sql: `DELETE FROM ${applications} WHERE id = $1`, parameters: [id] }]);
			return last?.changes ?? 0;
		},
	};
}

/** The part of the primary key beside the application, by table. */
const SECOND_KEY: Readonly<Record<(typeof DEPENDENTS)[number], string>> = {
	channels: 'channel_type',
	suppressions: 'address',
	idempotency_keys: 'idempotency_key',
};

/** DELETE … LIMIT is no standard SQL: the slice is chosen by its keys. */
async function removeSlice(
	database: Database,
	name: (typeof DEPENDENTS)[number],
	id: string,
	limit: number,
): Promise<number> {
	const table = database.table(name);
	const key = SECOND_KEY[name];
	const [result] = await database.write([
		{
			sql: `DELETE FROM ${table} WHERE application_id = $1 AND ${key} IN
				(SELECT ${key} FROM ${table} WHERE application_id = $1 ORDER BY ${key} LIMIT $2)`,
			parameters: [id, limit],
		},
	]);
	return result?.changes ?? 0;
}

/** Names are found and sorted without regard to case. */
function nameKey(name: string): string {
	return name.toLowerCase();
}

function likePattern(search = ''): string {
	return `%${nameKey(search).replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function values({ id, name, tags, settings, createdAt, updatedAt, version }: Application): (string | number)[] {
	return [id, name, JSON.stringify(tags), JSON.stringify(settings), createdAt, updatedAt, version];
}

function toApplication(row: Row): Application {
	return {
		id: text(row, 'id'),
		name: text(row, 'name'),
		tags: json(row, 'tags', isStringRecord),
		settings: json(row, 'settings', isSettings),
		createdAt: integer(row, 'created_at'),
		updatedAt: integer(row, 'updated_at'),
		version: integer(row, 'version'),
	};
}

function isSettings(value: unknown): value is ApplicationSettings {
	return isRecord(value);
}

async function requireVersion(found: Application | undefined, id: string, expected: number): Promise<void> {
	if (!found) throw new PushError('NotFound', `There is no application ${id}.`, { hint: 'Choose one from the list.' });
	if (found.version !== expected) throw stale(`Application ${id}`);
}

export function stale(what: string): PushError {
	return new PushError('StaleWrite', `${what} was changed by somebody else in the meantime; nothing was written.`, {
		hint: 'Read it again and repeat the change.',
	});
}
