import type { ByteSink } from '../hpack/byte-sink';
import { LONGEST_HEADER_LIST } from '../hpack/decoder';
import { DEFAULT_WINDOW, FLAG, FRAME, FRAME_HEADER, PREFACE, SETTING } from './protocol';
import { CONNECTION_WINDOW, STREAM_WINDOW } from './receive-window';

/** RFC 9113 4.1: the nine bytes in front of a payload. */
export function setFrameHeader(
	bytes: Buffer,
	at: number,
	size: number,
	type: number,
	flags: number,
	streamId: number,
): void {
	bytes[at] = size >>> 16;
	bytes[at + 1] = (size >>> 8) & 0xff;
	bytes[at + 2] = size & 0xff;
	bytes[at + 3] = type;
	bytes[at + 4] = flags;
	bytes[at + 5] = streamId >>> 24;
	bytes[at + 6] = (streamId >>> 16) & 0xff;
	bytes[at + 7] = (streamId >>> 8) & 0xff;
	bytes[at + 8] = streamId & 0xff;
}

/** The caller has reserved the room. */
export function putFrameHeader(out: ByteSink, size: number, type: number, flags: number, streamId: number): void {
	setFrameHeader(out.bytes, out.length, size, type, flags, streamId);
	out.length += FRAME_HEADER;
}

function put32(out: ByteSink, value: number): void {
	out.length = out.bytes.writeUInt32BE(value, out.length);
}

/** RFC 9113 3.4: the preface, our SETTINGS, and a larger window for the connection. */
export function putOpening(out: ByteSink): void {
	out.reserve(PREFACE.length + 64);
	out.length += PREFACE.copy(out.bytes, out.length);
	const settings: ReadonlyArray<readonly [number, number]> = [
		[SETTING.enablePush, 0],
		[SETTING.initialWindowSize, STREAM_WINDOW],
		[SETTING.maxHeaderListSize, LONGEST_HEADER_LIST],
	];
	putFrameHeader(out, settings.length * 6, FRAME.settings, 0, 0);
	for (const [setting, value] of settings) {
		out.length = out.bytes.writeUInt16BE(setting, out.length);
		put32(out, value);
	}
	putWindowUpdate(out, 0, CONNECTION_WINDOW - DEFAULT_WINDOW);
}

/** RFC 9113 6.5.3 */
export function putSettingsAck(out: ByteSink): void {
	out.reserve(FRAME_HEADER);
	putFrameHeader(out, 0, FRAME.settings, FLAG.ack, 0);
}

/** RFC 9113 6.7 */
export function putPing(out: ByteSink, ack: boolean, payload: Buffer): void {
	out.reserve(FRAME_HEADER + 8);
	putFrameHeader(out, 8, FRAME.ping, ack ? FLAG.ack : 0, 0);
	out.length += payload.copy(out.bytes, out.length, 0, 8);
}

/** RFC 9113 6.4 */
export function putReset(out: ByteSink, streamId: number, code: number): void {
	out.reserve(FRAME_HEADER + 4);
	putFrameHeader(out, 4, FRAME.rstStream, 0, streamId);
	put32(out, code);
}

/** RFC 9113 6.9 */
export function putWindowUpdate(out: ByteSink, streamId: number, increment: number): void {
	out.reserve(FRAME_HEADER + 4);
	putFrameHeader(out, 4, FRAME.windowUpdate, 0, streamId);
	put32(out, increment);
}

/** RFC 9113 6.8. The last stream is 0: a server that may not push opens none. */
export function putGoaway(out: ByteSink, code: number): void {
	out.reserve(FRAME_HEADER + 8);
	putFrameHeader(out, 8, FRAME.goaway, 0, 0);
	put32(out, 0);
	put32(out, code);
}
