import { Desk } from './desk';
import type { Http2Endpoint } from './http2-endpoint';
import type { Arrival, ConnectionCounts, Failure, Http2Simulator } from './types';

/** What the HTTP/2 simulators have in common: a desk behind an endpoint. */
export abstract class Http2SimulatorBase implements Http2Simulator {
	abstract get origin(): string;

	constructor(
		protected readonly desk: Desk,
		protected readonly endpoint: Http2Endpoint,
	) {}

	get arrivals(): readonly Arrival[] {
		return this.desk.arrivals;
	}

	get connections(): Readonly<ConnectionCounts> {
		return this.endpoint.sockets.counts;
	}

	get latencyMs(): number {
		return this.desk.latencyMs;
	}

	set latencyMs(ms: number) {
		this.desk.latencyMs = ms;
	}

	abstract goodAddress(n?: number): string;

	abstract addressFor(reason: string, n?: number): string;

	fail(failure: Failure): void {
		this.desk.fail(failure);
	}

	reset(): void {
		this.desk.reset();
		this.endpoint.sockets.reset();
	}

	cutConnections(): void {
		this.endpoint.sockets.cutAll();
	}

	setStreamLimit(limit: number): void {
		this.endpoint.limitNewConnections(limit);
		for (const connection of this.endpoint.connections) connection.limitStreams(limit);
	}

	goaway(code: number, debug?: string): void {
		for (const connection of this.endpoint.connections) connection.leave(code, debug);
	}

	freezeConnections(): void {
		this.endpoint.freeze();
	}

	async close(): Promise<void> {
		await this.endpoint.close();
	}
}
