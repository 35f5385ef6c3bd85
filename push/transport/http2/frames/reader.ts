import { ConnectionError, DEFAULT_FRAME_SIZE, ERROR, FRAME_HEADER } from './protocol';

/** Takes whole frames. The payload lies in `bytes` from `start` to `end` and is valid during the call only. */
export interface FrameSink {
	frame(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): void;
}

/**
 * RFC 9113 4.1: cuts what arrives into frames. Frames that lie whole in a chunk are handed on where they lie; only
 * one that is cut by the end of a chunk is put together in a buffer of its own.
 */
export class FrameReader {
	/** A frame of which a part is still to come. */
	#part: Buffer | undefined;

	#kept = 0;

	constructor(
		private readonly sink: FrameSink,
		/** Our SETTINGS_MAX_FRAME_SIZE. */
		private readonly longest = DEFAULT_FRAME_SIZE,
	) {}

	/** @throws {ConnectionError} for a frame larger than we allow, and whatever the sink throws */
	read(chunk: Buffer): void {
		let at = this.#kept > 0 ? this.#complete(chunk) : 0;
		const { length } = chunk;
		while (length - at >= FRAME_HEADER) {
			const size = this.#sizeAt(chunk, at);
			const start = at + FRAME_HEADER;
			const end = start + size;
			if (end > length) break;
			this.#handOn(chunk, at, end);
			at = end;
		}
		if (at < length) this.#keep(chunk, at, length);
	}

	#handOn(bytes: Buffer, at: number, end: number): void {
		const streamId =
			(((bytes[at + 5] ?? 0) & 0x7f) << 24) |
			((bytes[at + 6] ?? 0) << 16) |
			((bytes[at + 7] ?? 0) << 8) |
			(bytes[at + 8] ?? 0);
		this.sink.frame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, streamId, bytes, at + FRAME_HEADER, end);
	}

	/** RFC 9113 4.2: told before the payload comes, so that nothing of it is ever kept. */
	#sizeAt(bytes: Buffer, at: number): number {
		const size = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
		if (size > this.longest) throw new ConnectionError(ERROR.frameSize, `A frame of ${size} bytes.`);
		return size;
	}

	#keep(chunk: Buffer, from: number, to: number): void {
		const part = (this.#part ??= Buffer.allocUnsafeSlow(this.longest + FRAME_HEADER));
		this.#kept += chunk.copy(part, this.#kept, from, to);
		if (this.#kept >= FRAME_HEADER) this.#sizeAt(part, 0);
	}

	/** Completes the kept frame. @returns how much of the chunk it took */
	#complete(chunk: Buffer): number {
		let at = 0;
		if (this.#kept < FRAME_HEADER) {
			at = Math.min(FRAME_HEADER - this.#kept, chunk.length);
			this.#keep(chunk, 0, at);
		}
		const part = this.#part;
		if (!part || this.#kept < FRAME_HEADER) return at;
		const total = this.#sizeAt(part, 0) + FRAME_HEADER;
		const missing = Math.min(total - this.#kept, chunk.length - at);
		if (missing > 0) this.#keep(chunk, at, at + missing);
		at += missing;
		if (this.#kept < total) return at;
		this.#kept = 0;
		this.#handOn(part, 0, total);
		return at;
	}
}
