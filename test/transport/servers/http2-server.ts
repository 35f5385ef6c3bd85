import {
	constants,
	createSecureServer,
	createServer,
	type Http2Server,
	type IncomingHttpHeaders,
	type SecureServerOptions,
	type ServerHttp2Session,
	type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenRequest {
	readonly id: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	/** Number of the session, from 1. */
	readonly session: number;
	/** Number of the stream within its session, from 1. */
	readonly nth: number;
}

export interface SeenSession {
	readonly number: number;
	readonly session: ServerHttp2Session;
	/** Streams opened so far. */
	streams: number;
	open: number;
}

/** Answers one request; `seen` is counted already. */
export type Respond = (stream: ServerHttp2Stream, seen: SeenRequest, session: SeenSession) => void;

/** Decides before the body is read; true = dealt with, the request does not count as seen. */
export type Intercept = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: SeenSession) => boolean;

export interface Http2TestServerOptions {
	/** Absent: HTTP/2 in the clear. */
	readonly tls?: SecureServerOptions;
	readonly maxConcurrentStreams?: number;
	readonly respond?: Respond;
	readonly intercept?: Intercept;
	readonly onSession?: (session: SeenSession) => void;
	readonly port?: number;
	readonly host?: string;
}

/** A real HTTP/2 server on loopback that counts what it sees. */
export class Http2TestServer {
	readonly sessions: SeenSession[] = [];

	/** How often each request id (header `x-id`, else the path) was processed. */
	readonly processed = new Map<string, number>();

	inFlight = 0;

	maxInFlight = 0;

	maxStreamsPerSession = 0;

	pings = 0;

	respond: Respond;

	intercept: Intercept | undefined;

	/** Kept only when asked for: big tests would hold every body. */
	keepRequests = true;

	readonly requests: SeenRequest[] = [];

	readonly #sockets = new Set<Socket>();

	private constructor(
		private readonly server: Http2Server,
		private readonly options: Http2TestServerOptions,
	) {
		this.respond = options.respond ?? answer200;
		this.intercept = options.intercept;
		server.on('session', (session) => this.#session(session));
		server.on('connection', (socket: Socket) => this.#track(socket));
		server.on('secureConnection', (socket: Socket) => this.#track(socket));
	}

	static async start(options: Http2TestServerOptions = {}): Promise<Http2TestServer> {
		const settings =
			options.maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams: options.maxConcurrentStreams };
		// Node's server counts the rest of a stream it refused as invalid frames and hangs up after 1,000 of them.
		const common = { settings, maxSessionMemory: 1_000, maxSessionInvalidFrames: 1_000_000 };
		const server = options.tls ? createSecureServer({ ...options.tls, ...common }) : createServer(common);
		const started = new Http2TestServer(server, options);
		await new Promise<void>((resolve) => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve));
		return started;
	}

	get port(): number {
		const address: AddressInfo | string | null = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
		return address.port;
	}

	get origin(): string {
		return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
	}

	/** Ids processed more than once. */
	get doubled(): string[] {
		return [...this.processed].filter(([, times]) => times > 1).map(([id]) => id);
	}

	/** Sessions not closed yet. */
	get live(): SeenSession[] {
		return this.sessions.filter(({ session }) => !session.destroyed);
	}

	/** Cuts every connection (RST). */
	cut(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	async stop(): Promise<void> {
		for (const { session } of this.sessions) session.destroy();
		for (const socket of this.#sockets) socket.destroy();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	#track(socket: Socket): void {
		socket.on('error', () => undefined);
		// Only the TCP socket can be reset; the TLS socket on top of it goes along.
		if (!('encrypted' in socket)) this.#sockets.add(socket);
		socket.on('close', () => this.#sockets.delete(socket));
	}

	#session(session: ServerHttp2Session): void {
		const seen: SeenSession = { number: this.sessions.length + 1, session, streams: 0, open: 0 };
		this.sessions.push(seen);
		session.on('error', () => undefined);
		session.on('ping', () => (this.pings += 1));
		session.on('stream', (stream, headers) => this.#stream(stream, headers, seen));
		this.options.onSession?.(seen);
	}

	#stream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, session: SeenSession): void {
		stream.on('error', () => undefined);
		session.streams += 1;
		session.open += 1;
		this.inFlight += 1;
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
		this.maxStreamsPerSession = Math.max(this.maxStreamsPerSession, session.open);
		stream.once('close', () => {
			session.open -= 1;
			this.inFlight -= 1;
		});
		const nth = session.streams;
		if (this.intercept?.(stream, headers, session)) return;
		let body = '';
		stream.setEncoding('utf8');
		stream.on('data', (chunk: string) => (body += chunk));
		stream.on('end', () => {
			const id = String(headers['x-id'] ?? headers[':path']);
			this.processed.set(id, (this.processed.get(id) ?? 0) + 1);
			const request: SeenRequest = { id, headers, body, session: session.number, nth };
			if (this.keepRequests) this.requests.push(request);
			this.respond(stream, request, session);
		});
	}
}

/** 200 with the request's id as the body. */
export function answer200(stream: ServerHttp2Stream, seen: SeenRequest): void {
	answer(stream, 200, seen.id);
}

/** Answers unless the stream is gone. */
export function answer(
	stream: ServerHttp2Stream,
	status: number,
	body = '',
	headers: Record<string, string> = {},
): void {
	if (stream.destroyed || stream.closed) return;
	stream.respond({ ':status': status, ...headers });
	stream.end(body);
}

/** RST_STREAM with a code of RFC 9113 7. */
export function reset(stream: ServerHttp2Stream, code: number): void {
	if (!stream.destroyed) stream.close(code);
}

/** Stops in the middle of an answer: RST_STREAM INTERNAL_ERROR without an END_STREAM before it. */
export function breakOff(stream: ServerHttp2Stream): void {
	stream.destroy(new Error('broken off'));
}

export const REFUSED_STREAM = constants.NGHTTP2_REFUSED_STREAM;
export const CANCEL = constants.NGHTTP2_CANCEL;
export const INTERNAL_ERROR = constants.NGHTTP2_INTERNAL_ERROR;
export const ENHANCE_YOUR_CALM = constants.NGHTTP2_ENHANCE_YOUR_CALM;
