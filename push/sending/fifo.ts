/** First in, first out, without `Array.shift`'s cost on long queues. */
export class Fifo<T> {
	#items: Array<T | undefined> = [];

	#head = 0;

	get size(): number {
		return this.#items.length - this.#head;
	}

	push(item: T): void {
		this.#items.push(item);
	}

	shift(): T | undefined {
		if (this.#head === this.#items.length) return undefined;
		const item = this.#items[this.#head];
		this.#items[this.#head] = undefined;
		this.#head += 1;
		if (this.#head === this.#items.length) this.#reset();
		else if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) this.#compact();
		return item;
	}

	#reset(): void {
		this.#items = [];
		this.#head = 0;
	}

	#compact(): void {
		this.#items = this.#items.slice(this.#head);
		this.#head = 0;
	}
}
