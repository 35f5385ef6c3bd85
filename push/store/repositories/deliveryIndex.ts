import { type Database, integer, type Row, type Statement, text } from '../database';
import { keysOf } from '../deliveryFormat';
import { hashKey, IndexBuilder, matches } from '../keyIndex';
import type { DeliveryIndexRepository, LogSegment } from '../types';
import { isRecord, json } from './json';

/** A segment is sealed as soon as it has so many results, or so many batches of a few results. */
const SEGMENT_RESULTS = 50_000;
const SEGMENT_BATCHES = 5_000;

/** Batches read at a time: some 100 kB of text, and a ms of work between two turns of the event loop. */
const READ = 1;

const BUCKETS_PER_INSERT = 64;

/** Nearly all results have an address and a message id. */
const KEYS_PER_RESULT = 2;

/** Segments whose index is removed in one transaction: 256 rows each. */
const TRIMMED_SEGMENTS = 4;

export function deliveryIndexRepository(database: Database): DeliveryIndexRepository {
	const batches = database.table('delivery_batches');
	const segments = database.table('delivery_segments');
	const index = database.table('delivery_index');

	async function number(sql: string, parameters: readonly number[] = []): Promise<number | undefined> {
		const [row] = await database.read(sql, parameters);
		return row && row.value !== null ? integer(row, 'value') : undefined;
	}

	async function sealedTo(): Promise<number> {
		return (await number(`SELECT max(last_sequence) AS value FROM ${segments}`)) ?? 0;
	}

	async function allSegments(): Promise<LogSegment[]> {
		const rows = await database.read(
			`SELECT first_sequence, last_sequence, count FROM ${segments} ORDER BY first_sequence`,
		);
		return rows.map(toSegment);
	}

	/** The first sequence to keep for at most `maxResults`, by whole segments and then by batches of the open part. */
	async function floorByCount(maxResults: number): Promise<number> {
		const sealed = await allSegments();
		const open = await database.read(
			`SELECT sequence, count FROM ${batches} WHERE sequence > $1 ORDER BY sequence DESC`,
			[sealed.at(-1)?.lastSequence ?? 0],
		);
		let kept = 0;
		for (const row of open) {
			kept += integer(row, 'count');
			if (kept > maxResults) return integer(row, 'sequence') + 1;
		}
		for (const segment of sealed.reverse()) {
			kept += segment.count;
			if (kept > maxResults) return segment.lastSequence + 1;
		}
		return 0;
	}

	async function floorByAge(before: number): Promise<number> {
		const oldestKept = await number(`SELECT min(sequence) AS value FROM ${batches} WHERE at >= $1`, [before]);
		if (oldestKept !== undefined) return oldestKept;
		return ((await number(`SELECT max(sequence) AS value FROM ${batches}`)) ?? 0) + 1;
	}

	async function trimIndex(floor: number): Promise<void> {
		const gone = await database.read(
			`SELECT first_sequence FROM ${segments} WHERE last_sequence < $1 ORDER BY first_sequence LIMIT $2`,
			[floor, TRIMMED_SEGMENTS],
		);
		if (gone.length === 0) return;
		const statements = gone.flatMap((row): Statement[] => {
			const parameters = [integer(row, 'first_sequence')];
			return [
				{ sql: `DELETE FROM ${index} WHERE segment = $1`, parameters },
				{ sql: `DELETE FROM ${segments} WHERE first_sequence = $1`, parameters },
			];
		});
		await database.write(statements);
		await trimIndex(floor);
	}

	return {
		sealedTo,

		async nextSegment() {
			const rows = await database.read(
				`SELECT sequence, count FROM ${batches} WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
				[await sealedTo(), SEGMENT_BATCHES],
			);
			const [first] = rows;
			if (!first) return undefined;
			let count = 0;
			for (const [place, row] of rows.entries()) {
				count += integer(row, 'count');
				if (count < SEGMENT_RESULTS && place + 1 < SEGMENT_BATCHES) continue;
				return { firstSequence: integer(first, 'sequence'), lastSequence: integer(row, 'sequence'), count };
			}
			return undefined;
		},

		async seal({ firstSequence, lastSequence, count }) {
			const built = new IndexBuilder(count * KEYS_PER_RESULT);
			let done = firstSequence - 1;
			while (done < lastSequence) {
				const rows = await database.read(
					`SELECT sequence, origin, results FROM ${batches} WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT $3`,
					[done, lastSequence, READ],
				);
				for (const row of rows) built.add(integer(row, 'sequence') - firstSequence, keysOfRow(row));
				const last = rows.at(-1);
				if (!last) break;
				done = integer(last, 'sequence');
			}
			await database.write([
				{
					// Sealed by another process meanwhile: the key collides and nothing is written.
					sql: `INSERT INTO ${segments} (first_sequence, last_sequence, count) VALUES ($1, $2, $3)`,
					parameters: [firstSequence, lastSequence, count],
				},
				...insertBuckets(index, firstSequence, built.buckets()),
			]);
		},

		async find(key) {
			const { bucket } = hashKey(key);
			const rows = await database.read(
				`SELECT segment, entries FROM ${index} WHERE bucket = $1 AND segment IN (SELECT first_sequence FROM ${segments})`,
				[bucket],
			);
			const found = rows.flatMap((row) => {
				const first = integer(row, 'segment');
				return matches(text(row, 'entries'), key).map((offset) => first + offset);
			});
			return [...new Set(found)].sort((one, other) => other - one);
		},

		async floor(before, maxResults) {
			return Math.max(await floorByAge(before), await floorByCount(maxResults));
		},

		async trim(floor, limit) {
			const [result] = await database.write([
				{
					sql: `DELETE FROM ${batches} WHERE sequence IN
						(SELECT sequence FROM ${batches} WHERE sequence < $1 ORDER BY sequence LIMIT $2)`,
					parameters: [floor, limit],
				},
			]);
			const removed = result?.changes ?? 0;
			if (removed < limit) await trimIndex(floor);
			return removed;
		},
	};
}

/** Some rows per statement: 256 statements would be as many round trips to PostgreSQL. */
function insertBuckets(index: string, segment: number, buckets: ReadonlyArray<readonly [number, string]>): Statement[] {
	const statements: Statement[] = [];
	for (let start = 0; start < buckets.length; start += BUCKETS_PER_INSERT) {
		const slice = buckets.slice(start, start + BUCKETS_PER_INSERT);
		const rows = slice.map((_, place) => `($1, $${place * 2 + 2}, $${place * 2 + 3})`).join(', ');
		statements.push({
			sql: `INSERT INTO ${index} (segment, bucket, entries) VALUES ${rows}`,
			parameters: [segment, ...slice.flat()],
		});
	}
	return statements;
}

function keysOfRow(row: Row): string[] {
	const { traceId } = json(row, 'origin', isRecord);
	const keys = keysOf(text(row, 'results'));
	return typeof traceId === 'string' ? [...keys, traceId] : keys;
}

function toSegment(row: Row): LogSegment {
	return {
		firstSequence: integer(row, 'first_sequence'),
		lastSequence: integer(row, 'last_sequence'),
		count: integer(row, 'count'),
	};
}
