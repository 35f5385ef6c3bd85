import type { Socket } from 'node:net';
import { CODE, FLAG, FRAME, frame } from './answers';
import { FaultPlan, type Verdict } from './faultPlan';
import { HeaderReader, hexNumber, NO_DEVICE } from './headerReader';
import type { Ledger } from './ledger';
import { Output } from './output';
import type { SinkSettings } from './types';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const TOKEN = Buffer.from('"token":"');
const WINDOW = 0x7fff0000;
const SETTING = { headerTable: 1, maxStreams: 3 } as const;

/** Answers that wait for their moment. */
export interface Batch {
	readonly connection: SinkConnection;
	readonly dueAt: number;
	readonly streams: number[];
	readonly verdicts: Verdict[];
}

export interface ConnectionDeps {
	readonly settings: SinkSettings;
	readonly ledger: Ledger;
	/** Calls `release` of the batch's connection when it is due. */
	delay(batch: Batch): void;
}

/** The server's end of one connection: reads requests, gives answers, and counts. */
export class SinkConnection {
	readonly #output: Output;

	readonly #headers = new HeaderReader();

	readonly #number: number;

	readonly #plan: FaultPlan;

	#rest: Buffer | undefined;

	#greeted = false;

	/** The stream whose headers came last and whose body is awaited; others wait in the map. */
	#awaited = 0;

	#awaitedDevice = NO_DEVICE;

	readonly #bodies = new Map<number, number>();

	#blocks: Buffer[] = [];

	#consumed = 0;

	#inFlight = 0;

	#streams = 0;

	#limit = Infinity;

	#unacknowledged: number[] = [];

	#lastStream = Infinity;

	#closed = false;

	/** Untold devices, should the connection be cut now: device of each open stream, only kept with faults. */
	#batch: Batch | undefined;

	#now = 0;

