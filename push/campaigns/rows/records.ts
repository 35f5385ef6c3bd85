import { createHash } from 'node:crypto';
import { PushError } from '../../model';
import type { NewBatch } from '../../store';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/** Recipients of one batch at most (design section 2). */
export const BATCH_ROWS = 1_000;

/** Bytes of one batch at most, so that a few of them fit into a transaction and into memory. */
const BATCH_BYTES = 1_000_000;

/**
 * Bytes of a record after which a quote that is open over a line break is taken for one that is never closed: it must
 * not swallow the file.
 */
const RECORD_BYTES = 100_000;

/** Bytes without a line break, at most: what has more is taken for something else. */
const LONGEST_LINE = 4_000_000;

export type RowFormat = 'csv' | 'ndjson';

export interface RecordSettings {
	readonly format: RowFormat;
	/** One ASCII character. */
	readonly delimiter: string;
	/** Rows taken at most. */
	readonly limit: number;
	/** Line of the file the first record begins at, from 1. */
	readonly firstLine: number;
}

/**
 * Cuts a file into batches of whole records without looking into them: a line break ends a record unless it lies in a
 * quoted field. Works on bytes, since neither quotes, delimiters nor line breaks are part of any other character of
 * UTF-8. The same bytes always give the same batches, in whatever chunks they come, so that a file can be read again and
 * gone on with.
 */
export class RecordCutter {
	/** One for the whole file: a new one for each chunk would be hundreds of megabytes that nobody collects in time. */
	#room: Buffer = Buffer.alloc(0);

	/** What has come and is in no batch yet; a part of `#room`. */
	#rest: Buffer = this.#room.subarray(0, 0);

	/** How far `#rest` has been looked at. */
	#at = 0;

	#recordStart = 0;

	#inQuotes = false;

	#fieldStart = true;

	/** Line breaks inside the present record. */
	#breaks = 0;

	/** Ends of the records that are complete, within `#rest`. */
	#records = 0;

	#batch = 0;

	#row = 0;

	#line: number;

	#linesInBatch = 0;

	#cutBytes = 0;

	readonly #delimiter: number;

	constructor(private readonly settings: RecordSettings) {
		this.#line = settings.firstLine;
		this.#delimiter = settings.delimiter.charCodeAt(0);
	}

	/** The limit is reached: nothing more needs to be read. */
	get isFull(): boolean {
		return this.#row + this.#records >= this.settings.limit;
	}

	/** Bytes of the batches given so far. Their texts do not tell: what is not UTF-8 has another length there. */
	get cutBytes(): number {
		return this.#cutBytes;
	}

	/**
	 * @returns the batches that are complete now
	 * @throws {PushError} `InvalidRequest` for what is no text of lines
	 */
	push(chunk: Buffer): NewBatch[] {
		this.#append(chunk);
		const batches: NewBatch[] = [];
		this.#scan(batches);
		if (!this.isFull) this.#checkLength(this.#rest.length);
		return batches;
	}

	/** The file is over. @returns what is left */
	end(): NewBatch[] {
		const batches: NewBatch[] = [];
		// A quote is open: its record ends at its first line break, and the lines after it are records again.
		while (this.#inQuotes && !this.isFull && this.#breakOff(batches)) this.#scan(batches);
		if (!this.isFull && this.#rest.length > this.#recordStart) this.#endRecord(this.#rest.length, batches);
		this.#cut(batches, this.#recordStart);
		return batches;
	}

	#append(chunk: Buffer): void {
		const kept = this.#rest.length;
		const length = kept + chunk.length;
		const room = length <= this.#room.length ? this.#room : Buffer.allocUnsafeSlow(length * 2);
		this.#rest.copy(room);
		chunk.copy(room, kept);
		this.#room = room;
		this.#rest = room.subarray(0, length);
	}

	#scan(batches: NewBatch[]): void {
		const csv = this.settings.format === 'csv';
		while (this.#at < this.#rest.length && !this.isFull) {
			if (!csv || (!this.#inQuotes && this.#rest.indexOf(QUOTE, this.#at) === -1)) {
				this.#hop(batches);
				return;
			}
			this.#step(batches);
		}
	}

	/** No quotes ahead: from line break to line break. */
	#hop(batches: NewBatch[]): void {
		for (;;) {
			const end = this.#rest.indexOf(LINE_FEED, this.#at);
			if (end === -1 || this.isFull) break;
			this.#fieldStart = true;
			this.#endRecord(end + 1, batches);
		}
		if (this.#rest.length > this.#at) this.#fieldStart = this.#rest[this.#rest.length - 1] === this.#delimiter;
		this.#at = this.#rest.length;
	}

	/** Byte by byte through one record, or to the end of what is there. */
	#step(batches: NewBatch[]): void {
		const bytes = this.#rest;
		const patience = this.#recordStart + RECORD_BYTES;
		let at = this.#at;
		while (at < bytes.length) {
			const byte = bytes[at];
			at += 1;
			if (this.#inQuotes) {
				if (byte !== QUOTE) {
					if (byte === LINE_FEED) this.#breaks += 1;
					// Here, and not where a chunk happens to end.
					if (at > patience && this.#breaks > 0) {
						this.#breakOff(batches);
						return;
					}
					continue;
				}
				this.#inQuotes = false;
				// A quote right after the closing one is an escaped quote: the field goes on.
				this.#fieldStart = true;
			} else if (byte === QUOTE && this.#fieldStart) {
				this.#inQuotes = true;
				this.#fieldStart = false;
			} else if (byte === LINE_FEED) {
				this.#fieldStart = true;
				this.#endRecord(at, batches);
				return;
			} else {
				this.#fieldStart = byte === this.#delimiter;
			}
		}
		this.#at = at;
	}

