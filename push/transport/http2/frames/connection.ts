import type { Socket } from 'node:net';
import type { Clock } from '../../../model';
import type { Peer } from '../../failures';
import type { Origin } from '../../origin';
import type { TransportRequest } from '../../types';
import type { Connection, ConnectionEvents, Stream, StreamEnd, StreamOwner } from '../contract';
import { forbiddenField } from '../request-fields';
import { ClientStream, type StreamHost } from './client-stream';
import { putGoaway, putOpening, putPing, putReset, putSettingsAck, putWindowUpdate } from './control-frames';
import { Fate } from './fate';
import { FloodGuard } from './flood-guard';
import { Inbound, type InboundEvents } from './inbound';
import { Outbound } from './outbound';
import { PeerSettings } from './peer-settings';
import { Pings } from './pings';
import { ConnectionError, ERROR, LARGEST_WINDOW, LAST_STREAM_ID } from './protocol';
import { StreamTable } from './stream-table';

/** How long a connection that we closed may take to go. */
const HANG_UP_MS = 1_000;

/**
 * RFC 9113 8.1: an answer may come before the whole request was sent. What is left of the body is still sent, since
 * servers hang up on clients that reset many streams; only when the peer has taken nothing of any body for so long
 * is the stream reset.
 */
const UNTAKEN_BODY_MS = 250;

/** How long answers may still come after a GOAWAY with an error code. */
const LAST_ANSWERS_MS = 250;

/** Answers to the peer's own frames that it does not read. */
const MOST_UNREAD = 16 * 1_024 * 1_024;

/** An HTTP/2 client connection (RFC 9113) on a socket that is connected (and, for https, has ALPN h2). */
export class FrameConnection implements Connection, InboundEvents, StreamHost {
	readonly #streams = new StreamTable();

	readonly #peerSettings = new PeerSettings();

	readonly #outbound: Outbound;

	readonly #inbound: Inbound;

	readonly #guard: FloodGuard;

	readonly #fate: Fate;

	readonly #pings = new Pings();

	#ready: ((ready: boolean) => void) | undefined;

	#settled = false;

	/** No further frames are read. */
	#over = false;

	#hangingUp = false;

