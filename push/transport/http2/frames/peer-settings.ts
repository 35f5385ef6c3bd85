import { ConnectionError, DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, ERROR, LARGEST_WINDOW, SETTING } from './protocol';

/** RFC 9113 6.5.1 */
const ENTRY = 6;

/** RFC 9113 6.5.2: what the peer said, and the values that hold while it said nothing. */
export class PeerSettings {
	headerTableSize = 4_096;

	maxConcurrentStreams = Number.MAX_SAFE_INTEGER;

	initialWindow = DEFAULT_WINDOW;

	maxFrameSize = DEFAULT_FRAME_SIZE;

	maxHeaderListSize = Infinity;

	/** Takes the payload of a SETTINGS frame. @throws {ConnectionError} for sizes and values that are not allowed */
	take(bytes: Buffer, start: number, end: number): void {
		if ((end - start) % ENTRY !== 0) throw new ConnectionError(ERROR.frameSize, 'SETTINGS of a wrong size.');
		for (let at = start; at < end; at += ENTRY) this.#set(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
	}

	#set(setting: number, value: number): void {
		switch (setting) {
			case SETTING.headerTableSize:
				this.headerTableSize = value;
				return;
			case SETTING.enablePush:
				// A server may only say what we said: no.
				if (value !== 0) throw new ConnectionError(ERROR.protocol, 'SETTINGS_ENABLE_PUSH from a server.');
				return;
			case SETTING.maxConcurrentStreams:
				this.maxConcurrentStreams = value;
				return;
			case SETTING.initialWindowSize:
				if (value > LARGEST_WINDOW) throw new ConnectionError(ERROR.flowControl, 'An initial window above 2^31-1.');
				this.initialWindow = value;
				return;
			case SETTING.maxFrameSize:
				if (value < DEFAULT_FRAME_SIZE || value > 0xffffff) {
					throw new ConnectionError(ERROR.protocol, 'A maximum frame size that is not allowed.');
				}
				this.maxFrameSize = value;
				return;
			case SETTING.maxHeaderListSize:
				this.maxHeaderListSize = value;
				return;
			default:
			// RFC 9113 6.5.2: unknown settings are ignored.
		}
	}
}
