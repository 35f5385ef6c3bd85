import { type Database, integer, text } from '../database';
import type { DocumentRepository } from '../types';
import { stale } from './applications';

export function documentRepository(database: Database): DocumentRepository {
	const documents = database.table('documents');

	return {
		async get(name) {
			const [row] = await database.read(`SELECT value, version FROM ${documents} WHERE name = $1`, [name]);
			return row && { value: text(row, 'value'), version: integer(row, 'version') };
		},

		async put(name, value, expectedVersion) {
			const orElse = stale(`The document "${name}"`);
			await database.write([
				expectedVersion === 0
					? {
							sql: `INSERT INTO ${documents} (name, value, version) VALUES ($1, $2, 1) ON CONFLICT (name) DO NOTHING`,
							parameters: [name, value],
							orElse,
						}
					: {
							sql: `UPDATE ${documents} SET value = $2, version = version + 1 WHERE name = $1 AND version = $3`,
							parameters: [name, value, expectedVersion],
							orElse,
						},
			]);
		},

		async remove(name) {
			await database.write([{ sql: `DELETE FROM ${documents} WHERE name = $1`, parameters: [name] }]);
		},
	};
}
