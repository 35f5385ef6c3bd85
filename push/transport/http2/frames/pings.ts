/** RFC 9113 6.7: our own PINGs that have no answer yet. */
export class Pings {
	#sent = 0;

	readonly #waiting = new Map<string, (alive: boolean) => void>();

	/** @returns the payload to be sent */
	add(answered: (alive: boolean) => void): Buffer {
		const payload = Buffer.alloc(8);
		this.#sent += 1;
		payload.writeUInt32BE(this.#sent, 4);
		this.#waiting.set(payload.toString('latin1'), answered);
		return payload;
	}

	/** An answer to none of ours is ignored. */
	answered(payload: Buffer): void {
		const key = payload.toString('latin1');
		const answered = this.#waiting.get(key);
		this.#waiting.delete(key);
		answered?.(true);
	}

	end(): void {
		const waiting = [...this.#waiting.values()];
		this.#waiting.clear();
		for (const answered of waiting) answered(false);
	}
}
