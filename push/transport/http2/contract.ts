import type { Unreachable } from '../failures';
import type { Answer, TransportRequest } from '../types';

/**
 * How one stream ended.
 *
 * - `unprocessed`: the peer surely did nothing with it (RFC 9113 6.8, 8.7) and another connection may take it.
 *   `goaway`: the whole connection sends its streams away. `refused`: this stream alone.
 * - `impossible`: it cannot be put on the wire at all (an invalid header); sending again cannot help.
 */
export type StreamEnd =
	| Extract<Answer, { kind: 'response' | 'unreachable' }>
	| { readonly kind: 'lost'; readonly code: string; readonly detail: string; readonly slowDown?: boolean }
	| { readonly kind: 'unprocessed'; readonly by: 'goaway' | 'refused'; readonly code: string; readonly detail: string }
	| { readonly kind: 'impossible'; readonly code: string; readonly detail: string };

/** One open stream. */
export interface Stream {
	/** RST_STREAM with CANCEL; no end is reported afterwards. */
	reset(): void;
}

/** Who opened a stream. */
export interface StreamOwner {
	/** Exactly once unless the stream is reset, never before {@link Connection.open} returned. */
	streamEnded(end: StreamEnd): void;
}

/** What a connection tells its owner. */
export interface ConnectionEvents {
	/** The peer changed how many streams it allows. */
	limitChanged(): void;
	/** No further stream can be opened; open ones may still be answered. */
	goaway(away: { readonly code: string; readonly detail: string; readonly slowDown: boolean }): void;
	/** Exactly once, after the end of every stream was reported. */
	closed(end: ConnectionEnd): void;
}

/** How a connection ended. */
export interface ConnectionEnd {
	readonly code: string;
	readonly detail: string;
	/** Not by our own `close()`. */
	readonly abrupt: boolean;
	/** The peer never accepted us (our client certificate). */
	readonly failure?: Unreachable;
}

/**
 * One HTTP/2 connection whose peer's SETTINGS have arrived. The pool knows nothing else of HTTP/2, so that the client
 * underneath can be replaced.
 */
export interface Connection {
	readonly address: string;
	/** SETTINGS_MAX_CONCURRENT_STREAMS as it stands now. */
	readonly streamLimit: number;
	/**
	 * Opens a stream at once.
	 * @returns undefined when the connection takes no more streams; nothing was written then.
	 */
	open(request: TransportRequest, owner: StreamOwner): Stream | undefined;
	/** `answered(false)` when the connection cannot ping or ends; the owner sets the time limit. */
	ping(answered: (alive: boolean) => void): void;
	/** Whether the connection keeps the process alive. */
	keepProcess(keep: boolean): void;
	/** GOAWAY, then closes once the open streams have ended. */
	close(): void;
	/** Closes at once; open streams end as `lost`. */
	destroy(reason: string): void;
}

/** Makes a connection and waits for SETTINGS. Calls `done` exactly once, later; the returned function gives up. */
export type Connect = (events: ConnectionEvents, done: (result: Connection | Unreachable) => void) => () => void;
