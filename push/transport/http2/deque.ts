/** First in, first out, O(1) both ways (amortised), and it gives memory back. */
export class Deque<T> {
	#items: Array<T | undefined> = [];

	#head = 0;

	get length(): number {
		return this.#items.length - this.#head;
	}

	push(item: T): void {
		this.#items.push(item);
	}

	shift(): T | undefined {
		const item = this.#items[this.#head];
		if (this.#head >= this.#items.length) return undefined;
		this.#items[this.#head] = undefined;
		this.#head += 1;
		if (this.#head === this.#items.length) this.#reset([]);
		else if (this.#head >= 1_024 && this.#head * 2 >= this.#items.length) this.#reset(this.#items.slice(this.#head));
		return item;
	}

	/** Drops what does not pass; keeps the order. */
	retain(keep: (item: T) => boolean): void {
		const kept: T[] = [];
		for (let item = this.shift(); item !== undefined; item = this.shift()) if (keep(item)) kept.push(item);
		this.#reset(kept);
	}

	#reset(items: Array<T | undefined>): void {
		this.#items = items;
		this.#head = 0;
	}
}
