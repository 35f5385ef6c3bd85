import type { Socket } from 'node:net';
import type { TransportRequest } from '../../types';
import { ByteSink } from '../hpack/byte-sink';
import { HpackEncoder } from '../hpack/encoder';
import type { ClientStream } from './client-stream';
import { putFrameHeader, setFrameHeader } from './control-frames';
import type { PeerSettings } from './peer-settings';
import { FLAG, FRAME, FRAME_HEADER } from './protocol';
import { Uploads } from './uploads';

const BUFFER = 65_536;
/** Before anything is sent; grows. */
const FIRST_BUFFER = 2_048;
/** Written before the turn ends when this much has come together. */
const WRITE_AT = 60_000;
const SPARE_BUFFERS = 8;
/** Less than this is copied: a large buffer is not worth waiting for its few bytes. */
const COPIED = 1_024;
/** Bytes of a character in UTF-8, at most, per UTF-16 code unit. */
const UTF8_MOST = 3;

/** What goes to the peer: the frames of one turn of the event loop are collected and written together. */
export class Outbound {
	readonly sink = new ByteSink(Buffer.allocUnsafeSlow(FIRST_BUFFER));

	readonly uploads: Uploads;

	readonly #encoder: HpackEncoder;

	#spare: Buffer[] = [];

	#flushing = false;

	/** The body of the last request, and its bytes once it came twice. */
	#lastBody = '';

	#lastBytes: Buffer | undefined;

	#lastId = 0;

	/** Streams above this id were never handed to the socket. */
	writtenUpTo = 0;

	constructor(
		private readonly socket: Socket,
		private readonly peer: PeerSettings,
		scheme: string,
		authority: string,
	) {
		this.#encoder = new HpackEncoder({ ':scheme': scheme, ':authority': authority });
		this.uploads = new Uploads(this.sink, peer);
	}

	/** RFC 9113 6.5.3: the peer's SETTINGS take effect. */
	settingsChanged(): void {
		this.#encoder.setPeerTableSize(this.peer.headerTableSize);
		this.uploads.pump();
		this.flushSoon();
	}

	/** RFC 9113 8.1: HEADERS and DATA of one request. */
	request(stream: ClientStream, request: TransportRequest): void {
		const { sink } = this;
		const { body } = request;
		this.#lastId = stream.id;
		this.#headers(stream.id, request, body.length === 0);
		if (body.length > 0) {
			const most = body.length * UTF8_MOST;
			if (most <= this.peer.maxFrameSize && this.uploads.fits(most)) this.#body(stream, body, most);
			else this.uploads.begin(stream, Buffer.from(body, 'utf8'));
		}
		if (sink.length >= WRITE_AT) this.flush();
		else this.flushSoon();
	}

	/** Writes when everything that happens in this turn has happened. */
	flushSoon(): void {
		if (this.#flushing || this.sink.length === 0) return;
		this.#flushing = true;
		process.nextTick(this.#flushNow);
	}

	readonly #flushNow = (): void => {
		this.#flushing = false;
		this.flush();
	};

	flush(): void {
		const { sink } = this;
		const { bytes, length } = sink;
		if (length === 0) return;
		sink.length = 0;
		if (!this.socket.writable) return;
		this.writtenUpTo = this.#lastId;
		if (length <= COPIED) {
			this.socket.write(Buffer.from(bytes.subarray(0, length)));
			return;
		}
		sink.bytes = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER);
		this.socket.write(bytes.subarray(0, length), () => {
			if (this.#spare.length < SPARE_BUFFERS && bytes.length === BUFFER) this.#spare.push(bytes);
		});
	}

	#headers(id: number, request: TransportRequest, last: boolean): void {
		const { sink } = this;
		sink.reserve(FRAME_HEADER);
		const at = sink.length;
		sink.length = at + FRAME_HEADER;
		this.#encoder.encode(sink, request.method, request.path, request.headers, request.ownHeaders);
		const size = sink.length - at - FRAME_HEADER;
		const ending = last ? FLAG.endStream : 0;
		if (size <= this.peer.maxFrameSize)
			setFrameHeader(sink.bytes, at, size, FRAME.headers, FLAG.endHeaders | ending, id);
		else this.#split(id, at, ending);
	}

	/** RFC 9113 6.10: a block that is too long for one frame goes on in CONTINUATION. */
	#split(id: number, at: number, ending: number): void {
		const { sink } = this;
		const block = Buffer.from(sink.bytes.subarray(at + FRAME_HEADER, sink.length));
		const most = this.peer.maxFrameSize;
		sink.length = at;
		for (let from = 0; from < block.length; from += most) {
			const piece = block.subarray(from, from + most);
			const flags = (from === 0 ? ending : 0) | (from + most >= block.length ? FLAG.endHeaders : 0);
			sink.reserve(FRAME_HEADER + piece.length);
			putFrameHeader(sink, piece.length, from === 0 ? FRAME.headers : FRAME.continuation, flags, id);
			sink.length += piece.copy(sink.bytes, sink.length);
		}
	}

	/** A body that surely fits. One body for many recipients is turned into bytes once. */
	#body(stream: ClientStream, body: string, most: number): void {
		const { sink } = this;
		sink.reserve(FRAME_HEADER + most);
		const at = sink.length;
		const start = at + FRAME_HEADER;
		let size: number;
		if (body === this.#lastBody) {
			const bytes = (this.#lastBytes ??= Buffer.from(body, 'utf8'));
			sink.bytes.set(bytes, start);
			size = bytes.length;
		} else {
			this.#lastBody = body;
			this.#lastBytes = undefined;
			size = sink.bytes.write(body, start, 'utf8');
		}
		setFrameHeader(sink.bytes, at, size, FRAME.data, FLAG.endStream, stream.id);
		sink.length = start + size;
		this.uploads.sent(stream, size);
	}
}
