import {
	type Campaign,
	CAMPAIGN_ENDS,
	CAMPAIGN_OUTCOMES,
	CAMPAIGN_STATES,
	type CampaignCount,
	type CampaignState,
	type EventType,
	INTAKE_STATES,
	PushError,
} from '../../model';
import type { CampaignMove, CampaignRepository } from '../campaignTypes';
import { type Database, integer, type Row, type SqlValue, text } from '../database';
import { stale } from './applications';
import { campaignIntake, forgetSource, rowsAlong } from './campaignIntake';
import { eventStatements } from './events';
import { decodeCursor, rowsToRead, toPage } from './page';

const COLUMNS =
	'id, application_id, campaign_key, definition, created_by, state, state_reason, intake, rows_taken, batches, bad_rows, ' +
	'next_run_at, created_at, started_at, finished_at, updated_at, version';

/** What the trigger is told of a change of state; the others (waiting for its hours, going on) are a campaign's own. */
const EVENT_OF: Readonly<Record<CampaignState, EventType | undefined>> = {
	PENDING: undefined,
	RUNNING: 'campaign.started',
	WAITING: undefined,
	PAUSED: 'campaign.paused',
	STOPPED: 'campaign.stopped',
	COMPLETED: 'campaign.finished',
	CANCELLED: 'campaign.finished',
	FAILED: 'campaign.finished',
};

function eventsOf(
	{ id, key, applicationId }: Campaign,
	{ state, stateReason = '', counts = {} }: Pick<CampaignMove, 'state' | 'stateReason' | 'counts'>,
	at: number,
) {
	const type = EVENT_OF[state];
	if (type === undefined) return [];
	const details = { key, state, ...(stateReason === '' ? {} : { reason: stateReason }), ...counts };
	return [{ at, type, applicationId, campaignId: id, details }];
}

/** @returns false where the row is not what it was thought to be. */
async function happened(write: Promise<unknown>): Promise<boolean> {
	try {
		await write;
		return true;
	} catch (error) {
		if (error instanceof PushError && error.code === 'StaleWrite') return false;
		throw error;
	}
}

/** Rows of a removed campaign deleted per transaction; some of them are as long as a batch. */
const SLICE = 100;

export const KEPT_BAD_ROWS = 1_000;

const CHILDREN = [
	'campaign_rows',
	'campaign_batches',
	'campaign_addresses',
	'campaign_counts',
	'campaign_bad_rows',
	'campaign_runners',
	'campaign_sources',
] as const;

/** What tells one row of a child from another, for deleting in slices. */
const CHILD_KEY: Readonly<Record<(typeof CHILDREN)[number], string>> = {
	campaign_rows: 'batch',
	campaign_batches: 'batch',
	campaign_addresses: 'sequence',
	campaign_counts: 'treatment, outcome, reason',
	campaign_bad_rows: 'line',
	campaign_runners: 'owner',
	campaign_sources: 'campaign',
};

