/** Bytes of an answer that are kept. Provider answers are a few hundred; a gateway's error page may be anything. */
export const LONGEST_BODY = 65_536;

/** Collects an answer's body up to `LONGEST_BODY` bytes. */
export class BodyCollector {
	#chunks: Uint8Array[] = [];

	#size = 0;

	/** @returns false when the limit is reached: the rest need not be read. */
	add(chunk: Uint8Array): boolean {
		const room = LONGEST_BODY - this.#size;
		const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
		this.#chunks.push(kept);
		this.#size += kept.length;
		return chunk.length <= room;
	}

	/** As UTF-8; a character cut in two becomes U+FFFD. */
	text(): string {
		const [only] = this.#chunks;
		if (!only) return '';
		return this.#chunks.length === 1
			? Buffer.from(only.buffer, only.byteOffset, only.length).toString('utf8')
			: Buffer.concat(this.#chunks, this.#size).toString('utf8');
	}
}
