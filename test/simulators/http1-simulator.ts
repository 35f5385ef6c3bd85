import type { Desk } from './desk';
import type { Http1Endpoint } from './http1-endpoint';
import type { Arrival, ConnectionCounts, Failure, PushSimulator } from './types';

/** What the HTTP/1.1 simulators have in common: a desk behind an endpoint. */
export abstract class Http1SimulatorBase implements PushSimulator {
	constructor(
		readonly origin: string,
		protected readonly desk: Desk,
		protected readonly endpoint: Http1Endpoint,
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

	async close(): Promise<void> {
		await this.endpoint.close();
	}
}
