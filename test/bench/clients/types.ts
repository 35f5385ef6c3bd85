export const CLIENT_NAMES = ['engine', 'nodeHttp2', 'undici', 'nodeApn', 'firebaseAdmin'] as const;

export type ClientName = (typeof CLIENT_NAMES)[number];

/** What a client's process is to do. */
export interface Task {
	readonly client: ClientName;
	readonly shape: 'apns' | 'fcm';
	/** The engine alone: `{{name}}` and `{{order}}` are filled for each recipient. */
	readonly substituted: boolean;
	/** Pushes before the measurement, so that the code is compiled and the connections are open. */
	readonly warmUp: number;
	/** Pushes to measure, or how long new ones are begun. */
	readonly pushes?: number;
	readonly seconds?: number;
	/** The engine alone: messages per second. */
	readonly ratePerSecond?: number;
	/** The peers: connections, and requests in flight on each. */
	readonly connections: number;
	readonly inFlight: number;
	readonly origin: string;
	readonly tokenUrl: string;
	/** PEM */
	readonly ca: string;
	readonly apnsKey: {
		readonly keyId: string;
		readonly teamId: string;
		readonly bundleId: string;
		readonly privateKey: string;
	};
	readonly serviceAccountJson: string;
	/** What the engine makes of the static message, for the peers to send the same bytes. */
	readonly apnsPayload: string;
	readonly fcmMessage: string;
}

/** How a push ended, in one byte. */
export const ENDED = { never: 0, accepted: 1, refused: 2, unknown: 3, saidDouble: 4 } as const;

export interface ClientReport {
	readonly pushes: number;
	readonly seconds: number;
	/** Of the whole process with all its threads, while measuring. */
	readonly cpuMicros: number;
	readonly peakRssMb: number;
	/** Resident memory a second into the measurement, and at its end. */
	readonly rssEarlyMb: number;
	readonly rssLateMb: number;
	/** Of the event loop, 99th percentile. */
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
	/** By number of the device, {@link ENDED}; `saidDouble` is added to the others. */
	readonly ends: Uint8Array;
	/** Results beyond one per device. */
	readonly surplus: number;
	/** The first sentences of what went wrong. */
	readonly sentences: readonly string[];
}

/** Numbers of devices, as long as there is something to do. */
export interface Supply {
	/** -1 when it is over. */
	next(): number;
}

export interface Sender {
	/** Sends to every device of the supply and tells each end to `record`. */
	send(supply: Supply, record: (device: number, end: number, sentence?: string) => void): Promise<void>;
	close(): Promise<void>;
}
