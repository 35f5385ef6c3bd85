import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { HpackDecoder } from '../../../push/transport/http2/hpack/decoder';
import { FLAG, FRAME } from '../../../push/transport/http2/frames/protocol';
import { until } from '../client';

export interface SeenFrame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	readonly payload: Buffer;
}

const PREFACE_LENGTH = 24;

/** The bytes of one frame. */
export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
	const bytes = typeof payload === 'string' ? Buffer.from(payload, 'hex') : payload;
	const header = Buffer.alloc(9);
	header.writeUIntBE(bytes.length, 0, 3);
	header[3] = type;
	header[4] = flags;
	header.writeUInt32BE(stream, 5);
	return Buffer.concat([header, bytes]);
}

export function settings(...pairs: ReadonlyArray<readonly [number, number]>): Buffer {
	const payload = Buffer.alloc(pairs.length * 6);
	pairs.forEach(([name, value], at) => {
		payload.writeUInt16BE(name, at * 6);
		payload.writeUInt32BE(value, at * 6 + 2);
	});
	return frame(FRAME.settings, 0, 0, payload);
}

export function uint32(...values: number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4));
	return bytes;
}

export const windowUpdate = (stream: number, by: number) => frame(FRAME.windowUpdate, 0, stream, uint32(by));
export const rst = (stream: number, code: number) => frame(FRAME.rstStream, 0, stream, uint32(code));
export const goaway = (last: number, code: number, debug = '') =>
	frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(last, code), Buffer.from(debug)]));
/** `:status: 200` from the static table. */
export const ok = (stream: number) => frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, '88');
export const head = (stream: number, block = '88') => frame(FRAME.headers, FLAG.endHeaders, stream, block);
export const data = (stream: number, text: string, last = true) =>
	frame(FRAME.data, last ? FLAG.endStream : 0, stream, Buffer.from(text));

/** A server that says exactly the frames the test wants, and shows the client's. */
export class FramePeer {
	readonly frames: SeenFrame[] = [];

	socket: Socket | undefined;

	ended = false;

	readonly #decoder = new HpackDecoder();

	#rest = Buffer.alloc(0);

	#greeted = false;

	private constructor(
		private readonly server: Server,
		private readonly greeting: Buffer,
	) {}

	/** @param greeting what it sends at once, usually SETTINGS */
	static async start(greeting: Buffer = settings()): Promise<FramePeer> {
		const server = createServer();
		const peer = new FramePeer(server, greeting);
		server.on('connection', (socket) => peer.#accept(socket));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return peer;
	}

	get port(): number {
		const address: AddressInfo | string | null = this.server.address();
		if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
		return address.port;
	}

	send(...frames: Buffer[]): void {
		this.socket?.write(Buffer.concat(frames));
	}

	/** One byte at a time, each in a packet of its own. */
	async drip(bytes: Buffer): Promise<void> {
		for (const byte of bytes) {
			this.socket?.write(Buffer.from([byte]));
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	of(type: number, stream?: number): SeenFrame[] {
		return this.frames.filter((seen) => seen.type === type && (stream === undefined || seen.stream === stream));
	}

	/** Waits until the client sent so many frames of the type. */
	async saw(type: number, count = 1, stream?: number): Promise<SeenFrame> {
		await until(() => this.of(type, stream).length >= count);
		const seen = this.of(type, stream)[count - 1];
		if (!seen) throw new Error('The frame is gone.');
		return seen;
	}

	/** The code of the client's GOAWAY. */
	async goawayCode(): Promise<number> {
		return (await this.saw(FRAME.goaway)).payload.readUInt32BE(4);
	}

	/** Bytes of the bodies that came on the stream. */
	bodyOf(stream: number): string {
		return Buffer.concat(this.of(FRAME.data, stream).map(({ payload }) => payload)).toString('utf8');
	}

	/** Decodes a request's header block; to be called once for each, in order. */
	headersOf(stream: number): Record<string, string> {
		const pieces = this.frames.filter(
			(seen) => seen.stream === stream && (seen.type === FRAME.headers || seen.type === FRAME.continuation),
		);
		const block = Buffer.concat(pieces.map(({ payload }) => payload));
		const fields: Record<string, string> = {};
		this.#decoder.decode(block, 0, block.length, { field: (name, value) => (fields[name] = value) });
		return fields;
	}

	async stop(): Promise<void> {
		this.socket?.destroy();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	#accept(socket: Socket): void {
		this.socket = socket;
		socket.on('error', () => undefined);
		socket.on('end', () => (this.ended = true));
		socket.on('close', () => (this.ended = true));
		socket.on('data', (chunk: Buffer) => this.#read(chunk));
		socket.write(this.greeting);
	}

	#read(chunk: Buffer): void {
		this.#rest = Buffer.concat([this.#rest, chunk]);
		if (!this.#greeted) {
			if (this.#rest.length < PREFACE_LENGTH) return;
			this.#rest = this.#rest.subarray(PREFACE_LENGTH);
			this.#greeted = true;
		}
		while (this.#rest.length >= 9) {
			const end = 9 + this.#rest.readUIntBE(0, 3);
			if (this.#rest.length < end) return;
			this.frames.push({
				type: this.#rest[3] ?? 0,
				flags: this.#rest[4] ?? 0,
				stream: this.#rest.readUInt32BE(5),
				payload: Buffer.from(this.#rest.subarray(9, end)),
			});
			if (this.#rest[3] === FRAME.settings && this.#rest[4] === 0) this.send(frame(FRAME.settings, FLAG.ack, 0));
			this.#rest = this.#rest.subarray(end);
		}
	}
}
