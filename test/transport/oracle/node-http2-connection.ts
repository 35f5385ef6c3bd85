import {
	connect,
	constants,
	type ClientHttp2Session,
	type ClientHttp2Stream,
	type IncomingHttpHeaders,
	type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../../../push/model';
import { BodyCollector } from '../../../push/transport/body';
import {
	clientCertificateRefused,
	codeOf,
	isClientCertificateRefusal,
	type Peer,
} from '../../../push/transport/failures';
import { ClosedWhileConnecting } from '../../../push/transport/socket-events';
import type { Origin } from '../../../push/transport/origin';
import type { TransportRequest } from '../../../push/transport/types';
import { flatHeaders } from '../../../push/transport/response-headers';
import type {
	Connection,
	ConnectionEvents,
	Stream,
	StreamEnd,
	StreamOwner,
} from '../../../push/transport/http2/contract';
import { errorName, goawayWords } from '../../../push/transport/http2/words';

/**
 * MB. Node's default of 10 counts open streams and, once beyond it, resets *incoming* answers with
 * ENHANCE_YOUR_CALM although the push went out. Streams are bounded by the pool, so this is only a ceiling.
 */
const SESSION_MEMORY_MB = 1_000;

/** How long a connection that we closed may take to go. */
const HANG_UP_MS = 1_000;

/** How long a stream stays open after its answer for a body that was not written out yet. */
const UNTAKEN_BODY_MS = 250;

const RST = {
	none: constants.NGHTTP2_NO_ERROR,
	refused: constants.NGHTTP2_REFUSED_STREAM,
	cancel: constants.NGHTTP2_CANCEL,
	calm: constants.NGHTTP2_ENHANCE_YOUR_CALM,
} as const;

/** How the session ended so far. */
interface SessionFate {
	goaway?: { code: number; lastStreamId: number; detail: string };
	error?: Error;
	/** Why we destroyed it ourselves. */
	reason?: string;
	/** We asked for the end. */
	politely: boolean;
	answered: boolean;
}

/** HTTP/2 over node:http2 behind the same contract: what the client of push/transport is checked against. */
export class NodeHttp2Connection implements Connection {
	readonly #session: ClientHttp2Session;

	readonly #fate: SessionFate = { answered: false, politely: false };

	#ready: ((ready: boolean) => void) | undefined;

	constructor(
		private readonly socket: Socket,
		origin: Origin,
		private readonly peer: Peer,
		readonly address: string,
		private readonly events: ConnectionEvents,
		private readonly clock: Clock,
	) {
		this.#session = connect(origin.text, {
			createConnection: () => socket,
			maxSessionMemory: SESSION_MEMORY_MB,
			settings: { enablePush: false },
		});
		this.#session.on('remoteSettings', () => this.#settingsArrived());
		this.#session.on('goaway', (code, lastStreamId, data) => this.#goaway(code, lastStreamId, data));
		// The session reports the socket's error only after all its streams have ended.
		socket.on('error', (error) => (this.#fate.error ??= error));
		this.#session.on('error', (error) => (this.#fate.error ??= error));
		this.#session.on('close', () => this.#closed());
	}

	/** Calls back once: true when the peer's SETTINGS are there, false when the connection ended before. */
	whenReady(ready: (ready: boolean) => void): void {
		this.#ready = ready;
	}

	/** Why the connection ended before its SETTINGS came. */
	failure(): { readonly error: unknown; readonly goaway?: { readonly code: string; readonly detail: string } } {
		const { error, goaway } = this.#fate;
		return { error: error ?? new ClosedWhileConnecting(), ...(goaway ? { goaway: this.#goawayWords(goaway) } : {}) };
	}

	get streamLimit(): number {
		// Absent: the peer set no limit (RFC 9113 6.5.2).
		return this.#session.remoteSettings?.maxConcurrentStreams ?? Number.MAX_SAFE_INTEGER;
	}

	open(request: TransportRequest, owner: StreamOwner): Stream | undefined {
		if (this.#session.closed || this.#session.destroyed || this.#fate.goaway) return undefined;
		let stream: ClientHttp2Stream;
		try {
			stream = this.#session.request(this.#headers(request));
		} catch (error) {
			// Node throws here when a GOAWAY came in the same turn, and for header values HTTP/2 cannot carry.
			const code = codeOf(error);
			if (/^ERR_HTTP2_(GOAWAY_SESSION|INVALID_SESSION|OUT_OF_STREAMS)$/.test(code)) return undefined;
			const detail = `The request cannot be written (${code}): it holds characters or names HTTP/2 does not allow.`;
			queueMicrotask(() => owner.streamEnded({ kind: 'impossible', code, detail }));
			return { reset: () => undefined };
		}
		return new NodeStream(stream, request.body, this, this.clock, owner);
	}

	#headers(request: TransportRequest): OutgoingHttpHeaders {
		return {
			':method': request.method,
			':path': request.path,
			...request.headers,
			...request.ownHeaders,
		};
	}

	ping(answered: (alive: boolean) => void): void {
		try {
			if (!this.#session.ping((error) => answered(error === null))) answered(false);
		} catch {
			answered(false);
		}
	}

	keepProcess(keep: boolean): void {
		if (this.#session.destroyed) return;
		if (keep) this.#session.ref();
		else this.#session.unref();
	}

	close(): void {
		if (this.#fate.politely) return;
		this.#fate.politely = true;
		this.#session.close();
		this.#hangUpSoon();
	}

	destroy(reason: string): void {
		this.#fate.reason ??= reason;
		this.#session.destroy();
		this.#hangUpSoon();
	}

	/** A peer that does not hang up in turn would keep half the connection open for ever. */
	#hangUpSoon(): void {
		const hangUp = () => {
			this.#session.destroy();
			this.socket.destroy();
		};
		this.clock.after(HANG_UP_MS, hangUp, 'background');
	}

	/** What became of a stream that has no (whole) answer. */
	fateOf(id: number | undefined, rstCode: number, error: Error | undefined): StreamEnd {
		const { goaway } = this.#fate;
		const beyond = goaway && (id === undefined || id > goaway.lastStreamId);
		if (goaway && beyond) return { kind: 'unprocessed', by: 'goaway', ...this.#goawayWords(goaway) };
		if (id === undefined) {
			const code = error ? codeOf(error) : 'NOT_WRITTEN';
			return {
				kind: 'unprocessed',
				by: 'goaway',
				code,
				detail: `The connection to ${this.peer.name} took no more requests.`,
			};
		}
		const refusal = this.#credentialRefusal();
		if (refusal) return refusal;
		if (rstCode === RST.refused) {
			const detail = `${this.peer.name} refused the stream before processing it.`;
			return { kind: 'unprocessed', by: 'refused', code: 'REFUSED_STREAM', detail };
		}
		if (goaway && goaway.code !== RST.none) return { kind: 'lost', ...this.#goawayWords(goaway) };
		if (this.#session.destroyed) return { kind: 'lost', ...this.#endWords() };
		const name = errorName(rstCode);
		const detail = `${this.peer.name} broke the request off after it was sent (${name}).`;
		return { kind: 'lost', code: name, detail, slowDown: rstCode === RST.calm };
	}

	noteAnswer(): void {
		this.#fate.answered = true;
	}

	#settingsArrived(): void {
		const ready = this.#ready;
		this.#ready = undefined;
		if (ready) ready(true);
		else this.events.limitChanged();
	}

	#goaway(code: number, lastStreamId: number, data: Buffer | undefined): void {
		const last = Math.min(lastStreamId, this.#fate.goaway?.lastStreamId ?? lastStreamId);
		const detail = goawayWords(this.peer.name, code, data);
		this.#fate.goaway = { code, lastStreamId: last, detail };
		this.events.goaway({ ...this.#goawayWords({ code, detail }), slowDown: code === RST.calm });
	}

	#goawayWords(goaway: { code: number; detail: string }): { code: string; detail: string } {
		return { code: `GOAWAY_${errorName(goaway.code)}`, detail: goaway.detail };
	}

	/** TLS 1.3 tells a client that its certificate is refused only after the handshake, when requests may be out already. */
	#credentialRefusal() {
		const { answered, error } = this.#fate;
		if (answered || !error || !this.peer.withClientCertificate || !isClientCertificateRefusal(error)) return undefined;
		return clientCertificateRefused(error, this.peer);
	}

	#endWords(): { code: string; detail: string } {
		const { error, goaway, reason } = this.#fate;
		if (reason !== undefined) return { code: 'CLOSED', detail: reason };
		if (goaway) return this.#goawayWords(goaway);
		const code = error ? codeOf(error) : 'ECONNRESET';
		return { code, detail: `The connection to ${this.peer.name} was cut (${code}).` };
	}

	#closed(): void {
		const ready = this.#ready;
		this.#ready = undefined;
		if (ready) return ready(false);
		const failure = this.#credentialRefusal();
		this.events.closed({ ...this.#endWords(), abrupt: !this.#fate.politely, ...(failure ? { failure } : {}) });
	}
}

/** One stream; collects the answer and reports its end when node:http2 has closed it. */
class NodeStream implements Stream {
	#status = 0;

	#headers: IncomingHttpHeaders = {};

	#complete = false;

	#silent = false;

	#error: Error | undefined;

	#stopWaiting: (() => void) | undefined;

	readonly #body = new BodyCollector();

	constructor(
		private readonly stream: ClientHttp2Stream,
		body: string,
		private readonly connection: NodeHttp2Connection,
		private readonly clock: Clock,
		private readonly owner: StreamOwner,
	) {
		stream.on('response', (headers) => {
			this.#status = headers[':status'] ?? 0;
			this.#headers = headers;
			connection.noteAnswer();
		});
		stream.on('data', (chunk: Buffer) => {
			if (!this.#complete && !this.#body.add(chunk)) this.#cutShort();
		});
		stream.on('end', () => {
			if (stream.rstCode === RST.none && this.#status !== 0) this.#whole();
		});
		stream.on('error', (error) => (this.#error = error));
		stream.on('close', () => this.#closed());
		stream.end(body, 'utf8');
	}

	reset(): void {
		this.#silent = true;
		this.stream.close(RST.cancel);
	}

	/** As much of the answer as is kept has come. */
	#cutShort(): void {
		this.#complete = true;
		this.stream.close(RST.cancel);
	}

	/** The answer is whole. A peer that answered early and never takes the rest of our body is not waited for. */
	#whole(): void {
		this.#complete = true;
		if (this.stream.writableFinished) return;
		this.#stopWaiting = this.clock.after(UNTAKEN_BODY_MS, () => this.stream.close(RST.cancel));
	}

	#closed(): void {
		this.#stopWaiting?.();
		if (this.#silent) return;
		const answered = this.#complete || (this.#status >= 200 && this.#status < 300);
		if (answered) {
			const headers = flatHeaders(this.#headers);
			this.owner.streamEnded({ kind: 'response', status: this.#status, headers, body: this.#body.text() });
			return;
		}
		this.owner.streamEnded(this.connection.fateOf(this.stream.id, this.stream.rstCode, this.#error));
	}
}
