import type { Clock } from '../../model';

/** Named wake-ups, each armed at most once at a time. They keep the process alive: requests wait for them. */
export class Alarms<Name extends string> {
	readonly #armed = new Map<Name, () => void>();

	constructor(private readonly clock: Clock) {}

	/** Does nothing while the alarm is armed already: the first moment holds. */
	arm(name: Name, ms: number, ring: () => void): void {
		if (this.#armed.has(name)) return;
		const stop = this.clock.after(ms, () => {
			this.#armed.delete(name);
			ring();
		});
		this.#armed.set(name, stop);
	}

	isArmed(name: Name): boolean {
		return this.#armed.has(name);
	}

	disarm(name: Name): void {
		this.#armed.get(name)?.();
		this.#armed.delete(name);
	}

	clear(): void {
		for (const stop of this.#armed.values()) stop();
		this.#armed.clear();
	}
}
