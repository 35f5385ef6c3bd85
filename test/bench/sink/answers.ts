/** Frame types, flags and codes of RFC 9113, as far as the sink speaks of them. */
export const FRAME = {
	data: 0,
	headers: 1,
	priority: 2,
	resetStream: 3,
	settings: 4,
	pushPromise: 5,
	ping: 6,
	goaway: 7,
	windowUpdate: 8,
	continuation: 9,
} as const;

export const FLAG = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const CODE = { none: 0, protocol: 1, internal: 2, refusedStream: 7 } as const;

export type AnswerKind = 'ok' | '429' | '503';

/** An answer with stream id 0, and where the stream ids belong. */
export interface AnswerTemplate {
	readonly bytes: Buffer;
	/** Offset of the DATA frame's stream id; 0 without a body. */
	readonly second: number;
	/** Of the body: counts against the client's window. */
	readonly bodyLength: number;
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
	const bytes = Buffer.allocUnsafe(9 + payload.length);
	bytes.writeUIntBE(payload.length, 0, 3);
	bytes[3] = type;
	bytes[4] = flags;
	bytes.writeUInt32BE(stream, 5);
	bytes.set(payload, 9);
	return bytes;
}

const JSON_TYPE = 'application/json; charset=UTF-8';

/** The first answer puts `content-type` into the client's header table, the others name it by its index. */
const TYPE_TO_TABLE = Buffer.concat([Buffer.from([0x5f, JSON_TYPE.length]), Buffer.from(JSON_TYPE)]);
const TYPE_FROM_TABLE = Buffer.from([0xbe]);
const STATUS_OK = Buffer.from([0x88]);

const BODY: Readonly<Record<'apns' | 'fcm', Readonly<Record<AnswerKind, string>>>> = {
	apns: { ok: '', '429': '{"reason":"TooManyRequests"}', '503': '{"reason":"ServiceUnavailable"}' },
	fcm: {
		ok: '{"name":"projects/p/messages/1"}',
		'429': '{"error":{"code":429,"message":"busy","status":"RESOURCE_EXHAUSTED"}}',
		'503': '{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}',
	},
};

/** @param first the first answer of a connection */
export function answerTemplate(shape: 'apns' | 'fcm', kind: AnswerKind, first: boolean): AnswerTemplate {
	const body = Buffer.from(BODY[shape][kind]);
	if (body.length === 0) {
		const flags = FLAG.endHeaders | FLAG.endStream;
		return { bytes: frame(FRAME.headers, flags, 0, STATUS_OK), second: 0, bodyLength: 0 };
	}
	const block = kind === 'ok' ? okBlock(first) : busyBlock(kind);
	const head = frame(FRAME.headers, FLAG.endHeaders, 0, block);
	const bytes = Buffer.concat([head, frame(FRAME.data, FLAG.endStream, 0, body)]);
	return { bytes, second: head.length + 5, bodyLength: body.length };
}

function okBlock(first: boolean): Buffer {
	return Buffer.concat([STATUS_OK, first ? TYPE_TO_TABLE : TYPE_FROM_TABLE]);
}

/** `:status` and `retry-after: 1` as literals that go into no table (RFC 7541 6.2.2). */
function busyBlock(status: string): Buffer {
	return Buffer.concat([
		Buffer.from([0x08, 3]),
		Buffer.from(status),
		Buffer.from([0x0f, 53 - 15, 1]),
		Buffer.from('1'),
	]);
}
