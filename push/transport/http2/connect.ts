import { dial, peerOf, type DialDeps, type DialPlan } from '../dial';
import { clientCertificateRefused, explainFailure, isCut, unreachable, type Peer, type Unreachable } from '../failures';
import { ClosedWhileConnecting } from '../socket-events';
import type { Connect, Connection, ConnectionEvents } from './contract';
import { FrameConnection } from './frames/connection';

/** Connections to one origin. The time limit covers lookup, proxy, TLS and the peer's SETTINGS. */
export function connectOverHttp2(plan: () => DialPlan | Unreachable, deps: DialDeps): Connect {
	return (events, done) => {
		const giveUp = new AbortController();
		void establish(plan(), deps, events, giveUp.signal).then(done);
		return () => giveUp.abort();
	};
}

async function establish(
	plan: DialPlan | Unreachable,
	deps: DialDeps,
	events: ConnectionEvents,
	signal: AbortSignal,
): Promise<Connection | Unreachable> {
	if ('kind' in plan) return plan;
	const started = deps.clock.monotonic();
	const dialled = await dial(plan, deps, signal);
	if (dialled.kind === 'failed') return dialled.failure;
	const peer = peerOf(plan);
	if (dialled.socket.destroyed) return hungUp(new ClosedWhileConnecting(), peer);
	const release = deps.addresses.use(dialled.address);
	const watched: ConnectionEvents = {
		...events,
		goaway: (away) => {
			deps.addresses.avoid(dialled.address);
			events.goaway(away);
		},
		closed: (end) => {
			release();
			if (end.abrupt) deps.addresses.avoid(dialled.address);
			events.closed(end);
		},
	};
	const connection = new FrameConnection(dialled.socket, plan.origin, peer, dialled.address, watched, deps.clock);
	const left = Math.max(0, plan.timeoutMs - (deps.clock.monotonic() - started));
	const outcome = await settingsOf(connection, deps, left, signal);
	if (outcome === 'ready') return connection;
	release();
	deps.addresses.avoid(dialled.address);
	if (outcome === 'closed') return neverReady(connection, peer);
	connection.destroy('No SETTINGS came.');
	const words = `${peer.name} accepted the connection but sent no HTTP/2 SETTINGS within ${plan.timeoutMs} ms.`;
	return unreachable('timeout', 'SETTINGS_TIMEOUT', words);
}

async function settingsOf(
	connection: FrameConnection,
	deps: DialDeps,
	withinMs: number,
	signal: AbortSignal,
): Promise<'ready' | 'closed' | 'timeout'> {
	return await new Promise((resolve) => {
		const late = () => {
			takeBack();
			signal.removeEventListener('abort', late);
			resolve('timeout');
		};
		const takeBack = deps.clock.after(withinMs, late);
		signal.addEventListener('abort', late, { once: true });
		connection.whenReady((ready) => {
			takeBack();
			signal.removeEventListener('abort', late);
			resolve(ready ? 'ready' : 'closed');
		});
		if (signal.aborted) late();
	});
}

/** The failure of a connection that never became ready. */
function neverReady(connection: FrameConnection, peer: Peer): Unreachable {
	const { error, goaway } = connection.failure();
	return goaway ? unreachable('network', goaway.code, goaway.detail) : hungUp(error, peer);
}

/** RFC 8446 4.4.2.4: some servers just cut the connection when they do not accept the client's certificate. */
function hungUp(error: unknown, peer: Peer): Unreachable {
	return peer.withClientCertificate && isCut(error)
		? clientCertificateRefused(error, peer)
		: explainFailure(error, peer);
}