	/** @param nextId first stream id; tests begin near the last one */
	constructor(
		private readonly socket: Socket,
		origin: Origin,
		peer: Peer,
		readonly address: string,
		private readonly events: ConnectionEvents,
		private readonly clock: Clock,
		private nextId = 1,
	) {
		this.#fate = new Fate(peer);
		this.#guard = new FloodGuard(clock);
		this.#inbound = new Inbound(this, this.#guard);
		const { protocol, host } = new URL(origin.text);
		this.#outbound = new Outbound(socket, this.#peerSettings, protocol.slice(0, -1), host);
		putOpening(this.#outbound.sink);
		this.#outbound.flush();
		socket.on('data', (chunk: Buffer) => this.#read(chunk));
		socket.on('error', (error) => this.#fate.failed(error));
		socket.on('close', () => this.#closed());
	}

	/** Calls back once: true when the peer's SETTINGS are there, false when the connection ended before. */
	whenReady(ready: (ready: boolean) => void): void {
		this.#ready = ready;
	}

	/** Why the connection ended before its SETTINGS came. */
	failure(): ReturnType<Fate['failure']> {
		return this.#fate.failure();
	}

	get streamLimit(): number {
		return this.#peerSettings.maxConcurrentStreams;
	}

	/** RFC 9113 5.1.1: ids only rise; once they are used up, nothing more can be opened. */
	open(request: TransportRequest, owner: StreamOwner): Stream | undefined {
		if (this.#over || this.#fate.politely || this.#fate.goaway || this.nextId > LAST_STREAM_ID) return undefined;
		if (!this.socket.writable) return undefined;
		const stream = new ClientStream(this.nextId, owner, this);
		const impossible = this.#impossible(request);
		if (impossible) {
			queueMicrotask(() => owner.streamEnded(impossible));
			return stream;
		}
		this.nextId += 2;
		this.#streams.add(stream);
		this.#guard.requested();
		this.#outbound.request(stream, request);
		return stream;
	}

	ping(answered: (alive: boolean) => void): void {
		if (this.#over || !this.socket.writable) return answered(false);
		putPing(this.#outbound.sink, false, this.#pings.add(answered));
		this.#outbound.flushSoon();
	}

	keepProcess(keep: boolean): void {
		if (keep) this.socket.ref();
		else this.socket.unref();
	}

	close(): void {
		if (this.#fate.politely) return;
		this.#fate.politely = true;
		if (this.#over) return;
		putGoaway(this.#outbound.sink, ERROR.none);
		this.#outbound.flushSoon();
		this.#endWhenEmpty();
	}

	destroy(reason: string): void {
		this.#fate.destroyed(reason);
		this.#over = true;
		putGoaway(this.#outbound.sink, ERROR.cancel);
		this.#outbound.flush();
		this.#hangUp();
		this.socket.destroySoon();
	}

	resetStream(stream: ClientStream): void {
		if (this.#streams.get(stream.id) !== stream) return;
		this.#forget(stream);
		this.#reset(stream.id, ERROR.cancel);
	}

	stream(id: number): ClientStream | undefined {
		return this.#streams.get(id);
	}

	isIdle(id: number): boolean {
		return id >= this.nextId || id % 2 === 0;
	}

	settings(bytes: Buffer, start: number, end: number): void {
		const before = this.#peerSettings.initialWindow;
		this.#peerSettings.take(bytes, start, end);
		const { initialWindow } = this.#peerSettings;
		if (initialWindow > before) this.#checkWindows(initialWindow);
		this.#outbound.settingsChanged();
		putSettingsAck(this.#outbound.sink);
		this.#reply();
		const ready = this.#ready;
		this.#ready = undefined;
		const first = !this.#settled;
		this.#settled = true;
		if (ready) ready(true);
		else if (!first) this.events.limitChanged();
	}

	settingsAcknowledged(): void {
		// What we asked for only ever allows the peer more than it had before: there is nothing to begin now.
	}

	answering(): void {
		this.#fate.answered = true;
	}

	answered(stream: ClientStream): void {
		stream.complete = true;
		if (!stream.unsent) return this.#end(stream, stream.response());
		this.#awaitUpload(stream);
	}

	/** Bodies share the window of the connection: one that stands still while others move is only not its turn. */
	#awaitUpload(stream: ClientStream): void {
		const { uploads } = this.#outbound;
		const before = uploads.written;
		stream.stopWaiting = this.clock.after(UNTAKEN_BODY_MS, () => {
			if (uploads.written === before) this.#cutShort(stream);
			else this.#awaitUpload(stream);
		});
	}

	answeredEnough(stream: ClientStream): void {
		stream.complete = true;
		this.#cutShort(stream);
	}

	resetByPeer(stream: ClientStream, code: number): void {
		this.#leave(stream, this.#fate.ofReset(code));
	}

	streamFailed(stream: ClientStream, code: number): void {
		this.#reset(stream.id, code);
		this.#leave(stream, this.#fate.ofNonsense(code));
	}

	giveBack(streamId: number, count: number): void {
		putWindowUpdate(this.#outbound.sink, streamId, count);
		this.#outbound.flushSoon();
	}

	windowOpened(stream: ClientStream | undefined, increment: number): void {
		if (!stream) this.#outbound.uploads.openConnection(increment);
		else if (!this.#outbound.uploads.openStream(stream, increment)) this.streamFailed(stream, ERROR.flowControl);
		if (stream?.complete && !stream.unsent) this.#end(stream, stream.response());
		this.#outbound.flushSoon();
	}

	pinged(ack: boolean, payload: Buffer): void {
		if (ack) return this.#pings.answered(payload);
		putPing(this.#outbound.sink, true, payload);
		this.#reply();
	}

	goaway(lastStreamId: number, code: number, debug: Buffer): void {
		const away = this.#fate.sentAway(lastStreamId, code, debug);
		this.events.goaway({ code: away.code, detail: away.detail, slowDown: code === ERROR.calm });
		for (const stream of this.#streams.all()) {
			if (stream.id > away.lastStreamId) this.#end(stream, this.#fate.ofStream(stream.id, true));
		}
		if (code === ERROR.none) return;
		this.clock.after(LAST_ANSWERS_MS, () => this.socket.destroy(), 'background');
	}

	#read(chunk: Buffer): void {
		if (this.#over) return;
		try {
			this.#inbound.read(chunk);
		} catch (error) {
			this.#fail(error instanceof ConnectionError ? error : new ConnectionError(ERROR.internal, 'A fault of our own.'));
		}
	}

	/** RFC 9113 5.4.1 */
	#fail(error: ConnectionError): void {
		this.#over = true;
		this.#fate.broken(error);
		putGoaway(this.#outbound.sink, error.code);
		this.#outbound.flush();
		this.#endAll();
		this.socket.destroySoon();
		this.#hangUp();
	}

	/** RFC 9113 6.9.2 */
	#checkWindows(initialWindow: number): void {
		for (const { credit } of this.#streams.all()) {
			if (initialWindow + credit > LARGEST_WINDOW)
				throw new ConnectionError(ERROR.flowControl, 'A window above 2^31-1.');
		}
	}

	/** Answers the peer's own frames, unless it does not read what we say. */
	#reply(): void {
		if (this.socket.writableLength > MOST_UNREAD) throw new ConnectionError(ERROR.calm, 'It asks and does not listen.');
		this.#outbound.flushSoon();
	}

	#impossible(request: TransportRequest): StreamEnd | undefined {
		const forbidden = forbiddenField(request);
		if (forbidden !== undefined) {
			const detail = `The request has the header ${forbidden}, which HTTP/2 does not allow.`;
			return { kind: 'impossible', code: 'INVALID_HEADER', detail };
		}
		const most = this.#peerSettings.maxHeaderListSize;
		if (most === Infinity || headerListSize(request) <= most) return undefined;
		const detail = 'The headers of the request are longer than the server takes.';
		return { kind: 'impossible', code: 'HEADERS_TOO_LONG', detail };
	}

	/** The answer is known, and the peer is told that nothing more is wanted of the stream. */
	#cutShort(stream: ClientStream): void {
		if (this.#streams.get(stream.id) !== stream) return;
		this.#reset(stream.id, ERROR.cancel);
		this.#end(stream, stream.response());
	}

	#reset(id: number, code: number): void {
		if (this.#over) return;
		putReset(this.#outbound.sink, id, code);
		this.#outbound.flushSoon();
	}

	/** A success counts although its end is missing: the push went out. */
	#leave(stream: ClientStream, end: StreamEnd): void {
		const answered = stream.complete || (stream.status >= 200 && stream.status < 300);
		this.#end(stream, answered ? stream.response() : end);
	}

	#end(stream: ClientStream, end: StreamEnd): void {
		this.#forget(stream);
		stream.owner.streamEnded(end);
	}

	#forget(stream: ClientStream): void {
		this.#streams.delete(stream.id);
		if (stream.unsent) this.#outbound.uploads.forget(stream);
		stream.stopWaiting?.();
		if (this.#fate.politely) this.#endWhenEmpty();
	}

	#endAll(): void {
		for (const stream of this.#streams.all()) {
			this.#leave(stream, this.#fate.ofStream(stream.id, stream.id <= this.#outbound.writtenUpTo));
		}
	}

	#endWhenEmpty(): void {
		if (this.#streams.size > 0 || this.#over) return;
		this.#over = true;
		this.#outbound.flush();
		this.socket.end();
		this.#hangUp();
	}

	/** A peer that does not hang up in turn would keep half the connection open for ever. */
	#hangUp(): void {
		if (this.#hangingUp) return;
		this.#hangingUp = true;
		this.clock.after(HANG_UP_MS, () => this.socket.destroy(), 'background');
	}

	#closed(): void {
		this.#over = true;
		this.#endAll();
		this.#pings.end();
		const ready = this.#ready;
		this.#ready = undefined;
		if (ready) return ready(false);
		this.events.closed(this.#fate.end());
	}
}

/** RFC 9113 6.5.2: SETTINGS_MAX_HEADER_LIST_SIZE; the pseudo-headers are taken as 400 bytes and the path. */
function headerListSize({ path, headers, ownHeaders }: TransportRequest): number {
	let size = 400 + path.length;
	for (const fields of [headers, ownHeaders ?? {}]) {
		for (const name in fields) size += name.length + (fields[name]?.length ?? 0) + 32;
	}
	return size;
}
