import type { PushTemplate, PushTemplateVersion, TemplateContent } from '../../model';
import { type Database, integer, type Row, type Statement, text, textOrNull } from '../database';
import type { TemplateRepository } from '../types';
import { stale } from './applications';
import { isRecord, isStringRecord, json } from './json';
import { decodeCursor, rowsToRead, toPage } from './page';

const HEAD = 'name, tags, active_version, latest_version, created_at, updated_at, revision';
const VERSION = 'name, version, content, description, created_at, updated_at';

export function templateRepository(database: Database): TemplateRepository {
	const templates = database.table('templates');
	const versions = database.table('template_versions');

	/** The whole head, if nobody else wrote it meanwhile. */
	const updateHead = (template: PushTemplate, expectedRevision: number): Statement => ({
		sql: `UPDATE ${templates} SET tags = $2, active_version = $3, latest_version = $4, created_at = $5, updated_at = $6,
			revision = $7 WHERE name = $1 AND revision = $8`,
		parameters: [...headValues(template), expectedRevision],
		orElse: stale(`Template "${template.name}"`),
	});

	const upsertVersion = (version: PushTemplateVersion): Statement => ({
		sql: `INSERT INTO ${versions} (${VERSION}) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (name, version) DO UPDATE SET content = excluded.content, description = excluded.description,
			updated_at = excluded.updated_at`,
		parameters: versionValues(version),
	});

	return {
		async count() {
			const [row] = await database.read(`SELECT count(*) AS n FROM ${templates}`, []);
			return row ? integer(row, 'n') : 0;
		},

		async insert(template, stored) {
			await database.write([
				{
					sql: `INSERT INTO ${templates} (${HEAD}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
					parameters: headValues(template),
				},
				...stored.map(upsertVersion),
			]);
		},

		async get(name) {
			const [row] = await database.read(`SELECT ${HEAD} FROM ${templates} WHERE name = $1`, [name]);
			return row && toHead(row);
		},

		async getVersion(name, version) {
			const [row] = await database.read(`SELECT ${VERSION} FROM ${versions} WHERE name = $1 AND version = $2`, [
				name,
				version,
			]);
			return row && toVersion(row);
		},

		async list(page) {
			const [after] = page.after ? decodeCursor(page.after, 'string') : [''];
			const prefix = page.prefix ?? '';
			// Not LIKE: SQLite's takes no notice of case, and names differ by it.
			const rows = await database.read(
				`SELECT ${HEAD} FROM ${templates} WHERE name > $1 AND substr(name, 1, $2) = $3 ORDER BY name LIMIT $4`,
				[after ?? '', prefix.length, prefix, rowsToRead(page)],
			);
			return toPage(rows.map(toHead), page, ({ name }) => [name]);
		},

		async listVersions(name, page) {
			const [after] = page.after ? decodeCursor(page.after, 'integer') : [Number.MAX_SAFE_INTEGER];
			const rows = await database.read(
				`SELECT ${VERSION} FROM ${versions} WHERE name = $1 AND version < $2 ORDER BY version DESC LIMIT $3`,
				[name, after ?? 0, rowsToRead(page)],
			);
			return toPage(rows.map(toVersion), page, ({ version }) => [version]);
		},

		async update(template, expectedRevision, version) {
			await database.write([
				updateHead(template, expectedRevision),
				...(version === undefined ? [] : [upsertVersion(version)]),
			]);
		},

		async removeVersion(template, expectedRevision, version) {
			await database.write([
				updateHead(template, expectedRevision),
				{ sql: `DELETE FROM ${versions} WHERE name = $1 AND version = $2`, parameters: [template.name, version] },
			]);
		},

		async remove(name) {
			const [, head] = await database.write([
				{ sql: `DELETE FROM ${versions} WHERE name = $1`, parameters: [name] },
				{ sql: `DELETE FROM ${templates} WHERE name = $1`, parameters: [name] },
			]);
			return head?.changes === 1;
		},
	};
}

function headValues({ name, tags, activeVersion, latestVersion, createdAt, updatedAt, revision }: PushTemplate) {
	return [name, JSON.stringify(tags), activeVersion, latestVersion, createdAt, updatedAt, revision];
}

function versionValues({ name, version, content, description, createdAt, updatedAt }: PushTemplateVersion) {
	return [name, version, JSON.stringify(content), description ?? null, createdAt, updatedAt];
}

function toHead(row: Row): PushTemplate {
	return {
		name: text(row, 'name'),
		tags: json(row, 'tags', isStringRecord),
		activeVersion: integer(row, 'active_version'),
		latestVersion: integer(row, 'latest_version'),
		createdAt: integer(row, 'created_at'),
		updatedAt: integer(row, 'updated_at'),
		revision: integer(row, 'revision'),
	};
}

function toVersion(row: Row): PushTemplateVersion {
	const description = textOrNull(row, 'description');
	return {
		name: text(row, 'name'),
		version: integer(row, 'version'),
		content: json(row, 'content', isContent),
		...(description === null ? {} : { description }),
		createdAt: integer(row, 'created_at'),
		updatedAt: integer(row, 'updated_at'),
	};
}

function isContent(value: unknown): value is TemplateContent {
	return isRecord(value);
}
