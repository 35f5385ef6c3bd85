import { ConnectionError, ERROR } from './protocol';

/** RFC 9113 10.5.1: what the pieces of one header block may take together. */
const LONGEST_BLOCK = 65_536;
/** More pieces than this serve no purpose: each can hold 16 KB. */
const MOST_PIECES = 32;

/** RFC 9113 4.3, 6.10: a header block that comes in several frames, nothing else between them. */
export class SplitHeaderBlock {
	#pieces: Buffer[] = [];

	#size = 0;

	/** 0: none is under way. */
	streamId = 0;

	endStream = false;

	/** HEADERS without END_HEADERS. The piece is copied, as its chunk will be gone. */
	begin(streamId: number, endStream: boolean, bytes: Buffer, start: number, end: number): void {
		this.streamId = streamId;
		this.endStream = endStream;
		this.add(bytes, start, end);
	}

	/** @throws {ConnectionError} ENHANCE_YOUR_CALM for an endless block */
	add(bytes: Buffer, start: number, end: number): void {
		this.#size += end - start;
		if (this.#size > LONGEST_BLOCK || this.#pieces.length >= MOST_PIECES) {
			throw new ConnectionError(ERROR.calm, 'A header block without end.');
		}
		this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
	}

	/** The whole block; nothing is under way afterwards. */
	take(): Buffer {
		const whole = Buffer.concat(this.#pieces, this.#size);
		this.#pieces = [];
		this.#size = 0;
		this.streamId = 0;
		return whole;
	}
}
