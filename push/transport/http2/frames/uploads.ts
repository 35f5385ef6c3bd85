import type { ByteSink } from '../hpack/byte-sink';
import type { ClientStream } from './client-stream';
import { putFrameHeader } from './control-frames';
import type { PeerSettings } from './peer-settings';
import { ConnectionError, DEFAULT_WINDOW, ERROR, FLAG, FRAME, FRAME_HEADER, LARGEST_WINDOW } from './protocol';

/** RFC 9113 6.9: bodies that wait for the peer's windows; first come, first served. */
export class Uploads {
	#window = DEFAULT_WINDOW;

	/** Bytes of bodies sent so far that had to wait. */
	written = 0;

	readonly #waiting = new Set<ClientStream>();

	constructor(
		private readonly sink: ByteSink,
		private readonly peer: PeerSettings,
	) {}

	/** Whether so many bytes of a new stream may go at once. */
	fits(count: number): boolean {
		return this.#waiting.size === 0 && count <= this.#window && count <= this.peer.initialWindow;
	}

	/** Bytes were written past {@link begin}. */
	sent(stream: ClientStream, count: number): void {
		this.#window -= count;
		stream.credit -= count;
	}

	/** Sends what may be sent; the rest follows as the windows open. */
	begin(stream: ClientStream, body: Buffer): void {
		stream.unsent = body;
		this.#waiting.add(stream);
		this.#send(stream);
	}

	forget(stream: ClientStream): void {
		if (stream.unsent) this.#waiting.delete(stream);
	}

	/** WINDOW_UPDATE of the connection. @throws {ConnectionError} beyond 2^31-1 */
	openConnection(increment: number): void {
		this.#window += increment;
		if (this.#window > LARGEST_WINDOW) throw new ConnectionError(ERROR.flowControl, 'A window above 2^31-1.');
		this.pump();
	}

	/** WINDOW_UPDATE of a stream. @returns false beyond 2^31-1 */
	openStream(stream: ClientStream, increment: number): boolean {
		stream.credit += increment;
		if (this.peer.initialWindow + stream.credit > LARGEST_WINDOW) return false;
		this.#send(stream);
		return true;
	}

	pump(): void {
		for (const stream of this.#waiting) {
			if (this.#window <= 0) return;
			this.#send(stream);
		}
	}

	#send(stream: ClientStream): void {
		while (stream.unsent) {
			const { unsent } = stream;
			const room = Math.min(this.#window, this.peer.initialWindow + stream.credit, this.peer.maxFrameSize);
			if (room <= 0) return;
			const piece = unsent.length > room ? unsent.subarray(0, room) : unsent;
			const last = piece.length === unsent.length;
			this.sink.reserve(FRAME_HEADER + piece.length);
			putFrameHeader(this.sink, piece.length, FRAME.data, last ? FLAG.endStream : 0, stream.id);
			this.sink.length += piece.copy(this.sink.bytes, this.sink.length);
			this.sent(stream, piece.length);
			this.written += piece.length;
			if (last) this.#waiting.delete(stream);
			stream.unsent = last ? undefined : unsent.subarray(room);
		}
	}
}
