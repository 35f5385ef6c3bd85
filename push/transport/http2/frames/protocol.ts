/** RFC 9113 6: frame types. */
export const FRAME = {
	data: 0,
	headers: 1,
	priority: 2,
	rstStream: 3,
	settings: 4,
	pushPromise: 5,
	ping: 6,
	goaway: 7,
	windowUpdate: 8,
	continuation: 9,
} as const;

/** RFC 9113 6: flags; their meaning depends on the type. */
export const FLAG = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** RFC 9113 7 */
export const ERROR = {
	none: 0,
	protocol: 1,
	internal: 2,
	flowControl: 3,
	streamClosed: 5,
	frameSize: 6,
	refusedStream: 7,
	cancel: 8,
	compression: 9,
	calm: 11,
} as const;

/** RFC 9113 6.5.2 */
export const SETTING = {
	headerTableSize: 1,
	enablePush: 2,
	maxConcurrentStreams: 3,
	initialWindowSize: 4,
	maxFrameSize: 5,
	maxHeaderListSize: 6,
} as const;

/** RFC 9113 4.1 */
export const FRAME_HEADER = 9;
/** RFC 9113 6.5.2: SETTINGS_MAX_FRAME_SIZE when nothing was said; we say nothing. */
export const DEFAULT_FRAME_SIZE = 16_384;
/** RFC 9113 6.9.2 */
export const DEFAULT_WINDOW = 65_535;
/** RFC 9113 6.9.1 */
export const LARGEST_WINDOW = 2 ** 31 - 1;
/** RFC 9113 5.1.1 */
export const LAST_STREAM_ID = 2 ** 31 - 1;

/** RFC 9113 3.4 */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** RFC 9113 5.4.1: the peer broke the protocol; the connection ends with GOAWAY and this code. */
export class ConnectionError extends Error {
	constructor(
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}
