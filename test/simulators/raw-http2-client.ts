import { connect, type TLSSocket } from 'node:tls';

const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, goaway: 7 } as const;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;
const ACK = 0x1;

export interface RawFrame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	readonly payload: Buffer;
}

/** A client that may break HTTP/2's rules: frames are written as told (RFC 9113), headers never compressed (RFC 7541 6.2.2). */
export class RawHttp2Client {
	readonly frames: RawFrame[] = [];

	readonly closed: Promise<void>;

	#rest: Buffer = Buffer.alloc(0);

	#waiting: Array<() => void> = [];

	private constructor(private readonly socket: TLSSocket) {
		this.closed = new Promise((resolve) => {
			socket.on('close', () => resolve());
		});
		socket.on('error', () => undefined);
		socket.on('data', (chunk: Buffer) => this.#read(chunk));
	}

	/** Connects and does the SETTINGS both ways. */
	static async connect(port: number, ca: string): Promise<RawHttp2Client> {
		const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] });
		await new Promise<void>((resolve, reject) => {
			socket.once('secureConnect', () => resolve());
			socket.once('error', reject);
		});
		const client = new RawHttp2Client(socket);
		socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
		client.write(FRAME.settings, 0, 0);
		await client.frame((frame) => frame.type === FRAME.settings && (frame.flags & ACK) === 0);
		client.write(FRAME.settings, ACK, 0);
		return client;
	}

	/** HEADERS without END_STREAM: the stream stays open. */
	open(stream: number, headers: Record<string, string>): void {
		const block = Object.entries(headers).map(([name, value]) =>
			Buffer.concat([Buffer.from([0]), text(name), text(value)]),
		);
		this.write(FRAME.headers, END_HEADERS, stream, Buffer.concat(block));
	}

	end(stream: number, body: string): void {
		this.write(FRAME.data, END_STREAM, stream, Buffer.from(body));
	}

	/** The code and text of the GOAWAY, once it came. */
	async goaway(): Promise<{ code: number; debug: string }> {
		const { payload } = await this.frame((frame) => frame.type === FRAME.goaway);
		return { code: payload.readUInt32BE(4), debug: payload.toString('utf8', 8) };
	}

	/** The code of the RST_STREAM of a stream, once it came. */
	async reset(stream: number): Promise<number> {
		const { payload } = await this.frame((frame) => frame.type === FRAME.reset && frame.stream === stream);
		return payload.readUInt32BE(0);
	}

	destroy(): void {
		this.socket.destroy();
	}

	private write(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): void {
		const head = Buffer.alloc(9);
		head.writeUIntBE(payload.length, 0, 3);
		head.writeUInt8(type, 3);
		head.writeUInt8(flags, 4);
		head.writeUInt32BE(stream, 5);
		this.socket.write(Buffer.concat([head, payload]));
	}

	private async frame(wanted: (frame: RawFrame) => boolean): Promise<RawFrame> {
		for (;;) {
			const found = this.frames.find(wanted);
			if (found) return found;
			if (this.socket.destroyed) throw new Error('closed without that frame');
			await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), this.closed]);
		}
	}

	#read(chunk: Buffer): void {
		this.#rest = Buffer.concat([this.#rest, chunk]);
		while (this.#rest.length >= 9) {
			const length = this.#rest.readUIntBE(0, 3);
			if (this.#rest.length < 9 + length) break;
			const [type = 0, flags = 0] = this.#rest.subarray(3, 5);
			const stream = this.#rest.readUInt32BE(5) & 0x7fffffff;
			this.frames.push({ type, flags, stream, payload: this.#rest.subarray(9, 9 + length) });
			this.#rest = this.#rest.subarray(9 + length);
		}
		for (const wake of this.#waiting.splice(0)) wake();
	}
}

/** A string literal of fewer than 127 bytes, without Huffman code. */
function text(value: string): Buffer {
	return Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
}
