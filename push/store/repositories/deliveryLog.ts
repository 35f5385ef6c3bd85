import { type DeliveryBatch, type LoggedBatch, type LoggedResult, type SendOrigin, tallyOf } from '../../model';
import { type Database, integer, type Row, type SqlValue, type Statement, text, textOrNull } from '../database';
import { actionBits, asWritten, channelBits, decodeResults, encodeResults, statusBits } from '../deliveryFormat';
import type { DeliveryLogRepository, LogFilter, LogScan } from '../types';
import { isRecord, json } from './json';

const INSERTED =
	'at, application_id, campaign_id, workflow_id, origin, tag, count, statuses, channels, actions, reasons, tally, results';

const READ = 'sequence, at, application_id, campaign_id, origin, results';

/**
 * The statements that put a batch into the log, for a transaction that records something else too. They go last: from
 * the first of them on, other writers of the log wait.
 */
export function appendStatements(database: Database, batches: readonly DeliveryBatch[]): readonly Statement[] {
	if (batches.length === 0) return [];
	const table = database.table('delivery_batches');
	const inserts = batches.map(({ at, applicationId, campaignId, origin, results }): Statement => {
		const encoded = encodeResults(results);
		return {
			sql: `INSERT INTO ${table} (${INSERTED}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			parameters: [
				at,
				applicationId,
				campaignId ?? null,
				origin.workflowId ?? null,
				JSON.stringify(origin),
				origin.tag ?? null,
				results.length,
				encoded.statuses,
				encoded.channels,
				encoded.actions,
				encoded.reasons,
				JSON.stringify(tallyOf(results)),
				encoded.text,
			],
		};
	});
	return [...database.inOrder, ...inserts];
}

export function deliveryLogRepository(database: Database): DeliveryLogRepository {
	const batches = database.table('delivery_batches');
	const find = database.kind === 'sqlite' ? 'instr' : 'strpos';

	async function edge(kind: 'min' | 'max'): Promise<number> {
		const [row] = await database.read(`SELECT ${kind}(sequence) AS edge FROM ${batches}`);
		return row && row.edge !== null ? integer(row, 'edge') : 0;
	}

	async function scan(scan: LogScan, where: Conditions, order: 'ASC' | 'DESC'): Promise<LoggedBatch[]> {
		addFilter(where, scan.filter ?? {}, find);
		const rows = await database.read(
			`SELECT ${READ} FROM ${batches} WHERE ${where.sql} ORDER BY sequence ${order} LIMIT ${where.parameter(scan.limit)}`,
			where.parameters,
		);
		return rows.map(toBatch);
	}

	return {
		async append(all) {
			await database.write(appendStatements(database, all));
		},

		last: async () => await edge('max'),

		first: async () => await edge('min'),

		async lastBefore(at) {
			// By number, since the clocks of several machines are never quite the same.
			const [row] = await database.read(`SELECT min(sequence) AS edge FROM ${batches} WHERE at >= $1`, [at]);
			return row && row.edge !== null ? integer(row, 'edge') - 1 : await edge('max');
		},

		async after(request) {
			const newest = await edge('max');
			if (newest <= request.sequence) return { batches: [], scannedTo: request.sequence };
			const where = new Conditions();
			where.add('sequence >', request.sequence).add('sequence <=', newest);
			const found = await scan(request, where, 'ASC');
			const last = found.at(-1);
			return { batches: found, scannedTo: last && found.length === request.limit ? last.sequence : newest };
		},

		async count(after, upTo, filter) {
			const where = new Conditions();
			where.add('sequence >', after).add('sequence <=', upTo);
			addFilter(where, filter, find);
			const [row] = await database.read(
				`SELECT sum(count) AS total FROM ${batches} WHERE ${where.sql}`,
				where.parameters,
			);
			return Number(row?.total ?? 0);
		},

		async before(request) {
			const where = new Conditions();
			where.add('sequence <', request.sequence).add('sequence >', request.downTo ?? 0);
			return await scan(request, where, 'DESC');
		},

		async get(sequences) {
			if (sequences.length === 0) return [];
			const where = new Conditions();
			const places = sequences.map((sequence) => where.parameter(sequence)).join(', ');
			const rows = await database.read(
				`SELECT ${READ} FROM ${batches} WHERE sequence IN (${places}) ORDER BY sequence DESC`,
				where.parameters,
			);
			return rows.map(toBatch);
		},

		async erase(sequence, address) {
			for (;;) {
				const [row] = await database.read(`SELECT results FROM ${batches} WHERE sequence = $1`, [sequence]);
				if (!row) return 0;
				const before = text(row, 'results');
				const results = decodeResults(before);
				const kept = results.filter((result) => result.address !== address && result.updatedToken !== address);
				if (kept.length === results.length) return 0;
				const [done] = await database.write([replaceStatement(batches, sequence, before, kept)]);
				// Otherwise another erasure was faster: what it left is looked at anew.
				if (done?.changes) return results.length - kept.length;
			}
		},

		listen: async (onAppended) => await database.listen(onAppended),
	};
}

/** Only while it still is what was read. The tally stays: numbers name nobody. */
function replaceStatement(table: string, sequence: number, before: string, kept: readonly LoggedResult[]): Statement {
	if (kept.length === 0) {
		return { sql: `DELETE FROM ${table} WHERE sequence = $1 AND results = $2`, parameters: [sequence, before] };
	}
	const { text: after, statuses, channels, actions, reasons } = encodeResults(kept);
	return {
		sql: `UPDATE ${table} SET results = $3, count = $4, statuses = $5, channels = $6, actions = $7, reasons = $8
			WHERE sequence = $1 AND results = $2`,
		parameters: [sequence, before, after, kept.length, statuses, channels, actions, reasons],
	};
}

/** Conditions of a WHERE with their parameters, joined by AND. */
class Conditions {
	readonly parameters: SqlValue[] = [];

	readonly #conditions: string[] = [];

	get sql(): string {
		return this.#conditions.join(' AND ');
	}

	parameter(value: SqlValue): string {
		return `$${this.parameters.push(value)}`;
	}

	add(start: string, value: SqlValue): this {
		this.#conditions.push(`${start} ${this.parameter(value)}`);
		return this;
	}

	addRaw(condition: string): this {
		this.#conditions.push(condition);
		return this;
	}
}

/** Batches that hold nothing wanted are passed over in the database; the results themselves are looked at later. */
function addFilter(where: Conditions, filter: LogFilter, find: 'instr' | 'strpos'): void {
	const { applicationId, campaignId, tag, notWorkflowId, since, until, statuses, channels, actions, reason, holds } =
		filter;
	if (applicationId !== undefined) where.add('application_id =', applicationId);
	if (campaignId !== undefined) where.add('campaign_id =', campaignId);
	if (tag !== undefined) where.add('tag =', tag);
	if (notWorkflowId !== undefined) {
		where.addRaw(`(workflow_id IS NULL OR workflow_id <> ${where.parameter(notWorkflowId)})`);
	}
	if (since !== undefined) where.add('at >=', since);
	if (until !== undefined) where.add('at <', until);
	const sets: Array<[string, number | undefined]> = [
		['statuses', statuses && statusBits(statuses)],
		['channels', channels && channelBits(channels)],
		['actions', actions && actionBits(actions)],
	];
	for (const [column, bits] of sets) {
		if (bits !== undefined) where.addRaw(`(${column} & ${where.parameter(bits)}) <> 0`);
	}
	if (reason !== undefined) where.addRaw(`${find}(reasons, ${where.parameter(asWritten(reason))}) > 0`);
	if (holds !== undefined) {
		const written = where.parameter(asWritten(holds));
		where.addRaw(`(${find}(results, ${written}) > 0 OR ${find}(origin, ${written}) > 0)`);
	}
}

function toBatch(row: Row): LoggedBatch {
	const campaignId = textOrNull(row, 'campaign_id');
	return {
		sequence: integer(row, 'sequence'),
		at: integer(row, 'at'),
		applicationId: text(row, 'application_id'),
		...(campaignId === null ? {} : { campaignId }),
		origin: json(row, 'origin', isOrigin),
		results: decodeResults(text(row, 'results')),
	};
}

function isOrigin(value: unknown): value is SendOrigin {
	return isRecord(value) && Object.values(value).every((word) => typeof word === 'string');
}
