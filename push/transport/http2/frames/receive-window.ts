import { ConnectionError, ERROR } from './protocol';

/** Answers are kept up to 64 KB; padding counts as well. */
export const STREAM_WINDOW = 131_072;
export const CONNECTION_WINDOW = 4 * 1_024 * 1_024;

/** RFC 9113 6.9: what the peer may still send, on the connection or on one stream. */
export class ReceiveWindow {
	#left: number;

	constructor(private readonly size: number) {
		this.#left = size;
	}

	/**
	 * So many bytes came.
	 * @returns what to give back with WINDOW_UPDATE now: nothing before half is used
	 * @throws {ConnectionError} FLOW_CONTROL_ERROR when they were more than allowed
	 */
	take(count: number): number {
		this.#left -= count;
		if (this.#left < 0) throw new ConnectionError(ERROR.flowControl, 'More data than the window allows.');
		if (this.#left > this.size / 2) return 0;
		const back = this.size - this.#left;
		this.#left = this.size;
		return back;
	}
}
