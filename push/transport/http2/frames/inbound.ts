import { HpackDecoder } from '../hpack/decoder';
import { HeaderBomb, HpackError } from '../hpack/hpack-error';
import type { ClientStream } from './client-stream';
import { SplitHeaderBlock } from './header-block';
import type { FloodGuard } from './flood-guard';
import { ConnectionError, ERROR, FLAG, FRAME } from './protocol';
import { FrameReader, type FrameSink } from './reader';
import { CONNECTION_WINDOW, ReceiveWindow } from './receive-window';
import { ResponseHead } from './response-head';

/** What the frames of the peer bring about. */
export interface InboundEvents {
	stream(id: number): ClientStream | undefined;
	/** RFC 9113 5.1: no stream with this id was opened yet. */
	isIdle(id: number): boolean;
	settings(bytes: Buffer, start: number, end: number): void;
	settingsAcknowledged(): void;
	/** The head of a final response is on the stream. */
	answering(stream: ClientStream): void;
	/** END_STREAM after a well-formed answer. */
	answered(stream: ClientStream): void;
	/** As much of the answer as is kept has come. */
	answeredEnough(stream: ClientStream): void;
	/** RST_STREAM */
	resetByPeer(stream: ClientStream, code: number): void;
	/** RFC 9113 5.4.2: the peer broke the rules on this stream alone. */
	streamFailed(stream: ClientStream, code: number): void;
	pinged(ack: boolean, payload: Buffer): void;
	goaway(lastStreamId: number, code: number, debug: Buffer): void;
	/** The peer may send more, as half of its window was used. Stream 0: the connection. */
	giveBack(streamId: number, count: number): void;
	/** The peer lets us send more. */
	windowOpened(stream: ClientStream | undefined, increment: number): void;
}

/** Costs at the flood guard. */
const COST = { settings: 10, ping: 5, other: 1 } as const;

/** RFC 9113 6: checks the peer's frames and does what they say. */
export class Inbound implements FrameSink {
	readonly #reader = new FrameReader(this);

	readonly #decoder = new HpackDecoder();

	readonly #head = new ResponseHead();

	readonly #split = new SplitHeaderBlock();

	readonly #window = new ReceiveWindow(CONNECTION_WINDOW);

	#begun = false;

	constructor(
		private readonly events: InboundEvents,
		private readonly guard: FloodGuard,
	) {}

	/** @throws {ConnectionError} when the peer broke the protocol */
	read(chunk: Buffer): void {
		this.#reader.read(chunk);
	}

	frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
		if (this.#split.streamId > 0 && (type !== FRAME.continuation || id !== this.#split.streamId)) {
			throw new ConnectionError(ERROR.protocol, 'Another frame inside a header block.');
		}
		if (!this.#begun) this.#begin(type, flags);
		switch (type) {
			case FRAME.headers:
				return this.#headers(flags, id, bytes, start, end);
			case FRAME.data:
				return this.#data(flags, id, bytes, start, end);
			case FRAME.windowUpdate:
				return this.#windowUpdate(id, bytes, start, end);
			case FRAME.rstStream:
				return this.#rstStream(id, bytes, start, end);
			case FRAME.settings:
				return this.#settings(flags, id, bytes, start, end);
			case FRAME.ping:
				return this.#ping(flags, id, bytes, start, end);
			case FRAME.goaway:
				return this.#goaway(id, bytes, start, end);
			case FRAME.continuation:
				return this.#continuation(flags, bytes, start, end);
			case FRAME.pushPromise:
				throw new ConnectionError(ERROR.protocol, 'PUSH_PROMISE, although push is off.');
			case FRAME.priority:
				this.#exactly(5, start, end);
				this.#onStream(id);
				return this.guard.spend(COST.other);
			default:
				// RFC 9113 5.5: unknown types are ignored.
				return this.guard.spend(COST.other);
		}
	}

