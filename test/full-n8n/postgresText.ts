import { Client } from 'pg';
import type { PostgresOptions } from '../../push/store';

/** Every row of every table of a schema as text; bytes in hexadecimal. */
export async function everythingIn({ host, port, database, user, schema }: PostgresOptions): Promise<string> {
	const client = new Client({ host, port, database, user });
	await client.connect();
	try {
		const tables = await client.query<{ name: string }>(
			'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1',
			[schema],
		);
		const texts: string[] = [];
		for (const { name } of tables.rows) {
			const rows = await client.query<{ row: string }>(`SELECT t::text AS row FROM "${schema}"."${name}" t`);
			texts.push(...rows.rows.map(({ row }) => row));
		}
		return texts.join('\n');
	} finally {
		await client.end();
	}
}
