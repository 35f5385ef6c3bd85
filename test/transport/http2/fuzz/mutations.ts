import { FLAG, FRAME, SETTING } from '../../../../push/transport/http2/frames/protocol';
import { data, frame, goaway, head, ok, rst, settings, uint32, windowUpdate } from '../../servers/frame-peer';

type Dice = (below: number) => number;

const STREAMS = [1, 3, 5, 7, 0, 2, 99];

/** What a decent server might say about streams 1, 3 and 5. */
const FRAMES: ReadonlyArray<(stream: number, roll: Dice) => Buffer> = [
	(stream) => ok(stream),
	(stream) => head(stream, '8e40026162026364'),
	(stream) => head(stream, '88bebfc0'),
	(stream) => head(stream, '4803333032580770726976617465'),
	(stream) => head(stream, '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff'),
	(stream) => head(stream, '0803313033'),
	(stream) => data(stream, '{"reason":"BadDeviceToken"}'),
	(stream, roll) => data(stream, 'x'.repeat(roll(3_000)), false),
	(stream) => frame(FRAME.data, FLAG.padded, stream, Buffer.from('\x03abc\0\0\0', 'latin1')),
	(stream) => frame(FRAME.headers, 0, stream, '88'),
	(stream) => frame(FRAME.continuation, FLAG.endHeaders, stream, '4001610162'),
	(stream) => frame(FRAME.headers, FLAG.endHeaders | FLAG.padded | FLAG.priority, stream, '0200000000108800'),
	(stream, roll) => rst(stream, roll(14)),
	(stream, roll) => windowUpdate(stream, roll(2) === 0 ? roll(100_000) : 2 ** 31 - 1),
	(_stream, roll) => settings([SETTING.maxConcurrentStreams, roll(1_000)], [SETTING.headerTableSize, roll(8_192)]),
	(_stream, roll) =>
		settings([SETTING.initialWindowSize, roll(100_000)], [SETTING.maxFrameSize, 16_384 + roll(2) * 100_000]),
	() => frame(FRAME.settings, FLAG.ack, 0),
	(_stream, roll) => frame(FRAME.ping, roll(2), 0, uint32(0, roll(4))),
	(stream, roll) => goaway(stream, roll(3)),
	(stream, roll) => frame(roll(256), roll(256), stream, Buffer.alloc(roll(40), roll(256))),
	(stream) => frame(FRAME.pushPromise, FLAG.endHeaders, stream, '0000000288'),
	(stream) => frame(FRAME.priority, 0, stream, '0000000010'),
];

/** A conversation of a few frames. */
function conversation(roll: Dice): Buffer {
	const frames = roll(8) === 0 ? [] : [settings([SETTING.maxConcurrentStreams, 100])];
	for (let count = roll(12); count >= 0; count -= 1) {
		const make = FRAMES[roll(FRAMES.length)];
		if (make) frames.push(make(STREAMS[roll(STREAMS.length)] ?? 1, roll));
	}
	return Buffer.concat(frames);
}

/** Breaks it in one of the ways in which bytes break. */
function mutated(bytes: Buffer, roll: Dice): Buffer {
	if (bytes.length === 0) return bytes;
	const at = roll(bytes.length);
	const upTo = at + roll(bytes.length - at + 1);
	switch (roll(7)) {
		case 0: {
			bytes[at] = (bytes[at] ?? 0) ^ (1 << roll(8));
			return bytes;
		}
		case 1: {
			bytes[at] = roll(256);
			return bytes;
		}
		case 2:
			return bytes.subarray(0, at);
		case 3:
			return Buffer.concat([bytes.subarray(0, at), bytes.subarray(upTo)]);
		case 4:
			return Buffer.concat([bytes.subarray(0, upTo), bytes.subarray(at)]);
		case 5:
			return Buffer.concat([bytes.subarray(0, at), Buffer.from([roll(256), roll(256)]), bytes.subarray(at)]);
		default:
			return bytes;
	}
}

/** One case: a conversation, broken up to four times, in packets of any size. */
export function fuzzedPackets(roll: Dice): Buffer[] {
	let bytes = conversation(roll);
	for (let count = roll(5); count > 0; count -= 1) bytes = mutated(bytes, roll);
	const packets: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const size = roll(3) === 0 ? 1 + roll(12) : 1 + roll(bytes.length - at);
		packets.push(bytes.subarray(at, at + size));
		at += size;
	}
	return packets;
}

export function randomBlock(roll: Dice): Buffer {
	return Buffer.from(Array.from({ length: roll(60) }, () => roll(256)));
}