	constructor(
		private readonly socket: Socket,
		private readonly deps: ConnectionDeps,
	) {
		const { settings, ledger } = deps;
		this.#plan = new FaultPlan(settings.faults ?? {}, ledger);
		this.#output = new Output(socket, settings.shape);
		this.#number = ledger.connected();
		this.announce(settings.maxStreams);
		this.#grantWindow(WINDOW - 65_535);
		socket.on('data', (chunk: Buffer) => this.#take(chunk));
		socket.on('close', () => this.#over());
		socket.on('error', () => socket.destroy());
	}

	/** Tells the client how many streams it may open from now on. */
	announce(maxStreams: number): void {
		if (this.#closed) return;
		const payload = Buffer.alloc(6);
		payload.writeUInt16BE(SETTING.maxStreams, 0);
		payload.writeUInt32BE(maxStreams, 2);
		this.#output.frame(frame(FRAME.settings, 0, 0, payload));
		this.#unacknowledged.push(maxStreams);
	}

	/** Gives the answers of a batch that is due. */
	release({ streams, verdicts }: Batch): void {
		if (this.#closed) return;
		for (let i = 0; i < streams.length; i++) this.#answer(streams[i] ?? 0, verdicts[i] ?? 'ok');
		this.#answered(streams.length);
	}

	destroy(): void {
		this.socket.destroy();
	}

	#take(chunk: Buffer): void {
		this.#now = performance.now();
		const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
		try {
			const read = this.#frames(bytes);
			this.#rest = read < bytes.length ? bytes.subarray(read) : undefined;
		} catch (error) {
			this.deps.ledger.complain(error instanceof Error ? error.message : String(error));
			this.socket.destroy();
		}
		this.#endBatch();
		this.#consumed += chunk.length;
		if (this.#consumed > WINDOW / 2) {
			this.#grantWindow(this.#consumed);
			this.#consumed = 0;
		}
	}

	/** @returns how many bytes were whole frames */
	#frames(bytes: Buffer): number {
		let at = 0;
		if (!this.#greeted) {
			if (bytes.length < PREFACE.length) return 0;
			if (bytes.compare(PREFACE, 0, PREFACE.length, 0, PREFACE.length) !== 0) throw new Error('no HTTP/2 preface');
			this.#greeted = true;
			at = PREFACE.length;
		}
		while (at + 9 <= bytes.length && !this.#closed) {
			const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
			const end = at + 9 + length;
			if (length > 16_384) throw new Error(`frame of ${length} bytes`);
			if (end > bytes.length) break;
			const stream = (bytes[at + 5] ?? 0) * 0x1000000 + bytes.readUIntBE(at + 6, 3);
			this.#frame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, stream, bytes, at + 9, end);
			at = end;
		}
		return at;
	}

	#frame(type: number, flags: number, stream: number, bytes: Buffer, from: number, end: number): void {
		if (type === FRAME.headers || type === FRAME.continuation) this.#headerFrame(type, flags, stream, bytes, from, end);
		else if (type === FRAME.data) this.#data(flags, stream, bytes, from, end);
		else if (type === FRAME.settings) this.#settings(flags);
		else if (type === FRAME.ping && (flags & FLAG.ack) === 0)
			this.#output.frame(frame(FRAME.ping, FLAG.ack, 0, bytes.subarray(from, end)));
		else if (type === FRAME.windowUpdate && stream === 0) this.#output.windowUpdate(bytes.readUInt32BE(from));
		else if (type === FRAME.resetStream) this.#cancelled(stream);
	}

	#headerFrame(type: number, flags: number, stream: number, bytes: Buffer, from: number, end: number): void {
		let start = from;
		let stop = end;
		if (type === FRAME.headers) {
			if (flags & FLAG.padded) {
				stop -= bytes[start] ?? 0;
				start += 1;
			}
			if (flags & FLAG.priority) start += 5;
		}
		if ((flags & FLAG.endHeaders) === 0 || this.#blocks.length > 0) {
			this.#blocks.push(Buffer.from(bytes.subarray(start, stop)));
			// Of a request in several blocks the body decides where it ends: pushes always have one.
			if ((flags & FLAG.endHeaders) === 0) return;
			const whole = Buffer.concat(this.#blocks);
			this.#blocks = [];
			this.#begin(stream, this.#headers.read(whole, 0, whole.length));
			return;
		}
		this.#begin(stream, this.#headers.read(bytes, start, stop));
		if (flags & FLAG.endStream) this.#complete(stream, this.#awaitedDevice);
	}

	#begin(stream: number, device: number): void {
		if (stream > this.#lastStream) return;
		this.#streams += 1;
		this.#inFlight += 1;
		if (this.#inFlight > this.#limit) this.deps.ledger.overLimit += 1;
		this.deps.ledger.began(this.#number, this.#inFlight);
		if (this.#awaited !== 0) this.#bodies.set(this.#awaited, this.#awaitedDevice);
		this.#awaited = stream;
		this.#awaitedDevice = device;
		if (!this.#plan.isLastStream(this.#streams)) return;
		this.#lastStream = stream;
		const payload = Buffer.alloc(8);
		payload.writeUInt32BE(stream, 0);
		this.#output.frame(frame(FRAME.goaway, 0, 0, payload));
	}

	#data(flags: number, stream: number, bytes: Buffer, from: number, end: number): void {
		let device = this.#awaitedDevice;
		if (stream !== this.#awaited) {
			const known = this.#bodies.get(stream);
			if (known === undefined) return;
			device = known;
		}
		if (device === NO_DEVICE && end > from) {
			const at = bytes.indexOf(TOKEN, from);
			if (at !== -1 && at < end) device = hexNumber(bytes, at + TOKEN.length);
		}
		if (flags & FLAG.endStream) {
			this.#bodies.delete(stream);
			this.#complete(stream, device);
		} else if (stream === this.#awaited) this.#awaitedDevice = device;
		else this.#bodies.set(stream, device);
	}

	#complete(stream: number, device: number): void {
		if (stream === this.#awaited) this.#awaited = 0;
		const verdict = this.#plan.judge(device, this.#now, this.#limitReached());
		const { ledger } = this.deps;
		if (verdict === 'ok' || verdict === 'reset') ledger.accept(device, this.#now);
		if (verdict === 'reset') ledger.untold(device);
		if (verdict === 'ok') this.#plan.owe(stream, device);
		this.#batch ??= {
			connection: this,
			dueAt: this.#now + this.deps.settings.delayMs,
			streams: [],
			verdicts: [],
		};
		this.#batch.streams.push(stream);
		this.#batch.verdicts.push(verdict);
		if (this.#plan.isCut(this.#streams)) this.socket.destroy();
	}

	/** Beyond what the client knows to be allowed (RFC 9113 5.1.2); at least one stream stays open while shrinking. */
	#limitReached(): boolean {
		return this.#inFlight > this.#limit && this.#plan.enforcesLimit;
	}

	#endBatch(): void {
		const batch = this.#batch;
		this.#batch = undefined;
		if (!batch || this.socket.destroyed) return;
		if (this.deps.settings.delayMs > 0) this.deps.delay(batch);
		else this.release(batch);
	}

	#answer(stream: number, verdict: Verdict): void {
		if (this.#plan.isCancelled(stream)) return;
		this.#plan.settle(stream);
		if (verdict === 'refuse') this.#reset(stream, CODE.refusedStream);
		else if (verdict === 'reset') this.#reset(stream, CODE.internal);
		else this.#output.answer(stream, verdict);
	}

	#answered(count: number): void {
		this.#inFlight -= count;
		this.deps.ledger.ended(count);
		if (this.#lastStream === Infinity || this.#inFlight > 0) return;
		this.#output.flush();
		this.socket.end();
		setTimeout(() => this.socket.destroy(), 1000).unref();
	}

	#reset(stream: number, code: number): void {
		const payload = Buffer.alloc(4);
		payload.writeUInt32BE(code, 0);
		this.#output.frame(frame(FRAME.resetStream, 0, stream, payload));
	}

	#cancelled(stream: number): void {
		if (stream === this.#awaited || this.#bodies.delete(stream)) {
			if (stream === this.#awaited) this.#awaited = 0;
			this.#inFlight -= 1;
			this.deps.ledger.ended(1);
			return;
		}
		// Its answer is due later, or was given already.
		this.#plan.cancel(stream);
	}

	#settings(flags: number): void {
		if (flags & FLAG.ack) this.#limit = this.#unacknowledged.shift() ?? this.#limit;
		else this.#output.frame(frame(FRAME.settings, FLAG.ack, 0));
	}

	#grantWindow(bytes: number): void {
		const payload = Buffer.alloc(4);
		payload.writeUInt32BE(bytes, 0);
		this.#output.frame(frame(FRAME.windowUpdate, 0, 0, payload));
	}

	#over(): void {
		this.#closed = true;
		this.#plan.abandon();
		this.deps.ledger.disconnected(this.#inFlight);
		this.#inFlight = 0;
	}
}
