import type { ApnsEnvironment } from '../../../push/model';
import { Desk, type Answer, type Peer } from '../desk';
import { Http2Connection } from '../http2-connection';
import { Http2Endpoint } from '../http2-endpoint';
import { Http2SimulatorBase } from '../http2-simulator';
import type { Fixtures } from '../pki/fixtures';
import type { ApnsSimulator } from '../types';
import { apnsAddressFor, apnsGoodAddress } from './addresses';
import { isApnsReason } from './reasons';
import { ApnsService } from './service';

const FULL_LIMIT = 1000;

export interface ApnsSimulatorOptions {
	readonly environment: ApnsEnvironment;
	readonly fixtures: Fixtures;
	readonly now: () => number;
	readonly startedAt: number;
	readonly kept?: number;
}

/** Apple: "Establishing a token-based connection": one stream until a valid token came, then many. */
class Behaviour {
	oneStreamAfterError = false;

	#alone = true;

	constructor(private readonly changed: () => void) {}

	get firstRequestAlone(): boolean {
		return this.#alone;
	}

	set firstRequestAlone(alone: boolean) {
		this.#alone = alone;
		this.changed();
	}
}

/** One of Apple's two push services. */
export class ApnsSimulatorServer extends Http2SimulatorBase implements ApnsSimulator {
	readonly behaviour: Behaviour;

	#limit = FULL_LIMIT;

	#port = 0;

	private constructor(
		private readonly environment: ApnsEnvironment,
		private readonly service: ApnsService,
		desk: Desk,
		endpoint: Http2Endpoint,
	) {
		super(desk, endpoint);
		this.behaviour = new Behaviour(() => this.#announce());
	}

	static async start(options: ApnsSimulatorOptions, port: number): Promise<ApnsSimulatorServer> {
		// The endpoint tells the simulator what it sees, and is there before it.
		const listener: { simulator?: ApnsSimulatorServer } = {};
		const { environment, fixtures, now, startedAt, kept } = options;
		const service = new ApnsService(environment, Object.values(fixtures.apnsKeys), now, (peer) =>
			listener.simulator?.trust(peer),
		);
		const desk = new Desk(service, startedAt, kept);
		const endpoint = new Http2Endpoint({
			identity: { key: fixtures.server.key, cert: fixtures.server.certificate },
			clientAuthority: fixtures.authority.certificate,
			streamLimit: 1,
			decide: (request) => desk.decide(request),
			opened: (connection) => listener.simulator?.greet(connection),
			answered: (connection, answer) => listener.simulator?.judged(connection, answer),
		});
		listener.simulator = new ApnsSimulatorServer(environment, service, desk, endpoint);
		listener.simulator.#port = await endpoint.listen(port);
		return listener.simulator;
	}

	get origin(): string {
		return `https://127.0.0.1:${this.#port}`;
	}

	get providerTokens(): number {
		return this.service.tokens.distinct;
	}

	goodAddress(n = 0): string {
		return apnsGoodAddress(this.environment, n);
	}

	addressFor(reason: string, n = 0): string {
		if (!isApnsReason(reason)) throw new Error(`APNs has no reason "${reason}"`);
		return apnsAddressFor(reason, n);
	}

	override setStreamLimit(limit: number): void {
		this.#limit = limit;
		this.#announce();
		for (const connection of this.endpoint.connections) connection.limitStreams(this.#entitled(connection));
	}

	override reset(): void {
		super.reset();
		this.service.tokens.reset();
		this.behaviour.oneStreamAfterError = false;
		this.behaviour.firstRequestAlone = true;
		this.setStreamLimit(FULL_LIMIT);
	}

	#entitled(connection: Http2Connection): number {
		const proven = connection.trusted || connection.certificate !== undefined || !this.behaviour.firstRequestAlone;
		return proven ? this.#limit : Math.min(1, this.#limit);
	}

	/** A certificate is proof enough: no first request alone. */
	private greet(connection: Http2Connection): void {
		if (connection.certificate) connection.limitStreams(this.#limit);
	}

	private trust(peer: Peer): void {
		if (peer instanceof Http2Connection && !peer.trusted) {
			peer.trusted = true;
			peer.limitStreams(this.#limit);
		}
	}

	private judged(connection: Http2Connection, answer: Answer): void {
		if (!this.behaviour.oneStreamAfterError) return;
		const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 410;
		if (refused) connection.limitStreams(1);
		else if (answer.status === 200) connection.limitStreams(this.#limit);
	}

	#announce(): void {
		this.endpoint.limitNewConnections(this.behaviour.firstRequestAlone ? Math.min(1, this.#limit) : this.#limit);
	}
}
