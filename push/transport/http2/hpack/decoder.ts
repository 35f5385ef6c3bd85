import { DynamicTable, fieldSize } from './dynamic-table';
import { HeaderBomb, HpackError } from './hpack-error';
import { huffmanDecode } from './huffman';
import { STATIC_LENGTH, STATIC_TABLE } from './static-table';

/** SETTINGS_HEADER_TABLE_SIZE as it stands when nothing was said (RFC 9113 6.5.2). */
export const DEFAULT_TABLE_SIZE = 4_096;

/** Takes the fields of a header block, in order. */
export interface FieldSink {
	field(name: string, value: string): void;
}

/** A string may be indexed again and again: what a block unfolds to is bounded, not only what it takes on the wire. */
export const LONGEST_HEADER_LIST = 65_536;

/** RFC 7541: reads header blocks of one direction of a connection. */
export class HpackDecoder {
	readonly #table: DynamicTable;

	#bytes: Buffer = Buffer.alloc(0);

	#at = 0;

	#end = 0;

	/** @param mostTableSize what we said in SETTINGS_HEADER_TABLE_SIZE */
	constructor(private readonly mostTableSize = DEFAULT_TABLE_SIZE) {
		this.#table = new DynamicTable(mostTableSize);
	}

	/**
	 * Decodes one whole header block.
	 * @throws {HpackError} when it is none
	 * @throws {HeaderBomb} when it unfolds to more than `LONGEST_HEADER_LIST`
	 */
	decode(bytes: Buffer, start: number, end: number, sink: FieldSink): void {
		this.#bytes = bytes;
		this.#at = start;
		this.#end = end;
		let size = 0;
		let updates = 0;
		let first = true;
		while (this.#at < end) {
			const byte = bytes[this.#at] ?? 0;
			if ((byte & 0xe0) === 0x20) {
				// RFC 7541 4.2: only at the beginning, two at most.
				updates += 1;
				if (!first || updates > 2) throw new HpackError('A table size update in the middle of a header block.');
				this.#resize();
				continue;
			}
			first = false;
			size += byte & 0x80 ? this.#indexed(sink) : this.#literal(byte, sink);
			if (size > LONGEST_HEADER_LIST) throw new HeaderBomb('The headers are longer than 64 KB.');
		}
	}

	/** RFC 7541 6.1 */
	#indexed(sink: FieldSink): number {
		const index = this.#integer(7);
		let name: string;
		let value: string;
		if (index > STATIC_LENGTH) {
			const number = this.#dynamic(index);
			name = this.#table.nameOf(number);
			value = this.#table.valueOf(number);
		} else {
			const row = STATIC_TABLE[index - 1];
			if (!row) throw new HpackError('Index 0 stands for no header.');
			[name, value] = row;
		}
		sink.field(name, value);
		return fieldSize(name, value);
	}

	/** RFC 7541 6.2: with incremental indexing (01), never indexed (0001) and without indexing (0000). */
	#literal(byte: number, sink: FieldSink): number {
		const keep = (byte & 0x40) !== 0;
		const index = this.#integer(keep ? 6 : 4);
		const name = index === 0 ? this.#text() : this.#nameAt(index);
		const value = this.#text();
		if (keep) this.#table.insert(name, value);
		sink.field(name, value);
		return fieldSize(name, value);
	}

	/** RFC 7541 6.3 */
	#resize(): void {
		const size = this.#integer(5);
		if (size > this.mostTableSize) throw new HpackError('A table size update above the agreed size.');
		this.#table.resize(size);
	}

	#nameAt(index: number): string {
		return index > STATIC_LENGTH ? this.#table.nameOf(this.#dynamic(index)) : (STATIC_TABLE[index - 1]?.[0] ?? '');
	}

	#dynamic(index: number): number {
		const number = this.#table.numberAt(index - STATIC_LENGTH - 1);
		if (number === undefined) throw new HpackError('An index beyond the table.');
		return number;
	}

	/** RFC 7541 5.1; nothing that takes more than four bytes can be meant. */
	#integer(prefix: number): number {
		const mask = (1 << prefix) - 1;
		let value = (this.#bytes[this.#at++] ?? 0) & mask;
		if (value < mask) return value;
		for (let shift = 0; shift <= 21; shift += 7) {
			if (this.#at >= this.#end) break;
			const byte = this.#bytes[this.#at++] ?? 0;
			value += (byte & 0x7f) << shift;
			if ((byte & 0x80) === 0) return value;
		}
		throw new HpackError('An integer is cut off or too large.');
	}

	/** RFC 7541 5.2 */
	#text(): string {
		if (this.#at >= this.#end) throw new HpackError('A header is cut off.');
		const coded = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
		const length = this.#integer(7);
		const start = this.#at;
		const end = start + length;
		if (end > this.#end) throw new HpackError('A string is cut off.');
		this.#at = end;
		return coded ? huffmanDecode(this.#bytes, start, end) : this.#bytes.toString('latin1', start, end);
	}
}
