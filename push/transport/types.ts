import type { LookupFunction } from 'node:net';
import type { Clock, Random } from '../model';

/**
 * How one request ended, for HTTP/1.1 and HTTP/2 alike. Never an exception.
 *
 * - `response`: the peer answered.
 * - `refused`: the peer surely did not process it (REFUSED_STREAM, GOAWAY above last-stream-id, never written) and
 *   the transport has used up its own re-sends. Sending again cannot double it.
 * - `lost`: it was written, then the connection died. The peer may have processed it.
 * - `timeout`: it was written, no answer came in time. The peer may have processed it.
 * - `unreachable`: no connection could be made; nothing was written.
 * - `cancelled`: the caller took it back; `written` says whether the peer may have seen it.
 */
export type Answer =
	| { readonly kind: 'response'; readonly status: number; readonly headers: ResponseHeaders; readonly body: string }
	| { readonly kind: 'refused'; readonly code: string; readonly detail: string }
	| { readonly kind: 'lost'; readonly code: string; readonly detail: string }
	| { readonly kind: 'timeout'; readonly afterMs: number }
	| { readonly kind: 'unreachable'; readonly code: string; readonly detail: string; readonly cause: UnreachableCause }
	| { readonly kind: 'cancelled'; readonly written: boolean };

/** `tls` and `credential` never get better by trying again; `egress` is a policy's no. */
export type UnreachableCause = 'dns' | 'refused' | 'network' | 'timeout' | 'tls' | 'credential' | 'proxy' | 'egress';

/** Lower-case names; the last value where a name came twice. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface TransportRequest {
	readonly method: 'POST' | 'GET';
	/** Path and query, already encoded. */
	readonly path: string;
	/** Lower-case names. May be one frozen object shared by many requests. */
	readonly headers: Readonly<Record<string, string>>;
	/** Headers of this request alone (`apns-id`). */
	readonly ownHeaders?: Readonly<Record<string, string>>;
	/** The caller vouches for path and own headers, which it made of parts it had looked at. */
	readonly wellFormed?: boolean;
	readonly body: string;
	/** ms from the moment the request is written (HTTP/2: the stream opened) to its whole answer. */
	readonly timeoutMs: number;
}

export interface RequestHandle {
	/** Takes the request back; `done` is called with `cancelled` unless an answer came first. */
	cancel(): void;
}

/** Connections to one origin with one credential. Shared by the whole process, never by two credentials. */
export interface Transport {
	/** `done` is called exactly once, never before this returns. */
	request(request: TransportRequest, done: (answer: Answer) => void): RequestHandle;
	/**
	 * Requests it can usefully hold now: the streams of live connections, and some that wait while another may be
	 * opened. The sender keeps at most this many in flight; what exceeds it waits in the transport's own queue.
	 */
	readonly capacity: number;
	/** Begins to connect if nothing is connected yet: to be called while something else is still waited for. */
	warmUp(): void;
	/** Puts the connections out of use and closes them once their requests are answered; later requests open new ones. */
	renewConnections(reason: string): void;
	/** Waits for open requests up to `graceMs`, then closes everything. */
	close(graceMs: number): Promise<void>;
}

/** Where a transport leads. */
export interface TransportTarget {
	/** `https://api.push.apple.com`; http only on loopback. */
	readonly origin: string;
	/** PEM of a CA trusted besides the public ones. */
	readonly ca?: string;
	/** TLS client certificate, PEM. */
	readonly clientCertificate?: { readonly cert: string; readonly key: string };
	/** CONNECT proxy of the credential; else the environment's. */
	readonly proxyUrl?: string;
}

export interface Http2Settings {
	readonly maxConnections: number;
	/** Upper bound on streams per connection, below the peer's own limit (APNs 900, FCM 100). */
	readonly maxStreams: number;
	/** One stream until one request was answered with a status below 400 (APNs token authentication, providers.md 1.4). */
	readonly firstRequestAlone: boolean;
	/** ms without requests after which a connection is closed. */
	readonly idleCloseMs: number;
	/** Ping before using a connection that was idle this long; absent = never ping (FCM counts pings). */
	readonly pingAfterIdleMs?: number;
	readonly pingTimeoutMs: number;
	readonly connectTimeoutMs: number;
}

export interface Http1Settings {
	readonly maxConnections: number;
	readonly idleCloseMs: number;
	readonly connectTimeoutMs: number;
}

/** n8n's egress filter where a context offers one (n8n.md 3.4); `nodes/shared/egress.ts` adapts it. */
export interface EgressFilter {
	validateUrl(url: string): Promise<{ ok: true } | { ok: false; reason: string }>;
	lookup(): LookupFunction;
}

/** What a transport needs of its surroundings. */
export interface TransportDeps {
	readonly clock: Clock;
	readonly random: Random;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Asked at each new connection; undefined: the engine's own rules of `transport/egress` alone. */
	readonly egress?: () => EgressFilter | undefined;
}

/** What providers use to reach their service; implemented by `transport/index` over the process-wide pools. */
export interface TransportFactory {
	/** `key` separates credentials: a hash, never the secret itself. */
	http2(target: TransportTarget, key: string, settings: Http2Settings): Transport;
	http1(target: TransportTarget, key: string, settings: Http1Settings): Transport;
	close(graceMs: number): Promise<void>;
}
