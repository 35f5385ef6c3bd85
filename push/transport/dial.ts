import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { LookupAddress } from 'node:dns';
import type { Clock } from '../model';
import type { AddressBook } from './addresses';
import type { EgressRules, Resolution } from './egress';
import {
	clientCertificateRefused,
	codeOf,
	explainFailure,
	isCut,
	unreachable,
	type Peer,
	type Unreachable,
} from './failures';
import { hostAndPort, type Origin } from './origin';
import type { Proxy } from './proxy';
import { secureContextFor, type TlsIdentity } from './tls';
import { ClosedWhileConnecting, connectedBy } from './socket-events';
import { openTunnel } from './tunnel';

/** One connection to be made. */
export interface DialPlan {
	readonly origin: Origin;
	readonly identity: TlsIdentity;
	readonly protocol: 'h2' | 'http/1.1';
	readonly proxy?: Proxy;
	readonly timeoutMs: number;
}

export interface DialDeps {
	readonly clock: Clock;
	readonly egress: EgressRules;
	readonly addresses: AddressBook;
}

export type Dialled = Connected | { readonly kind: 'failed'; readonly failure: Unreachable };

export interface Connected {
	readonly kind: 'connected';
	readonly socket: Socket;
	/** Where it leads; the host name when a proxy chose. */
	readonly address: string;
}

/** Node's own 250 ms are too short for another continent. The last address is waited for until the whole timeout. */
const NEXT_ADDRESS_AFTER_MS = 1_000;

/**
 * Makes one connection: fresh lookup, egress rules on every resolved address, proxy tunnel, TLS with verified
 * certificate, ALPN. Never rejects. Aborting the signal destroys what was being made.
 */
export async function dial(plan: DialPlan, deps: DialDeps, signal: AbortSignal): Promise<Dialled> {
	const deadline = new AbortController();
	const takeBack = deps.clock.after(plan.timeoutMs, () => deadline.abort());
	const either = AbortSignal.any([signal, deadline.signal]);
	try {
		return await attempt(plan, deps, either);
	} catch (error) {
		if (deadline.signal.aborted) return failed(timedOut(plan));
		return failed(explainFailure(error, peerOf(plan)));
	} finally {
		takeBack();
	}
}

export function peerOf(plan: Pick<DialPlan, 'origin' | 'identity'>): Peer {
	const { host, port, secure } = plan.origin;
	return {
		name: port === (secure ? 443 : 80) ? host : hostAndPort(host, port),
		withClientCertificate: plan.identity.clientCertificate !== undefined,
	};
}

function timedOut(plan: DialPlan): Unreachable {
	const name = peerOf(plan).name;
	const words = `No connection to ${name} within ${plan.timeoutMs} ms. A firewall or proxy may be in the way.`;
	return unreachable('timeout', 'CONNECT_TIMEOUT', words);
}

function failed(failure: Unreachable): Dialled {
	return { kind: 'failed', failure };
}

async function attempt(plan: DialPlan, deps: DialDeps, signal: AbortSignal): Promise<Dialled> {
	const raw = plan.proxy ? await throughProxy(plan, plan.proxy, deps, signal) : await direct(plan, deps, signal);
	if (raw.kind === 'failed' || !plan.origin.secure) return raw;
	return await secure(plan, raw.socket, raw.address, signal);
}

async function direct(plan: DialPlan, deps: DialDeps, signal: AbortSignal): Promise<Dialled> {
	const found = await unlessAborted(deps.egress.resolve(plan.origin, 'target'), signal);
	if (found.kind !== 'addresses') return failed(resolutionFailure(found, peerOf(plan)));
	return await tcp(plan.origin, deps.addresses.order(found.addresses), signal);
}