	/**
	 * Gives up on the quote that was opened: its first line becomes a batch of its own, so that it harms no other.
	 * @returns false when it has only this line, and that is not complete
	 */
	#breakOff(batches: NewBatch[]): boolean {
		this.#cut(batches, this.#recordStart);
		const end = this.#rest.indexOf(LINE_FEED);
		if (end === -1) return false;
		this.#inQuotes = false;
		this.#fieldStart = true;
		this.#breaks = 0;
		this.#endRecord(end + 1, batches);
		this.#cut(batches, this.#recordStart);
		return true;
	}

	#endRecord(end: number, batches: NewBatch[]): void {
		this.#checkLength(end - 1);
		this.#recordStart = end;
		this.#at = end;
		this.#records += 1;
		this.#linesInBatch += 1 + this.#breaks;
		this.#breaks = 0;
		if (this.#records === BATCH_ROWS || end >= BATCH_BYTES || this.isFull) this.#cut(batches, end);
	}

	/** @param end of the present record as far as it is known, without its line break */
	#checkLength(end: number): void {
		if (end - this.#recordStart > LONGEST_LINE) throw noLines(this.#line + this.#linesInBatch);
	}

	#cut(batches: NewBatch[], end: number): void {
		if (this.#records === 0) return;
		const content = this.#rest.toString('utf8', 0, end);
		batches.push(
			newBatch({ batch: this.#batch, firstRow: this.#row, firstLine: this.#line, rows: this.#records }, content),
		);
		this.#batch += 1;
		this.#row += this.#records;
		this.#line += this.#linesInBatch;
		this.#records = 0;
		this.#linesInBatch = 0;
		this.#cutBytes += end;
		this.#rest = this.#rest.subarray(end);
		this.#at -= end;
		this.#recordStart -= end;
	}
}

/** The first rows of a batch of NDJSON, of which each is a line. */
export function firstOf(batch: NewBatch, rows: number): NewBatch {
	if (batch.rows <= rows) return batch;
	return newBatch({ ...batch, rows }, batch.content.split('\n').slice(0, rows).join('\n'));
}

/** PostgreSQL has no place for NUL in texts; no address and no name holds one. */
export function newBatch(head: Omit<NewBatch, 'content' | 'contentHash'>, content: string): NewBatch {
	const clean = content.includes('\0') ? content.replaceAll('\0', '\uFFFD') : content;
	return { ...head, content: clean, contentHash: createHash('sha1').update(clean).digest('base64url') };
}

/**
 * The records of a batch of CSV, as the {@link RecordCutter} counted them: an unclosed quote takes the rest of the text.
 * RFC 4180, and what spreadsheets make of it: any line ends, text after a closing quote, quotes inside plain fields.
 */
export function readCsv(content: string, delimiter: string): string[][] {
	return content.includes('"') ? readQuoted(content, delimiter) : readPlain(content, delimiter);
}

function readPlain(content: string, delimiter: string): string[][] {
	const records: string[][] = [];
	for (let start = 0; start < content.length; ) {
		const found = content.indexOf('\n', start);
		const end = found === -1 ? content.length : found;
		const line = content.slice(start, end > start && content[end - 1] === '\r' ? end - 1 : end);
		records.push(line.split(delimiter));
		start = end + 1;
	}
	return records;
}

function readQuoted(content: string, delimiter: string): string[][] {
	const records: string[][] = [];
	let record: string[] = [];
	let at = 0;
	while (at < content.length) {
		let field = '';
		if (content[at] === '"') {
			for (at += 1; ; ) {
				const close = content.indexOf('"', at);
				if (close === -1) throw unclosed();
				field += content.slice(at, close);
				at = close + 1;
				if (content[at] !== '"') break;
				field += '"';
				at += 1;
			}
		}
		const end = endOfField(content, at, delimiter);
		const last = content[end] !== delimiter;
		field += content.slice(at, last && end > at && content[end - 1] === '\r' ? end - 1 : end);
		record.push(field);
		at = end + 1;
		if (last) {
			records.push(record);
			record = [];
		} else if (at === content.length) {
			record.push('');
			records.push(record);
			record = [];
		}
	}
	return records;
}

function endOfField(content: string, from: number, delimiter: string): number {
	let at = from;
	while (at < content.length && content[at] !== delimiter && content[at] !== '\n') at += 1;
	return at;
}

function noLines(line: number): PushError {
	return new PushError('InvalidRequest', `Line ${line} of the file is longer than 4 MB.`, {
		hint: 'Check that it is a CSV or NDJSON file, plain or compressed with gzip.',
	});
}

function unclosed(): PushError {
	return new PushError('InvalidRequest', 'A quote is opened and never closed.', {
		hint: 'Write a quote inside a quoted field twice.',
	});
}
