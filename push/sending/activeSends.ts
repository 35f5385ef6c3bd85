/** A send that can be brought to its end. */
interface Winding {
	windDown(): void;
}

/** The sends of a process that are under way, so that all can be brought to their end when the process is to end. */
export class ActiveSends {
	readonly #sends = new Set<Winding>();

	#closed = false;

	/** Of a send that begins. After {@link close} it ends at once. */
	add(send: Winding): void {
		this.#sends.add(send);
		if (this.#closed) send.windDown();
	}

	delete(send: Winding): void {
		this.#sends.delete(send);
	}

	/** Nothing more goes out; what is in flight is still waited for. Later sends are not concerned. */
	windDown(): void {
		for (const send of [...this.#sends]) send.windDown();
	}

	/** The same, for later sends, too. */
	close(): void {
		this.#closed = true;
		this.windDown();
	}
}
