import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PushError } from '../../model';
import type { NewBatch } from '../../store';
import { BATCH_ROWS, newBatch, readCsv, RecordCutter, type RowFormat } from './records';

/** The recipients of a campaign, before anything of them is stored. Can be read once. */
export interface RecipientSource {
	readonly kind: 'items' | 'file' | 'postgres';
	readonly name: string;
	readonly format: RowFormat;
	readonly delimiter: string;
	/** Of a CSV. */
	readonly columns?: readonly string[];
	/** Names of the fields there are, where the rows hold only those that the campaign reads. */
	readonly fields?: (() => readonly string[]) | undefined;
	/** Tells whether the same recipients are given again. */
	readonly fingerprint: string;
	/** n8n's id of the file. */
	readonly binaryId?: string;
	/** JSON of how it is opened again, secrets and all: kept sealed, and only until all rows are in the store. */
	readonly reopening?: string;
	/** Everything is in memory, and gone with the process: the campaign and all its rows are stored in one step. */
	readonly whole: boolean;
	/**
	 * @param signal breaks off what is waited for: the rows end with an error then, or sooner than they should
	 * @throws {PushError} and what the source throws
	 */
	batches(limit: number, signal?: AbortSignal): AsyncGenerator<NewBatch>;
	/** Rows, where it is known before they are read. */
	readonly count?: number;
}

export interface FileSettings {
	readonly name: string;
	/** @default by the name and the first character of the file */
	readonly format?: RowFormat;
	/** @default the one of `, ; tab |` that the first line has most of */
	readonly delimiter?: string;
	readonly binaryId?: string;
	/** The bytes lie in memory, and nowhere else. */
	readonly inMemory?: boolean;
}

/** Bytes of the file that its fingerprint is made of, and that must hold the names of the columns. */
const HEAD_BYTES = 65_536;

/** Bytes looked at in one go at most. */
const PIECE_BYTES = 65_536;

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Opens a CSV or NDJSON file, plain or compressed with gzip, as a source of recipients.
 * @param stream its chunks are used up: nobody else may look at them
 * @throws {PushError} `InvalidRequest` for what is neither
 */
export async function openFile(stream: AsyncIterable<unknown>, settings: FileSettings): Promise<RecipientSource> {
	const chunks = bytesOf(stream)[Symbol.asyncIterator]();
	const head = await readHead(chunks);
	if (head.length === 0) throw refuse('The file is empty.', 'Check the node that reads it.');
	if (head.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])) || head.subarray(0, 2).equals(Buffer.from([0xfe, 0xff]))) {
		throw refuse('The file is written in UTF-16.', 'Save it as UTF-8.');
	}
	const start = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
	const format = settings.format ?? guessFormat(settings.name, head.subarray(start));
	const header = format === 'csv' ? readHeader(head.subarray(start), settings.delimiter) : undefined;
	const body = head.subarray(start + (header?.bytes ?? 0));
	const delimiter = header?.delimiter ?? ',';
	return {
		kind: 'file',
		name: settings.name,
		format,
		delimiter,
		...(header ? { columns: header.columns } : {}),
		fingerprint: createHash('sha256').update(head.subarray(0, HEAD_BYTES)).digest('base64url').slice(0, 22),
		...(settings.binaryId === undefined ? {} : { binaryId: settings.binaryId }),
		whole: settings.inMemory ?? false,
		async *batches(limit) {
			const cutter = new RecordCutter({ format, delimiter, limit, firstLine: 1 + (header?.lines ?? 0) });
			yield* cutter.push(body);
			while (!cutter.isFull) {
				const { done, value } = await chunks.next();
				if (done) break;
				const whole = cutter.push(value);
				giveBack(value);
				yield* whole;
			}
			yield* cutter.end();
			await chunks.return?.(undefined);
		},
	};
}

/** Rows that are in memory or come from a database, one JSON object each; a function opens them when they are read. */
export function rowSource(
	rows: Iterable<object> | AsyncIterable<object> | ((signal: AbortSignal | undefined) => AsyncIterable<object>),
	facts: Omit<RecipientSource, 'format' | 'delimiter' | 'batches'>,
): RecipientSource {
	return {
		...facts,
		format: 'ndjson',
		delimiter: ',',
		async *batches(limit, signal) {
			let lines: string[] = [];
			let batch = 0;
			let row = 0;
			const full = () => {
				const head = { batch, firstRow: row, firstLine: row + 1, rows: lines.length };
				batch += 1;
				row += lines.length;
				const content = lines.join('\n');
				lines = [];
				return newBatch(head, content);
			};
			for await (const one of typeof rows === 'function' ? rows(signal) : rows) {
				if (row + lines.length >= limit) break;
				lines.push(JSON.stringify(one));
				if (lines.length === BATCH_ROWS) yield full();
			}
			if (lines.length > 0) yield full();
		},
	};
}

