import { NO_DEVICE } from './headerReader';
import type { SinkReport } from './types';

const FIRST_DEVICES = 1 << 17;
/** Retry-After that the sink gives, less what timers may be early by. */
const RETRY_AFTER_MS = 1000 - 5;

/** What the sink saw, by device and in all. */
export class Ledger {
	#accepted = new Uint8Array(FIRST_DEVICES);

	#untold = new Uint8Array(FIRST_DEVICES);

	#devices = 0;

	readonly #toldBusyAt = new Map<number, number>();

	readonly #known = new Set<number>();

	readonly #complaints: string[] = [];

	readonly #requestsByConnection: number[] = [];

	#counted = 0;

	#firstAt = NaN;

	#lastAt = NaN;

	#open = 0;

	#inFlight = 0;

	#maxInFlight = 0;

	#maxInFlightOfConnection = 0;

	#maxConnections = 0;

	overLimit = 0;

	#tooEarly = 0;

	#anonymous = 0;

	constructor(private readonly measuredFrom: number) {}

	/** @returns the connection's number */
	connected(): number {
		this.#open += 1;
		this.#maxConnections = Math.max(this.#maxConnections, this.#open);
		return this.#requestsByConnection.push(0) - 1;
	}

	disconnected(unanswered: number): void {
		this.#open -= 1;
		this.#inFlight -= unanswered;
	}

	began(connection: number, inFlightThere: number): void {
		this.#requestsByConnection[connection] = (this.#requestsByConnection[connection] ?? 0) + 1;
		this.#inFlight += 1;
		if (this.#counted === 0) return;
		if (this.#inFlight > this.#maxInFlight) this.#maxInFlight = this.#inFlight;
		if (inFlightThere > this.#maxInFlightOfConnection) this.#maxInFlightOfConnection = inFlightThere;
	}

	ended(count: number): void {
		this.#inFlight -= count;
	}

	/** The push was processed. @param at ms */
	accept(device: number, at: number): void {
		if (device === NO_DEVICE) {
			this.#anonymous += 1;
			return;
		}
		if (device >= this.#devices) this.#grow(device);
		this.#accepted[device] = Math.min((this.#accepted[device] ?? 0) + 1, 255);
		if (device < this.measuredFrom) return;
		this.#counted += 1;
		if (this.#counted === 1) this.#firstAt = at;
		this.#lastAt = at;
	}

	/** It was processed, but its sender will not know. */
	untold(device: number): void {
		if (device !== NO_DEVICE) this.#untold[device] = 1;
	}

	/** @returns whether the device was not asked about before */
	isFirst(device: number): boolean {
		return !this.#known.has(device) && this.#known.add(device).has(device);
	}

	/** @returns whether this is the first time, so that the device is to be told "busy" */
	busy(device: number, at: number): boolean {
		const told = this.#toldBusyAt.get(device);
		if (told === undefined) {
			this.#toldBusyAt.set(device, at);
			return true;
		}
		if (at - told < RETRY_AFTER_MS) this.#tooEarly += 1;
		return false;
	}

	complain(sentence: string): void {
		if (this.#complaints.length < 20) this.#complaints.push(sentence);
	}

	report(): SinkReport {
		const seconds = (this.#lastAt - this.#firstAt) / 1000;
		return {
			accepted: this.#counted,
			ratePerSecond: seconds > 0 ? (this.#counted - 1) / seconds : 0,
			firstAt: performance.timeOrigin + this.#firstAt,
			maxInFlight: this.#maxInFlight,
			maxInFlightOfConnection: this.#maxInFlightOfConnection,
			connections: this.#requestsByConnection.length,
			maxConnections: this.#maxConnections,
			requestsByConnection: this.#requestsByConnection,
			overLimit: this.overLimit,
			tooEarly: this.#tooEarly,
			anonymous: this.#anonymous,
			complaints: this.#complaints,
			acceptedByDevice: this.#accepted.slice(0, this.#devices),
			untoldByDevice: this.#untold.slice(0, this.#devices),
		};
	}

	#grow(device: number): void {
		this.#devices = device + 1;
		if (device < this.#accepted.length) return;
		const size = Math.max(device + 1, 2 * this.#accepted.length);
		this.#accepted = enlarged(this.#accepted, size);
		this.#untold = enlarged(this.#untold, size);
	}
}

function enlarged(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
	const larger = new Uint8Array(size);
	larger.set(bytes);
	return larger;
}
