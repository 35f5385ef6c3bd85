import type { Socket } from 'node:net';
import { type AnswerKind, type AnswerTemplate, answerTemplate } from './answers';

const SLAB = 1 << 18;
const MAX_ANSWER = 512;

/** Answers of one connection on their way out: many to a write, one write per turn of the event loop. */
export class Output {
	#slab = Buffer.allocUnsafe(SLAB);

	#from = 0;

	#at = 0;

	#window = 65_535;

	#stalled: Array<{ stream: number; kind: AnswerKind }> = [];

	#scheduled = false;

	readonly #templates: Record<AnswerKind, AnswerTemplate>;

	#firstOk: AnswerTemplate | undefined;

	constructor(
		private readonly socket: Socket,
		shape: 'apns' | 'fcm',
	) {
		this.#firstOk = answerTemplate(shape, 'ok', true);
		this.#templates = {
			ok: answerTemplate(shape, 'ok', false),
			'429': answerTemplate(shape, '429', false),
			'503': answerTemplate(shape, '503', false),
		};
	}

	answer(stream: number, kind: AnswerKind): void {
		const template = kind === 'ok' ? (this.#firstOk ?? this.#templates.ok) : this.#templates[kind];
		if (template.bodyLength > this.#window || this.#stalled.length > 0) {
			this.#stalled.push({ stream, kind });
			return;
		}
		if (kind === 'ok') this.#firstOk = undefined;
		this.#window -= template.bodyLength;
		this.#reserve();
		const { bytes, second } = template;
		const slab = this.#slab;
		const at = this.#at;
		slab.set(bytes, at);
		slab.writeUInt32BE(stream, at + 5);
		if (second !== 0) slab.writeUInt32BE(stream, at + second);
		this.#at = at + bytes.length;
	}

	frame(bytes: Uint8Array): void {
		this.#reserve();
		this.#slab.set(bytes, this.#at);
		this.#at += bytes.length;
	}

	/** The client's connection window grew (RFC 9113 6.9). */
	windowUpdate(increment: number): void {
		this.#window += increment;
		const stalled = this.#stalled;
		if (stalled.length === 0) return;
		this.#stalled = [];
		for (const { stream, kind } of stalled) this.answer(stream, kind);
	}

	flush(): void {
		if (this.#at === this.#from) return;
		const bytes = this.#slab.subarray(this.#from, this.#at);
		this.#from = this.#at;
		if (!this.socket.destroyed) this.socket.write(bytes);
	}

	#reserve(): void {
		if (this.#at + MAX_ANSWER > SLAB) {
			this.flush();
			// What was written may still be on its way.
			this.#slab = Buffer.allocUnsafe(SLAB);
			this.#from = 0;
			this.#at = 0;
		}
		if (this.#scheduled) return;
		this.#scheduled = true;
		setImmediate(() => {
			this.#scheduled = false;
			this.flush();
		});
	}
}
