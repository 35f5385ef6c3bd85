import { PushError } from '../../model';
import { type Database, integer, type Row, text } from '../database';
import type { SubscriptionCursor, SubscriptionRepository } from '../types';

const CURSOR = 'results, place, events, failures, state';

export function subscriptionRepository(database: Database): SubscriptionRepository {
	const subscriptions = database.table('subscriptions');

	return {
		async acquire(id, lease, start) {
			const [taken] = await database.write([
				{
					// One statement: of two that ask, one gets the row.
					sql: `INSERT INTO ${subscriptions} (id, ${CURSOR}, holder, lease_until, updated_at)
						VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
						ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
						WHERE ${subscriptions}.holder IS NULL OR ${subscriptions}.holder = $7 OR ${subscriptions}.lease_until <= $9
						RETURNING ${CURSOR}`,
					parameters: [id, ...cursorValues(start), lease.holder, lease.until, lease.now],
				},
			]);
			const row = taken?.rows[0];
			return row ? toCursor(row) : undefined;
		},

		async renew(id, lease) {
			const [renewed] = await database.write([
				{
					sql: `UPDATE ${subscriptions} SET lease_until = $3 WHERE id = $1 AND holder = $2 AND lease_until > $4`,
					parameters: [id, lease.holder, lease.until, lease.now],
				},
			]);
			return renewed?.changes === 1;
		},

		async advance(id, lease, cursor) {
			await database.write([
				{
					sql: `UPDATE ${subscriptions} SET results = $3, place = $4, events = $5, failures = $6, state = $7,
						lease_until = $8, updated_at = $9 WHERE id = $1 AND holder = $2`,
					parameters: [id, lease.holder, ...cursorValues(cursor), lease.until, lease.now],
					orElse: new PushError('StaleWrite', 'Another process has taken over this trigger.'),
				},
			]);
		},

		async release(id, holder) {
			await database.write([
				{
					// It was worked on until now, also when nothing has come for long.
					sql: `UPDATE ${subscriptions} SET holder = NULL, lease_until = 0, updated_at = lease_until
						WHERE id = $1 AND holder = $2`,
					parameters: [id, holder],
				},
			]);
		},

		async trim(before) {
			const [result] = await database.write([
				{
					sql: `DELETE FROM ${subscriptions} WHERE updated_at < $1 AND lease_until < $1`,
					parameters: [before],
				},
			]);
			return result?.changes ?? 0;
		},
	};
}

function cursorValues({ results, place, events, failures, state }: SubscriptionCursor) {
	return [results, place, events, failures, state];
}

function toCursor(row: Row): SubscriptionCursor {
	return {
		results: integer(row, 'results'),
		place: integer(row, 'place'),
		events: integer(row, 'events'),
		failures: integer(row, 'failures'),
		state: text(row, 'state'),
	};
}
