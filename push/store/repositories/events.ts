import { CHANNEL_TYPES, EVENT_TYPES, PushError } from '../../model';
import { type Database, integer, type Row, type Statement, text, textOrNull } from '../database';
import type { EventRepository, PushEvent } from '../types';
import { isRecord, json } from './json';

const COLUMNS = 'at, type, application_id, campaign_id, channel_type, details';

/**
 * The statements that record events, for a transaction that changes what they tell of. They go last: from the first of
 * them on, other writers of events and of the delivery log wait.
 */
export function eventStatements(
	database: Database,
	events: readonly Omit<PushEvent, 'sequence'>[],
): readonly Statement[] {
	if (events.length === 0) return [];
	const inserts = events.map(
		({ at, type, applicationId, campaignId, channelType, details }): Statement => ({
			sql: `INSERT INTO ${database.table('events')} (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`,
			parameters: [at, type, applicationId, campaignId ?? null, channelType ?? null, JSON.stringify(details)],
		}),
	);
	return [...database.inOrder, ...inserts];
}

export function eventRepository(database: Database): EventRepository {
	const events = database.table('events');

	async function newest(): Promise<number> {
		const [row] = await database.read(`SELECT max(sequence) AS edge FROM ${events}`);
		return row && row.edge !== null ? integer(row, 'edge') : 0;
	}

	return {
		async append(all) {
			await database.write(eventStatements(database, all));
		},

		async after(sequence, limit, types) {
			const edge = await newest();
			const places = types.map((_, index) => `$${index + 4}`).join(', ');
			const rows = await database.read(
				`SELECT sequence, ${COLUMNS} FROM ${events} WHERE sequence > $1 AND sequence <= $2 AND type IN (${places})
					ORDER BY sequence LIMIT $3`,
				[sequence, edge, limit, ...types],
			);
			const found = rows.map(toEvent);
			const last = found.at(-1);
			return { events: found, scannedTo: last && found.length === limit ? last.sequence : Math.max(edge, sequence) };
		},

		async lastBefore(at) {
			const [row] = await database.read(`SELECT min(sequence) AS edge FROM ${events} WHERE at >= $1`, [at]);
			return row && row.edge !== null ? integer(row, 'edge') - 1 : await newest();
		},

		async trim(before, limit) {
			const [result] = await database.write([
				{
					sql: `DELETE FROM ${events} WHERE sequence IN
						(SELECT sequence FROM ${events} WHERE at < $1 ORDER BY at LIMIT $2)`,
					parameters: [before, limit],
				},
			]);
			return result?.changes ?? 0;
		},
	};
}

function toEvent(row: Row): PushEvent {
	const campaignId = textOrNull(row, 'campaign_id');
	const channelType = CHANNEL_TYPES.find((known) => known === row.channel_type);
	const type = EVENT_TYPES.find((known) => known === row.type);
	if (!type) throw new PushError('StoreUnavailable', 'The store holds an event this version does not know.');
	return {
		sequence: integer(row, 'sequence'),
		at: integer(row, 'at'),
		type,
		applicationId: text(row, 'application_id'),
		...(campaignId === null ? {} : { campaignId }),
		...(channelType ? { channelType } : {}),
		details: json(row, 'details', isRecord),
	};
}