	/** RFC 9113 3.4: SETTINGS come first. */
	#begin(type: number, flags: number): void {
		if (type !== FRAME.settings || flags & FLAG.ack) {
			throw new ConnectionError(ERROR.protocol, 'The connection did not begin with SETTINGS.');
		}
		this.#begun = true;
	}

	/** RFC 9113 6.2 */
	#headers(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
		this.#onStream(id);
		if (this.events.isIdle(id)) throw new ConnectionError(ERROR.protocol, 'HEADERS on a stream that is not open.');
		let from = start;
		let to = end;
		if (flags & FLAG.padded) {
			from += 1;
			to -= bytes[start] ?? 0;
		}
		if (flags & FLAG.priority) from += 5;
		if (from > to || (flags & FLAG.padded && start === end)) {
			throw new ConnectionError(ERROR.protocol, 'Padding larger than its frame.');
		}
		const endStream = (flags & FLAG.endStream) !== 0;
		if (flags & FLAG.endHeaders) this.#block(id, endStream, bytes, from, to);
		else this.#split.begin(id, endStream, bytes, from, to);
	}

	/** RFC 9113 6.10 */
	#continuation(flags: number, bytes: Buffer, start: number, end: number): void {
		if (this.#split.streamId === 0) throw new ConnectionError(ERROR.protocol, 'CONTINUATION without HEADERS.');
		this.#split.add(bytes, start, end);
		if (!(flags & FLAG.endHeaders)) return;
		const { streamId, endStream } = this.#split;
		const block = this.#split.take();
		this.#block(streamId, endStream, block, 0, block.length);
	}

	/** RFC 9113 4.3: every block has to be decoded, also of streams that are gone. */
	#block(id: number, endStream: boolean, bytes: Buffer, start: number, end: number): void {
		const head = this.#head;
		head.begin();
		try {
			this.#decoder.decode(bytes, start, end, head);
		} catch (error) {
			if (error instanceof HpackError) throw new ConnectionError(ERROR.compression, error.message);
			if (error instanceof HeaderBomb) throw new ConnectionError(ERROR.calm, error.message);
			throw error;
		}
		const stream = this.events.stream(id);
		if (!stream || stream.complete) return this.guard.spend(COST.other);
		if (stream.status > 0) return this.#trailers(stream, head, endStream);
		if (head.malformed || head.status === 0) return this.events.streamFailed(stream, ERROR.protocol);
		// RFC 9113 8.1, 8.6: interim responses announce the real one; 101 does not exist here.
		if (head.status < 200) {
			this.guard.spend(COST.other);
			if (endStream || head.status === 101) this.events.streamFailed(stream, ERROR.protocol);
			return;
		}
		stream.status = head.status;
		stream.headers = head.headers;
		const length = head.headers['content-length'];
		if (length !== undefined && head.status !== 204 && head.status !== 304) stream.expected = Number(length);
		this.events.answering(stream);
		if (endStream) this.#ended(stream);
	}

	/** RFC 9113 8.1: they end the stream, and have no pseudo-headers. */
	#trailers(stream: ClientStream, head: ResponseHead, endStream: boolean): void {
		if (!endStream || head.malformed || head.status > 0) return this.events.streamFailed(stream, ERROR.protocol);
		this.#ended(stream);
	}

	/** RFC 9113 6.1 */
	#data(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
		this.#onStream(id);
		const size = end - start;
		const back = this.#window.take(size);
		if (back > 0) this.events.giveBack(0, back);
		let from = start;
		let to = end;
		if (flags & FLAG.padded) {
			from += 1;
			to -= bytes[start] ?? 0;
			if (from > to) throw new ConnectionError(ERROR.protocol, 'Padding larger than its frame.');
		}
		const stream = this.events.stream(id);
		if (!stream || stream.complete) {
			if (this.events.isIdle(id)) throw new ConnectionError(ERROR.protocol, 'DATA on a stream that is not open.');
			return this.guard.spend(COST.other);
		}
		if (stream.status === 0) return this.events.streamFailed(stream, ERROR.protocol);
		const endStream = (flags & FLAG.endStream) !== 0;
		stream.received += to - from;
		if (endStream && !stream.hasBody) {
			stream.wholeBody(bytes, from, to);
			return this.#ended(stream);
		}
		if (from === to) this.guard.spend(COST.other);
		else if (!stream.moreBody(bytes, from, to)) return this.events.answeredEnough(stream);
		if (endStream) return this.#ended(stream);
		const streamBack = stream.takeWindow(size);
		if (streamBack > 0) this.events.giveBack(id, streamBack);
	}

	/** RFC 9113 8.1.1: a body that is not as long as was said is no answer. */
	#ended(stream: ClientStream): void {
		const whole = stream.expected < 0 || stream.expected === stream.received;
		if (whole) this.events.answered(stream);
		else this.events.streamFailed(stream, ERROR.protocol);
	}

	/** RFC 9113 6.4 */
	#rstStream(id: number, bytes: Buffer, start: number, end: number): void {
		this.#onStream(id);
		this.#exactly(4, start, end);
		if (this.events.isIdle(id)) throw new ConnectionError(ERROR.protocol, 'RST_STREAM on a stream that is not open.');
		const stream = this.events.stream(id);
		this.guard.spend(COST.other);
		if (stream) this.events.resetByPeer(stream, bytes.readUInt32BE(start));
	}

	/** RFC 9113 6.5 */
	#settings(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
		this.#onConnection(id);
		this.guard.spend(COST.settings);
		if (!(flags & FLAG.ack)) return this.events.settings(bytes, start, end);
		this.#exactly(0, start, end);
		this.events.settingsAcknowledged();
	}

	/** RFC 9113 6.7 */
	#ping(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
		this.#onConnection(id);
		this.#exactly(8, start, end);
		this.guard.spend(COST.ping);
		this.events.pinged((flags & FLAG.ack) !== 0, bytes.subarray(start, end));
	}

	/** RFC 9113 6.8 */
	#goaway(id: number, bytes: Buffer, start: number, end: number): void {
		this.#onConnection(id);
		if (end - start < 8) throw new ConnectionError(ERROR.frameSize, 'A GOAWAY of a wrong size.');
		this.guard.spend(COST.settings);
		const last = bytes.readUInt32BE(start) & 0x7fffffff;
		this.events.goaway(last, bytes.readUInt32BE(start + 4), bytes.subarray(start + 8, end));
	}

	/** RFC 9113 6.9 */
	#windowUpdate(id: number, bytes: Buffer, start: number, end: number): void {
		this.#exactly(4, start, end);
		this.guard.spend(COST.other);
		const increment = bytes.readUInt32BE(start) & 0x7fffffff;
		if (id === 0) {
			if (increment === 0) throw new ConnectionError(ERROR.protocol, 'A WINDOW_UPDATE by 0.');
			return this.events.windowOpened(undefined, increment);
		}
		if (this.events.isIdle(id))
			throw new ConnectionError(ERROR.protocol, 'WINDOW_UPDATE on a stream that is not open.');
		const stream = this.events.stream(id);
		if (!stream) return;
		if (increment === 0) this.events.streamFailed(stream, ERROR.protocol);
		else this.events.windowOpened(stream, increment);
	}

	#onStream(id: number): void {
		if (id === 0) throw new ConnectionError(ERROR.protocol, 'A frame of a stream on the connection.');
	}

	#onConnection(id: number): void {
		if (id !== 0) throw new ConnectionError(ERROR.protocol, 'A frame of the connection on a stream.');
	}

	#exactly(size: number, start: number, end: number): void {
		if (end - start !== size) throw new ConnectionError(ERROR.frameSize, 'A frame of a wrong size.');
	}
}
