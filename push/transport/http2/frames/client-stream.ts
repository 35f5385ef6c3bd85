import { BodyCollector } from '../../body';
import type { ResponseHeaders } from '../../types';
import type { Stream, StreamEnd, StreamOwner } from '../contract';
import { ReceiveWindow, STREAM_WINDOW } from './receive-window';

/** What a stream asks of its connection. */
export interface StreamHost {
	resetStream(stream: ClientStream): void;
}

/** One request and what came of its answer (RFC 9113 8.1). */
export class ClientStream implements Stream {
	/** 0: no (final) response yet. */
	status = 0;

	headers: ResponseHeaders | undefined;

	/** The answer is whole, or as much of it as is kept has come. */
	complete = false;

	/** `content-length` of the answer; -1: not said. */
	expected = -1;

	/** Bytes of the answer's body that came. */
	received = 0;

	/** WINDOW_UPDATEs of this stream less what was sent on it; its window is the peer's initial one plus this. */
	credit = 0;

	/** What the windows do not let through yet. */
	unsent: Buffer | undefined;

	stopWaiting: (() => void) | undefined;

	#text: string | undefined;

	#body: BodyCollector | undefined;

	#window: ReceiveWindow | undefined;

	constructor(
		readonly id: number,
		readonly owner: StreamOwner,
		private readonly host: StreamHost,
	) {}

	reset(): void {
		this.host.resetStream(this);
	}

	/** The only piece of the body. */
	wholeBody(bytes: Buffer, start: number, end: number): void {
		this.#text = bytes.toString('utf8', start, end);
	}

	/**
	 * A piece of the body; it is copied, as its chunk is handed back.
	 * @returns false when as much as is kept has come
	 */
	moreBody(bytes: Buffer, start: number, end: number): boolean {
		return (this.#body ??= new BodyCollector()).add(Buffer.from(bytes.subarray(start, end)));
	}

	get hasBody(): boolean {
		return this.#body !== undefined;
	}

	/** RFC 9113 6.9.1: see {@link ReceiveWindow.take}. */
	takeWindow(count: number): number {
		return (this.#window ??= new ReceiveWindow(STREAM_WINDOW)).take(count);
	}

	response(): StreamEnd {
		const body = this.#text ?? this.#body?.text() ?? '';
		return { kind: 'response', status: this.status, headers: this.headers ?? {}, body };
	}
}