/** Rows that are made when they are read, so that memory does not hold a copy of all the items. */
export interface Items extends Iterable<object> {
	readonly length: number;
	/** Names of the fields there are, where the rows hold only those that the campaign reads. */
	readonly fields?: () => readonly string[];
}

/** The first rows decide whether they are the same, with their number. */
export function itemSource(items: Items): RecipientSource {
	const hash = createHash('sha256').update(String(items.length));
	let row = 0;
	for (const item of items) {
		if (row === BATCH_ROWS) break;
		hash.update(JSON.stringify(item));
		row += 1;
	}
	return rowSource(items, {
		kind: 'items',
		name: `${items.length} ${items.length === 1 ? 'item' : 'items'}`,
		fingerprint: hash.digest('base64url').slice(0, 22),
		count: items.length,
		fields: items.fields,
		whole: true,
	});
}

/**
 * Gives the memory of a chunk back at once, where the chunk has it to itself. Streams make a buffer for each chunk, and
 * V8, which sees next to no memory of its own in use meanwhile, lets some 60 MB of them pile up.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Bytes, unpacked when they begin as gzip does. */
async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
	const raw = chunksOf(stream)[Symbol.asyncIterator]();
	const first = await raw.next();
	if (first.done) return;
	const all = (async function* () {
		yield first.value;
		for (let next = await raw.next(); !next.done; next = await raw.next()) yield next.value;
	})();
	if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
		yield* all;
		return;
	}
	const packed = Readable.from(all, { objectMode: false });
	const unpacked = createGunzip({ chunkSize: HEAD_BYTES });
	packed.on('error', (error) => unpacked.destroy(error));
	try {
		yield* chunksOf(packed.pipe(unpacked));
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : '';
		if (code.startsWith('Z_')) throw refuse('The gzip file is damaged or not complete.', 'Make it again.');
		throw error;
	}
}

/** In pieces: n8n gives a file that lies in its database as one chunk. */
async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
	for await (const chunk of stream) {
		const bytes = bytesIn(chunk);
		for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
			yield bytes.length <= PIECE_BYTES ? bytes : bytes.subarray(at, at + PIECE_BYTES);
		}
	}
}

function bytesIn(chunk: unknown): Buffer {
	if (Buffer.isBuffer(chunk)) return chunk;
	return chunk instanceof Uint8Array || typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.alloc(0);
}

/** At least {@link HEAD_BYTES}, or all there is: the same bytes however they arrive. */
async function readHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = [];
	let length = 0;
	while (length < HEAD_BYTES) {
		const { done, value } = await chunks.next();
		if (done) break;
		parts.push(value);
		length += value.length;
	}
	return Buffer.concat(parts);
}

function guessFormat(name: string, head: Buffer): RowFormat {
	if (/\.(ndjson|jsonl|ldjson)(\.gz)?$/i.test(name)) return 'ndjson';
	if (/\.(csv|tsv|txt)(\.gz)?$/i.test(name)) return 'csv';
	return head.toString('utf8', 0, 100).trimStart().startsWith('{') ? 'ndjson' : 'csv';
}

function readHeader(head: Buffer, wanted: string | undefined) {
	const firstLine = head.toString('utf8', 0, Math.max(0, head.indexOf(0x0a)) || head.length);
	const delimiter = wanted ?? mostIn(firstLine);
	const cutter = new RecordCutter({ format: 'csv', delimiter, limit: 1, firstLine: 1 });
	const [batch] = [...cutter.push(head), ...cutter.end()];
	const bytes = cutter.cutBytes;
	// Spreadsheets that save as plain "CSV" write the encoding of Windows: its names of columns would not be found.
	if (!isUtf8(head.subarray(0, bytes))) {
		throw refuse(
			'The first line of the file, with the names of the columns, is not written in UTF-8.',
			'Save the file as UTF-8; in Excel, choose the file type "CSV UTF-8".',
		);
	}
	const columns = batch ? (readCsv(batch.content, delimiter)[0] ?? []) : [];
	if (!batch || columns.every((name) => name.trim() === '')) {
		throw refuse('The first line of the file does not name the columns.', 'Put the names of the columns there.');
	}
	const lines = batch.content.split('\n').length - 1;
	return { columns, delimiter, lines, bytes };
}

function mostIn(line: string): string {
	const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
	return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function refuse(message: string, hint: string): PushError {
	return new PushError('InvalidRequest', message, { hint });
}
