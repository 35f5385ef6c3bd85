import { constants, type ServerHttp2Session } from 'node:http2';
import type { Peer } from './desk';

/** Time for frames already written to arrive before a connection in error is closed. */
const CLOSE_AFTER_ERROR_MS = 50;

/** One client's connection. */
export class Http2Connection implements Peer {
	frozen = false;

	/** Showed a valid provider token. */
	trusted = false;

	pings = 0;

	streams = 0;

	/** Streams above it get no answer: a GOAWAY said so. */
	lastStreamId = Number.POSITIVE_INFINITY;

	newestStreamId = 0;

	#limit: number;

	#leaving = false;

	constructor(
		readonly id: number,
		readonly session: ServerHttp2Session,
		readonly remotePort: number | undefined,
		readonly certificate: Buffer | undefined,
		limit: number,
	) {
		this.#limit = limit;
	}

	/** SETTINGS_MAX_CONCURRENT_STREAMS from now on. */
	limitStreams(limit: number): void {
		if (this.#limit === limit || this.session.destroyed || this.session.closed) return;
		this.#limit = limit;
		this.session.settings({ maxConcurrentStreams: limit });
	}

	/** GOAWAY; streams above `lastStreamId` (default: the newest) get no answer, the others do before it closes. */
	leave(code: number, debug?: string, lastStreamId = this.newestStreamId): void {
		if (this.session.destroyed) return;
		this.lastStreamId = Math.min(this.lastStreamId, lastStreamId);
		this.session.goaway(code, lastStreamId, debug === undefined ? undefined : Buffer.from(debug, 'utf8'));
		this.#leaving = true;
		if (code === constants.NGHTTP2_NO_ERROR) this.streamClosed(0);
		else setTimeout(() => this.session.destroy(), CLOSE_AFTER_ERROR_MS);
	}

	streamOpened(id: number): void {
		this.streams += 1;
		this.newestStreamId = Math.max(this.newestStreamId, id);
	}

	streamClosed(count = 1): void {
		this.streams -= count;
		if (this.#leaving && this.streams === 0) setImmediate(() => this.session.destroy());
	}
}
