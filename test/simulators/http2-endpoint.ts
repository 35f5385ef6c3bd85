import {
	constants,
	createSecureServer,
	type Http2SecureServer,
	type Http2Session,
	type IncomingHttpHeaders,
	type ServerHttp2Session,
	type ServerHttp2Stream,
} from 'node:http2';
import { TLSSocket } from 'node:tls';
import type { Failure } from './types';
import type { Answer, Plan, WireRequest } from './desk';
import { readHeaderList } from './header-list';
import type { ServerIdentity } from './http1-endpoint';
import { Http2Connection } from './http2-connection';
import { listen, Sockets, stopListening } from './sockets';

export interface Http2EndpointOptions {
	readonly identity: ServerIdentity;
	/** PEM of the CA whose client certificates are taken; absent = none are asked for. */
	readonly clientAuthority?: string;
	/** Streams a new connection may open. */
	readonly streamLimit: number;
	decide(request: WireRequest): Plan;
	/** A connection was made; the place to send it other SETTINGS. */
	opened?(connection: Http2Connection): void;
	answered?(connection: Http2Connection, answer: Answer): void;
	pinged?(connection: Http2Connection): void;
}

/** Node's own guards against abusive clients are off: a test may reset and refuse as many streams as it likes. */
const UNGUARDED = {
	maxSessionMemory: 1000,
	maxSessionInvalidFrames: 1_000_000,
	maxSessionRejectedStreams: 1_000_000,
	streamResetBurst: 1_000_000,
	streamResetRate: 1_000_000,
} as const;

/** An HTTP/2 server over TLS (ALPN h2 only) that lets `decide` say what to do with each request. */
export class Http2Endpoint {
	readonly sockets: Sockets;

	readonly #server: Http2SecureServer;

	readonly #connections = new Map<Http2Session, Http2Connection>();

	#streamLimit: number;

	#lastConnection = 0;

