import { createHash } from 'node:crypto';
import { AddressBook } from './addresses';
import { peerOf, type DialDeps, type DialPlan } from './dial';
import { EgressRules } from './egress';
import { unreachable, type Unreachable } from './failures';
import { Http1Transport } from './http1/transport';
import { connectOverHttp2 } from './http2/connect';
import { Http2Pool } from './http2/pool';
import { parseOrigin, type Origin } from './origin';
import { chooseProxy } from './proxy';
import { tlsFingerprint } from './tls';
import type {
	Http1Settings,
	Http2Settings,
	Transport,
	TransportDeps,
	TransportFactory,
	TransportTarget,
} from './types';

export * from './types';
export { assertAllowedOrigin } from './egress';

/**
 * Transports over pools that every caller of the factory shares: the same target and key give the same transport, and
 * two credentials never share a connection. The settings of the first call for a key hold.
 */
export function createTransports(deps: TransportDeps): TransportFactory {
	return new Transports(deps);
}

/** A forgotten pool goes on for those who hold it, and closes its connections when they are idle. */
const MOST_POOLS = 1_000;

class Transports implements TransportFactory {
	readonly #pools = new Map<string, Transport>();

	readonly #egress: EgressRules;

	constructor(private readonly deps: TransportDeps) {
		this.#egress = new EgressRules(deps);
	}

	/** @throws {PushError} `EgressRefused` when the origin is no origin. */
	http2(target: TransportTarget, key: string, settings: Http2Settings): Transport {
		const origin = parseOrigin(target.origin);
		return this.#shared(`h2 ${poolKey(target, origin, key)}`, () => {
			const plan = () => this.#plan(target, origin, 'h2', settings.connectTimeoutMs);
			const connect = connectOverHttp2(plan, this.#dialDeps());
			const { clock, random } = this.deps;
			return new Http2Pool(settings, { clock, random, connect, measureLoop });
		});
	}

	/** @throws {PushError} `EgressRefused` when the origin is no origin. */
	http1(target: TransportTarget, key: string, settings: Http1Settings): Transport {
		const origin = parseOrigin(target.origin);
		return this.#shared(`h1 ${poolKey(target, origin, key)}`, () => {
			const plan = () => this.#plan(target, origin, 'http/1.1', settings.connectTimeoutMs);
			return new Http1Transport(settings, {
				...this.#dialDeps(),
				plan,
				origin: origin.text,
				peer: peerOf({ origin, identity: target }),
			});
		});
	}

	async close(graceMs: number): Promise<void> {
		const open = [...this.#pools.values()];
		this.#pools.clear();
		await Promise.all(open.map(async (transport) => await transport.close(graceMs)));
	}

	#shared(key: string, make: () => Transport): Transport {
		const transport = this.#pools.get(key) ?? make();
		// Last used, last forgotten: credentials that are no longer in use must not pile up.
		this.#pools.delete(key);
		this.#pools.set(key, transport);
		const oldest = this.#pools.size > MOST_POOLS ? this.#pools.keys().next() : undefined;
		if (oldest && !oldest.done) this.#pools.delete(oldest.value);
		return transport;
	}

	#dialDeps(): DialDeps {
		const { clock, random } = this.deps;
		return { clock, egress: this.#egress, addresses: new AddressBook(clock, random) };
	}

	/** The proxy is chosen anew for each connection, as the environment may have changed. */
	#plan(
		target: TransportTarget,
		origin: Origin,
		protocol: DialPlan['protocol'],
		timeoutMs: number,
	): DialPlan | Unreachable {
		const choice = chooseProxy(origin, target.proxyUrl, this.deps.env);
		if (choice.kind === 'invalid') return unreachable('proxy', 'INVALID_PROXY', choice.reason);
		return {
			origin,
			identity: target,
			protocol,
			timeoutMs,
			...(choice.kind === 'proxy' ? { proxy: choice.proxy } : {}),
		};
	}
}

/** How busy the event loop of this thread is from now on, 0 to 1. */
function measureLoop(): () => number {
	const begin = performance.eventLoopUtilization();
	return () => performance.eventLoopUtilization(begin).utilization;
}

function poolKey(target: TransportTarget, origin: Origin, key: string): string {
	const proxy = createHash('sha256')
		.update(target.proxyUrl ?? '')
		.digest('base64url');
	return JSON.stringify([origin.text, key, proxy, tlsFingerprint(target)]);
}
