/** What goes wrong on purpose. */
export interface SinkFaults {
	/** GOAWAY after so many streams of a connection; later streams are ignored, earlier ones answered. */
	readonly goawayEvery?: number;
	/** SETTINGS goes to 1 stream and back to the full number, in turns of so many ms. */
	readonly flapMs?: number;
	/** Every n-th push is refused with REFUSED_STREAM: not processed. */
	readonly refuseEvery?: number;
	/** Every n-th push is processed, but its stream is reset with INTERNAL_ERROR instead of an answer. */
	readonly resetEvery?: number;
	/** Every n-th device is told 429, or 503, once, with `Retry-After: 1`. */
	readonly busyEvery?: number;
	readonly busyStatus?: 429 | 503;
	/** The connection is cut after so many streams: what arrived was processed, what is open gets no answer. */
	readonly cutEvery?: number;
}

export interface SinkSettings {
	/** Which answer is given. */
	readonly shape: 'apns' | 'fcm';
	/** SETTINGS_MAX_CONCURRENT_STREAMS */
	readonly maxStreams: number;
	/** From the end of a request to its answer, ms; 0 answers with the chunk it came in. */
	readonly delayMs: number;
	readonly faults?: SinkFaults;
	/** Pushes to devices with lower numbers are warm-up: they are left out of times and of `maxInFlight`. */
	readonly measuredFrom?: number;
}

export interface SinkReport {
	/** Pushes processed and answered with success, without warm-up (doubles counted twice). */
	readonly accepted: number;
	/** Per second, from the first to the last push that was not warm-up. */
	readonly ratePerSecond: number;
	/** Epoch ms of the first of them; NaN = none came. */
	readonly firstAt: number;
	/** The most requests open at the same time, over all connections, and on one connection. */
	readonly maxInFlight: number;
	readonly maxInFlightOfConnection: number;
	/** Connections opened since the last reset, and the most at the same time. */
	readonly connections: number;
	readonly maxConnections: number;
	readonly requestsByConnection: readonly number[];
	/** Streams beyond the limit the client had acknowledged. */
	readonly overLimit: number;
	/** Tries that came before their `Retry-After` was over. */
	readonly tooEarly: number;
	/** Requests without a number in them. */
	readonly anonymous: number;
	/** Sentences about clients that broke the protocol. */
	readonly complaints: readonly string[];
	/** By number of the device: how often it was accepted. */
	readonly acceptedByDevice: Uint8Array;
	/** By number of the device: 1 where an acceptance could not be told to the client. */
	readonly untoldByDevice: Uint8Array;
}

export interface SinkAddress {
	readonly origin: string;
	readonly tokenUrl: string;
}

export interface SinkIdentity {
	readonly key: string;
	readonly cert: string;
}
