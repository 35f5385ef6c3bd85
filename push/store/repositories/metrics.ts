import { CHANNEL_TYPES, type ChannelTally, type DeliveryTally, parseChannelType, PushError } from '../../model';
import { type Database, integer, type Row, type Statement, text } from '../database';
import type { MetricRow, MetricsRepository } from '../types';
import { isRecord, json } from './json';

const COLUMNS = 'resolution, period, application_id, channel_type, kind, tally';

export function metricsRepository(database: Database): MetricsRepository {
	const metrics = database.table('metrics');
	const cursor = database.table('metrics_cursor');
	const batches = database.table('delivery_batches');

	return {
		async cursor() {
			const [row] = await database.read(`SELECT sequence FROM ${cursor} WHERE id = 1`);
			return row ? integer(row, 'sequence') : 0;
		},

		async tallies(after, limit) {
			const rows = await database.read(
				`SELECT sequence, at, application_id, campaign_id, tally FROM ${batches} WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
				[after, limit],
			);
			return rows.map((row) => ({
				sequence: integer(row, 'sequence'),
				at: integer(row, 'at'),
				applicationId: text(row, 'application_id'),
				...(row.campaign_id === null ? {} : { campaignId: text(row, 'campaign_id') }),
				kind: row.campaign_id === null ? 'direct' : 'campaign',
				tally: json(row, 'tally', isTally),
			}));
		},

		async rows({ resolution, since, until, applicationId }) {
			const rows = await database.read(
				`SELECT ${COLUMNS} FROM ${metrics} WHERE resolution = $1 AND period >= $2 AND period < $3
					AND ($4 = '' OR application_id = $4) ORDER BY period, application_id, channel_type, kind`,
				[resolution, since, until, applicationId ?? ''],
			);
			return rows.map(toMetricRow);
		},

		async put(rows, from, to) {
			const moved: Statement = {
				sql: `UPDATE ${cursor} SET sequence = $1 WHERE id = 1 AND sequence = $2`,
				parameters: [to, from],
				orElse: new PushError('StaleWrite', 'Another process has counted these results.'),
			};
			const puts = rows.map(
				({ resolution, period, applicationId, channelType, kind, tally }): Statement => ({
					sql: `INSERT INTO ${metrics} (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
						ON CONFLICT (resolution, period, application_id, channel_type, kind) DO UPDATE SET tally = excluded.tally`,
					parameters: [resolution, period, applicationId, channelType, kind, JSON.stringify(tally)],
				}),
			);
			await database.write([moved, ...puts]);
		},

		async trim(resolution, before, limit) {
			const [result] = await database.write([
				{
					sql: `DELETE FROM ${metrics} WHERE (resolution, period, application_id, channel_type, kind) IN
						(SELECT resolution, period, application_id, channel_type, kind FROM ${metrics}
						WHERE resolution = $1 AND period < $2 LIMIT $3)`,
					parameters: [resolution, before, limit],
				},
			]);
			return result?.changes ?? 0;
		},
	};
}

function toMetricRow(row: Row): MetricRow {
	return {
		resolution: integer(row, 'resolution'),
		period: integer(row, 'period'),
		applicationId: text(row, 'application_id'),
		channelType: parseChannelType(text(row, 'channel_type')),
		kind: row.kind === 'campaign' ? 'campaign' : 'direct',
		tally: json(row, 'tally', isChannelTally),
	};
}

function isTally(value: unknown): value is DeliveryTally {
	return (
		isRecord(value) &&
		Object.entries(value).every(
			([channel, tally]) => CHANNEL_TYPES.some((known) => known === channel) && isChannelTally(tally),
		)
	);
}

function isChannelTally(value: unknown): value is ChannelTally {
	return (
		isRecord(value) &&
		isRecord(value.statuses) &&
		isRecord(value.actions) &&
		isRecord(value.reasons) &&
		isRecord(value.latency) &&
		typeof value.retries === 'number'
	);
}
