import { systemClock, systemRandom } from '../../push/model';
import {
	createTransports,
	type Answer,
	type Http1Settings,
	type Http2Settings,
	type Transport,
	type TransportDeps,
	type TransportFactory,
	type TransportRequest,
} from '../../push/transport';

export const HTTP2: Http2Settings = {
	maxConnections: 1,
	maxStreams: 1_000,
	firstRequestAlone: false,
	idleCloseMs: 60_000,
	pingTimeoutMs: 1_000,
	connectTimeoutMs: 5_000,
};

export const HTTP1: Http1Settings = { maxConnections: 4, idleCloseMs: 5_000, connectTimeoutMs: 5_000 };

/** Transports with an empty environment and everything else real. */
export function transports(deps: Partial<TransportDeps> = {}): TransportFactory {
	return createTransports({ clock: systemClock, random: systemRandom, env: {}, ...deps });
}

export function post(id: string | number, more: Partial<TransportRequest> = {}): TransportRequest {
	return {
		method: 'POST',
		path: `/3/device/${id}`,
		headers: { 'content-type': 'application/json' },
		ownHeaders: { 'x-id': String(id) },
		body: `{"n":"${id}"}`,
		timeoutMs: 10_000,
		...more,
	};
}

/** One request as a promise. */
export async function send(transport: Transport, request: TransportRequest): Promise<Answer> {
	return await new Promise((resolve) => {
		transport.request(request, resolve);
	});
}

/** Hands everything in at once. */
export async function sendAll(transport: Transport, requests: readonly TransportRequest[]): Promise<Answer[]> {
	return await Promise.all(requests.map(async (request) => await send(transport, request)));
}

/** `response 200`: 3, `lost`: 1, ... */
export function tally(answers: readonly Answer[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const answer of answers) {
		const name = answer.kind === 'response' ? `response ${answer.status}` : answer.kind;
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}

export function numbers(count: number, from = 1): number[] {
	return Array.from({ length: count }, (_, index) => from + index);
}

/** Waits until the condition holds; fails the test when it does not within the time. */
export async function until(condition: () => boolean, withinMs = 5_000): Promise<void> {
	const deadline = performance.now() + withinMs;
	while (!condition()) {
		if (performance.now() > deadline) throw new Error('The awaited condition did not come about.');
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