export function campaignRepository(database: Database): CampaignRepository {
	const campaigns = database.table('campaigns');
	const numbers = database.table('campaign_numbers');
	const runners = database.table('campaign_runners');

	const find = async (where: string, parameters: readonly SqlValue[]): Promise<Campaign | undefined> => {
		const [row] = await database.read(`SELECT number, ${COLUMNS} FROM ${campaigns} WHERE ${where}`, parameters);
		return row && toCampaign(row);
	};

	return {
		async insert(campaign, along = {}) {
			const inserted = database.write([
				{ sql: `UPDATE ${numbers} SET last = last + 1 WHERE id = 1` },
				{
					sql: `INSERT INTO ${campaigns} (number, intake_until, ${COLUMNS})
						SELECT last, 0, $1, $2, $3, $4, $5, $6, $7, $8, CAST($9 AS BIGINT),
							CAST($10 AS BIGINT), CAST($11 AS BIGINT), CAST($12 AS BIGINT), CAST($13 AS BIGINT),
							CAST($14 AS BIGINT), CAST($15 AS BIGINT), CAST($16 AS BIGINT), CAST($17 AS BIGINT)
						FROM ${numbers} WHERE id = 1
						ON CONFLICT (application_id, campaign_key) DO NOTHING`,
					parameters: values(campaign),
					orElse: stale('The campaign'),
				},
				...rowsAlong(database, campaign.id, along),
				...eventStatements(database, eventsOf(campaign, campaign, campaign.createdAt)),
			]);
			return (await happened(inserted)) ? await find('id = $1', [campaign.id]) : undefined;
		},

		get: async (id) => await find('id = $1', [id]),

		findByKey: async (applicationId, key) =>
			await find('application_id = $1 AND campaign_key = $2', [applicationId, key]),

		async list(page) {
			const [after] = page.after ? decodeCursor(page.after, 'integer') : [Number.MAX_SAFE_INTEGER];
			const found = await database.read(
				`SELECT number, ${COLUMNS} FROM ${campaigns}
				WHERE number < $1 AND ($2 = '' OR application_id = $2) AND ($3 = '' OR state = $3)
				ORDER BY number DESC LIMIT $4`,
				[after ?? 0, page.applicationId ?? '', page.state ?? '', rowsToRead(page)],
			);
			return toPage(found.map(toCampaign), page, ({ number }) => [number]);
		},

		async due(now, limit) {
			const found = await database.read(
				`SELECT number, ${COLUMNS} FROM ${campaigns}
				WHERE state IN ('PENDING', 'RUNNING', 'WAITING') AND COALESCE(next_run_at, 0) <= $1
				ORDER BY COALESCE(next_run_at, 0), number LIMIT $2`,
				[now, limit],
			);
			return found.map(toCampaign);
		},

		async nextDue() {
			const [row] = await database.read(
				`SELECT MIN(next_run_at) AS next_run_at FROM ${campaigns} WHERE state IN ('PENDING', 'RUNNING', 'WAITING')`,
			);
			return row && numberOrUndefined(row, 'next_run_at');
		},

		async move(campaign, to, at) {
			const { state, stateReason = '', nextRunAt, startedAt, finishedAt } = to;
			// Going on after a pause or a wait is no start.
			const events = state === 'RUNNING' && campaign.startedAt !== undefined ? [] : eventsOf(campaign, to, at);
			const moved = database.write([
				{
					sql: `UPDATE ${campaigns} SET state = $2, state_reason = $3, next_run_at = $4, started_at = $5,
						finished_at = $6, updated_at = $7, version = version + 1 WHERE id = $1 AND version = $8`,
					parameters: [
						campaign.id,
						state,
						stateReason,
						nextRunAt ?? null,
						startedAt ?? campaign.startedAt ?? null,
						finishedAt ?? null,
						at,
						campaign.version,
					],
					orElse: stale('The campaign'),
				},
				...(CAMPAIGN_ENDS.has(state) ? [forgetSource(database, campaign.number)] : []),
				// Whoever waits for it hears of it if, and only if, it has happened.
				...eventStatements(database, events),
			]);
			return (await happened(moved)) ? await find('id = $1', [campaign.id]) : undefined;
		},

		...campaignIntake(database),

		async counts(number) {
			const found = await database.read(
				`SELECT treatment, outcome, reason, recipients, possible_duplicates FROM ${database.table('campaign_counts')}
				WHERE campaign = $1 ORDER BY treatment, outcome, reason`,
				[number],
			);
			return found.map(toCount);
		},

		async badRows(number) {
			const found = await database.read(
				`SELECT line, reason FROM ${database.table('campaign_bad_rows')} WHERE campaign = $1 ORDER BY line LIMIT $2`,
				[number, KEPT_BAD_ROWS],
			);
			return found.map((row) => ({ line: integer(row, 'line'), reason: text(row, 'reason') }));
		},

		async seen(number, owner, at, perSecond) {
			await database.write([
				{
					sql: `INSERT INTO ${runners} (campaign, owner, seen_at, per_second) VALUES ($1, $2, $3, $4)
						ON CONFLICT (campaign, owner) DO UPDATE SET seen_at = excluded.seen_at, per_second = excluded.per_second`,
					parameters: [number, owner, at, perSecond],
				},
			]);
		},

		async left(number, owner) {
			await database.write([
				{ sql: `DELETE FROM ${runners} WHERE campaign = $1 AND owner = $2`, parameters: [number, owner] },
			]);
		},

		async runners(number, since) {
			const found = await database.read(
				`SELECT owner, per_second FROM ${runners} WHERE campaign = $1 AND seen_at >= $2 ORDER BY owner`,
				[number, since],
			);
			return found.map((row) => ({ owner: text(row, 'owner'), perSecond: integer(row, 'per_second') }));
		},

		async remove({ id, number }) {
			const [removed] = await database.write([{ sql: `DELETE FROM ${campaigns} WHERE id = $1`, parameters: [id] }]);
			if (removed?.changes !== 1) return false;
			for (const child of CHILDREN) {
				const table = database.table(child);
				const key = `(campaign, ${CHILD_KEY[child]})`;
				const columns = `campaign, ${CHILD_KEY[child]}`;
				for (let gone = SLICE; gone === SLICE; ) {
					const [slice] = await database.write([
						{
							sql: `DELETE FROM ${table} WHERE ${key} IN (SELECT ${columns} FROM ${table} WHERE campaign = $1 LIMIT ${SLICE})`,
							parameters: [number],
						},
					]);
					gone = slice?.changes ?? 0;
				}
			}
			return true;
		},
	};
}