	constructor(private readonly options: Http2EndpointOptions) {
		this.#streamLimit = options.streamLimit;
		const server = createSecureServer({
			...options.identity,
			...UNGUARDED,
			minVersion: 'TLSv1.2',
			settings: { maxConcurrentStreams: options.streamLimit, initialWindowSize: 1_048_576 },
			...(options.clientAuthority === undefined
				? {}
				: { requestCert: true, rejectUnauthorized: false, ca: options.clientAuthority }),
		});
		this.#server = server;
		this.sockets = new Sockets(server);
		server.on('tlsClientError', () => undefined);
		server.on('sessionError', () => undefined);
		server.on('session', (session) => this.#open(session));
		server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) =>
			this.#read(stream, headers, raw),
		);
	}

	get connections(): Iterable<Http2Connection> {
		return this.#connections.values();
	}

	async listen(port: number): Promise<number> {
		return await listen(this.#server, port);
	}

	async close(): Promise<void> {
		const stopped = stopListening(this.#server);
		for (const session of [...this.#connections.keys()]) session.destroy();
		this.sockets.destroyAll();
		await stopped;
	}

	/** For connections made from now on. */
	limitNewConnections(limit: number): void {
		this.#streamLimit = limit;
		this.#server.updateSettings({ maxConcurrentStreams: limit });
	}

	/** Neither requests nor PINGs are read any more on the connections open now; nothing is closed. */
	freeze(): void {
		for (const connection of this.#connections.values()) {
			connection.frozen = true;
			stopReading(connection.session);
		}
	}

	#open(session: ServerHttp2Session): void {
		const certificate = clientCertificate(session);
		if (certificate === 'untrusted') {
			this.sockets.cut(session.socket.remotePort);
			return;
		}
		this.#lastConnection += 1;
		const connection = new Http2Connection(
			this.#lastConnection,
			session,
			session.socket.remotePort,
			certificate,
			this.#streamLimit,
		);
		this.#connections.set(session, connection);
		session.on('error', () => undefined);
		session.on('close', () => this.#connections.delete(session));
		session.on('ping', () => {
			this.sockets.counts.pings += 1;
			connection.pings += 1;
			this.options.pinged?.(connection);
		});
		this.options.opened?.(connection);
	}

	#read(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): void {
		const connection = stream.session && this.#connections.get(stream.session);
		stream.on('error', () => undefined);
		if (!connection) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
		this.#count(connection, stream);
		const chunks: Buffer[] = [];
		stream.on('data', (chunk: Buffer) => chunks.push(chunk));
		stream.on('end', () => {
			if (connection.frozen) return;
			this.#handle(connection, stream, headers, raw, chunks);
		});
	}

	#count(connection: Http2Connection, stream: ServerHttp2Stream): void {
		connection.streamOpened(stream.id ?? 0);
		this.sockets.counts.maxStreams = Math.max(this.sockets.counts.maxStreams, connection.streams);
		this.sockets.requestOpened();
		stream.on('close', () => {
			connection.streamClosed();
			this.sockets.requestClosed();
		});
	}

	#handle(
		connection: Http2Connection,
		stream: ServerHttp2Stream,
		headers: IncomingHttpHeaders,
		raw: readonly string[],
		chunks: readonly Buffer[],
	): void {
		const first = readHeaderList(raw);
		const plan = this.options.decide({
			connection,
			method: headers[':method'] ?? '',
			path: headers[':path'] ?? '',
			headers: first.values,
			headerNames: first.names,
			body:
				chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)).toString('utf8') : Buffer.concat(chunks).toString('utf8'),
		});
		if (plan.delayMs > 0) setTimeout(() => this.#act(connection, stream, plan), plan.delayMs);
		else this.#act(connection, stream, plan);
	}

	#act(connection: Http2Connection, stream: ServerHttp2Stream, plan: Plan): void {
		const fault = plan.fault;
		if (fault?.silence || connection.frozen) return;
		if (fault?.cutConnection) return this.sockets.cut(connection.remotePort);
		if (stream.destroyed || stream.closed || connection.session.destroyed) return;
		if (fault?.resetCode !== undefined) return stream.close(fault.resetCode);
		const id = stream.id ?? 0;
		if (id > connection.lastStreamId) return;
		if (fault?.goaway?.lastStreamId !== 'previous') this.#answer(connection, stream, plan);
		// Node cannot say "last stream 0" (it takes 0 for "the newest"): refusing the only stream says the same.
		else if (id === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
		if (fault?.goaway) leave(connection, id, fault.goaway);
	}

	#answer(connection: Http2Connection, stream: ServerHttp2Stream, { answer, arrival }: Plan): void {
		const head = { ...answer.headers, ':status': answer.status };
		if (answer.body) {
			stream.respond(head);
			stream.end(answer.body);
		} else {
			stream.respond(head, { endStream: true });
		}
		arrival.status = answer.status;
		if (answer.reason !== undefined) arrival.reason = answer.reason;
		this.options.answered?.(connection, answer);
	}
}

function leave(connection: Http2Connection, id: number, goaway: NonNullable<Failure['goaway']>): void {
	connection.leave(goaway.code, goaway.debug, goaway.lastStreamId === 'previous' ? Math.max(1, id - 2) : id);
}

/** DER of the verified certificate, nothing without one, `untrusted` for one of another CA or out of its time. */
function clientCertificate(session: ServerHttp2Session): Buffer | undefined | 'untrusted' {
	const socket = session.socket;
	if (!(socket instanceof TLSSocket)) return undefined;
	const certificate = socket.getPeerCertificate();
	// Without a certificate Node gives an empty object.
	if (!certificate || !('raw' in certificate) || certificate.raw === undefined) return undefined;
	return socket.authorized ? certificate.raw : 'untrusted';
}

/** A socket consumed by HTTP/2 cannot be paused; its handle can. */
function stopReading(session: ServerHttp2Session): void {
	const socket: unknown = session.socket;
	const handle: unknown = typeof socket === 'object' && socket !== null ? Reflect.get(socket, '_handle') : undefined;
	if (typeof handle !== 'object' || handle === null) return;
	const stop: unknown = Reflect.get(handle, 'readStop');
	if (typeof stop === 'function') Reflect.apply(stop, handle, []);
}