async function throughProxy(plan: DialPlan, proxy: Proxy, deps: DialDeps, signal: AbortSignal): Promise<Dialled> {
	const refusal = await unlessAborted(deps.egress.checkUnresolved(plan.origin), signal);
	if (refusal !== undefined) return failed(unreachable('egress', 'EGRESS_REFUSED', refusal));
	const source = proxy.source === 'credential' ? 'credentialProxy' : 'environmentProxy';
	const found = await unlessAborted(deps.egress.resolve(proxy.origin, source), signal);
	const peer: Peer = {
		name: `The proxy ${hostAndPort(proxy.origin.host, proxy.origin.port)}`,
		withClientCertificate: false,
	};
	if (found.kind === 'refused') return failed(unreachable('egress', 'EGRESS_REFUSED', found.reason));
	try {
		if (found.kind === 'dns') throw found.error;
		const connected = await tcp(proxy.origin, found.addresses, signal);
		if (connected.kind === 'failed') return connected;
		const tunnel = await openTunnel(connected.socket, proxy, plan, signal);
		return tunnel.kind === 'failed' ? tunnel : { ...tunnel, address: plan.origin.host };
	} catch (error) {
		if (signal.aborted) throw error;
		const { code, detail } = explainFailure(error, peer);
		return failed(unreachable('proxy', code, detail));
	}
}

function resolutionFailure(found: Exclude<Resolution, { kind: 'addresses' }>, peer: Peer): Unreachable {
	if (found.kind === 'refused') return unreachable('egress', 'EGRESS_REFUSED', found.reason);
	const { code, detail } = explainFailure(found.error, peer);
	return unreachable('dns', code, detail);
}

/** Connects to exactly the checked addresses, in this order. */
async function tcp(origin: Origin, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<Dialled> {
	signal.throwIfAborted();
	const socket = connectTcp({
		host: origin.host,
		port: origin.port,
		autoSelectFamily: true,
		autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
		lookup: (_host, options, callback) => {
			const [first] = addresses;
			if (options.all || !first) callback(null, [...addresses]);
			else callback(null, first.address, first.family);
		},
	});
	await connectedBy(socket, 'connect', signal);
	socket.setNoDelay(true);
	socket.setKeepAlive(true, 60_000);
	return { kind: 'connected', socket, address: socket.remoteAddress ?? origin.host };
}

async function secure(plan: DialPlan, raw: Socket, address: string, signal: AbortSignal): Promise<Dialled> {
	const { origin, identity, protocol } = plan;
	let socket: TLSSocket;
	try {
		socket = connectTls({
			socket: raw,
			host: origin.host,
			secureContext: secureContextFor(identity),
			ALPNProtocols: [protocol],
			rejectUnauthorized: true,
			// SNI takes names only (RFC 6066 3).
			...(origin.family === 0 ? { servername: origin.host } : {}),
		});
	} catch (error) {
		raw.destroy();
		return failed(unreadableIdentity(error, identity));
	}
	try {
		await connectedBy(socket, 'secureConnect', signal);
	} catch (error) {
		if (signal.aborted || !isCut(error) || !identity.clientCertificate || raw.bytesRead === 0) throw error;
		// The server had begun to talk TLS and hung up when it saw our certificate: some do so without an alert.
		return failed(clientCertificateRefused(error, peerOf(plan)));
	}
	if (protocol === 'h2' && socket.alpnProtocol !== 'h2') {
		socket.destroy();
		const words = `${peerOf(plan).name} does not speak HTTP/2, or something on the way reads the TLS traffic and does not.`;
		return failed(unreachable('tls', 'NO_HTTP2', words));
	}
	return { kind: 'connected', socket, address };
}

function unreadableIdentity(error: unknown, identity: TlsIdentity): Unreachable {
	const code = codeOf(error);
	if (identity.clientCertificate && !isCaError(identity)) {
		return unreachable(
			'credential',
			code,
			'The client certificate or its key in the credential cannot be read, or they do not belong together.',
		);
	}
	return unreachable(
		'tls',
		code,
		'The CA certificate in the Advanced part of the credential cannot be read. It has to be PEM text.',
	);
}

function isCaError(identity: TlsIdentity): boolean {
	if (identity.ca === undefined) return false;
	try {
		secureContextFor({ ca: identity.ca });
		return false;
	} catch {
		return true;
	}
}

/** A lookup cannot be taken back; its result is dropped instead. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	signal.throwIfAborted();
	return await new Promise<T>((resolve, reject) => {
		const aborted = () => reject(new ClosedWhileConnecting());
		signal.addEventListener('abort', aborted, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
	});
}