function values(campaign: Campaign): SqlValue[] {
	return [
		campaign.id,
		campaign.applicationId,
		campaign.key,
		campaign.definition,
		campaign.createdBy,
		campaign.state,
		campaign.stateReason,
		campaign.intake,
		campaign.rows,
		campaign.batches,
		campaign.badRows,
		campaign.nextRunAt ?? null,
		campaign.createdAt,
		campaign.startedAt ?? null,
		campaign.finishedAt ?? null,
		campaign.updatedAt,
		campaign.version,
	];
}

function toCampaign(row: Row): Campaign {
	return {
		number: integer(row, 'number'),
		id: text(row, 'id'),
		applicationId: text(row, 'application_id'),
		key: text(row, 'campaign_key'),
		definition: text(row, 'definition'),
		createdBy: text(row, 'created_by'),
		state: oneOf(CAMPAIGN_STATES, row, 'state'),
		stateReason: text(row, 'state_reason'),
		intake: oneOf(INTAKE_STATES, row, 'intake'),
		rows: integer(row, 'rows_taken'),
		batches: integer(row, 'batches'),
		badRows: integer(row, 'bad_rows'),
		nextRunAt: numberOrUndefined(row, 'next_run_at'),
		createdAt: integer(row, 'created_at'),
		startedAt: numberOrUndefined(row, 'started_at'),
		finishedAt: numberOrUndefined(row, 'finished_at'),
		updatedAt: integer(row, 'updated_at'),
		version: integer(row, 'version'),
	};
}

function toCount(row: Row): CampaignCount {
	return {
		treatment: text(row, 'treatment'),
		outcome: oneOf(CAMPAIGN_OUTCOMES, row, 'outcome'),
		reason: text(row, 'reason'),
		recipients: integer(row, 'recipients'),
		possibleDuplicates: integer(row, 'possible_duplicates'),
	};
}

function oneOf<const Word extends string>(words: readonly Word[], row: Row, column: string): Word {
	const found = words.find((word) => word === row[column]);
	if (found !== undefined) return found;
	throw new PushError('StoreUnavailable', `The store holds something unreadable in column "${column}".`, {
		hint: 'Restore the store from a backup, or point n8n at a new one.',
	});
}

function numberOrUndefined(row: Row, column: string): number | undefined {
	return row[column] === null ? undefined : integer(row, column);
}
