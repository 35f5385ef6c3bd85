import type { AuditEntry, Principal } from '../../model';
import { type Database, integer, type Row, type Statement, text, textOrNull } from '../database';
import type { AuditRepository } from '../types';
import { isRecord, json } from './json';
import { decodeCursor, rowsToRead, toPage } from './page';

const COLUMNS = 'chain, sequence, at, action, application_id, resource, principal, outcome, details, mac';

export function auditRepository(database: Database): AuditRepository {
	const audit = database.table('audit');
	const heads = database.table('audit_heads');

	return {
		async append(entries) {
			const statements: Statement[] = entries.flatMap((entry) => [
				{
					sql: `INSERT INTO ${audit} (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
					parameters: values(entry),
				},
				{
					sql: `INSERT INTO ${heads} (chain, sequence, mac) VALUES ($1, $2, $3)
						ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, mac = excluded.mac`,
					parameters: [entry.chain, entry.sequence, entry.mac],
				},
			]);
			if (statements.length > 0) await database.write(statements);
		},

		async list({ applicationId, action, since = 0, until = Number.MAX_SAFE_INTEGER, ...page }) {
			const filters: string[] = [];
			const parameters: (string | number)[] = [since, until];
			const add = (condition: (placeholder: string) => string, value: string) => {
				parameters.push(value);
				filters.push(`AND ${condition(`$${parameters.length}`)}`);
			};
			if (applicationId !== undefined) add((placeholder) => `application_id = ${placeholder}`, applicationId);
			if (action !== undefined) add((placeholder) => `action = ${placeholder}`, action);
			if (page.after !== undefined) {
				const first = parameters.length + 1;
				parameters.push(...decodeCursor(page.after, 'integer', 'string', 'integer'));
				filters.push(`AND (at, chain, sequence) < ($${first}, $${first + 1}, $${first + 2})`);
			}
			parameters.push(rowsToRead(page));
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${audit} WHERE at >= $1 AND at <= $2 ${filters.join(' ')}
				ORDER BY at DESC, chain DESC, sequence DESC LIMIT $${parameters.length}`,
				parameters,
			);
			return toPage(rows.map(toEntry), page, ({ at, chain, sequence }) => [at, chain, sequence]);
		},

		async chain(chain, fromSequence, limit) {
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${audit} WHERE chain = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3`,
				[chain, fromSequence, limit],
			);
			return rows.map(toEntry);
		},

		async chains() {
			const rows = await database.read(`SELECT chain, sequence, mac FROM ${heads} ORDER BY chain`);
			return rows.map((row) => ({
				chain: text(row, 'chain'),
				sequence: integer(row, 'sequence'),
				mac: text(row, 'mac'),
			}));
		},
	};
}

function values(entry: AuditEntry): (string | number | null)[] {
	return [
		entry.chain,
		entry.sequence,
		entry.at,
		entry.action,
		entry.applicationId ?? null,
		entry.resource,
		JSON.stringify(entry.principal),
		entry.outcome,
		JSON.stringify(entry.details),
		entry.mac,
	];
}

const OUTCOMES: readonly AuditEntry['outcome'][] = ['allowed', 'denied', 'failed'];

function toEntry(row: Row): AuditEntry {
	const applicationId = textOrNull(row, 'application_id');
	return {
		chain: text(row, 'chain'),
		sequence: integer(row, 'sequence'),
		at: integer(row, 'at'),
		action: text(row, 'action'),
		...(applicationId === null ? {} : { applicationId }),
		resource: text(row, 'resource'),
		principal: json(row, 'principal', isPrincipal),
		outcome: OUTCOMES.find((outcome) => outcome === row.outcome) ?? 'failed',
		details: json(row, 'details', isRecord),
		mac: text(row, 'mac'),
	};
}

function isPrincipal(value: unknown): value is Principal {
	return isRecord(value);
}
