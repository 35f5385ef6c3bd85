import fc from 'fast-check';
import type { Answer, Http2Settings, Transport } from '../../push/transport';
import { HTTP2, numbers, post, tally, transports } from '../transport/client';
import { createAuthority } from '../transport/servers/authority';
import {
	answer,
	CANCEL,
	ENHANCE_YOUR_CALM,
	Http2TestServer,
	INTERNAL_ERROR,
	REFUSED_STREAM,
	reset,
	type SeenSession,
} from '../transport/servers/http2-server';

/** One seed decides everything that is random here; give it again to see the same faults again. */
const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000_000);

beforeAll(() => console.log(`FAULTS_SEED=${seed}`));

/** mulberry32: small, seeded, good enough for choosing faults. */
function dice(start: number): () => number {
	let state = start >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

interface Storm {
	readonly answers: Answer[];
	/** Times `done` was called, by request. */
	readonly calls: number[];
}

/** Sends with a bounded number in flight, as the sender does. */
async function storm(transport: Transport, count: number, inFlight = 3_000, timeoutMs = 30_000): Promise<Storm> {
	const answers: Answer[] = [];
	const calls = new Array<number>(count).fill(0);
	let next = 0;
	let open = 0;
	await new Promise<void>((resolve) => {
		const fill = () => {
			while (open < inFlight && next < count) {
				const index = next;
				next += 1;
				open += 1;
				transport.request(post(index, { timeoutMs }), (got) => {
					calls[index] = (calls[index] ?? 0) + 1;
					answers[index] = got;
					open -= 1;
					if (next < count) fill();
					else if (open === 0) resolve();
				});
			}
		};
		fill();
	});
	return { answers, calls };
}

/** A success whose connection was cut after its status line comes with what there was of its body. */
function isAnswerTo(got: Extract<Answer, { kind: 'response' }>, index: number): boolean {
	return got.body === String(index) || (got.status === 200 && got.body === '');
}

/** What must hold whatever happens: one answer each, the right one, and no request processed twice. */
function expectHonest(server: Http2TestServer, { answers, calls }: Storm): void {
	expect(calls.every((times) => times === 1)).toBe(true);
	const wrong = answers.filter((got, index) => got.kind === 'response' && !isAnswerTo(got, index));
	expect(wrong).toEqual([]);
	expect(server.doubled).toEqual([]);
	const claimed = answers.flatMap((got, index) =>
		got.kind === 'response' || got.kind === 'lost' ? [] : [String(index)],
	);
	expect(claimed.filter((id) => server.processed.has(id))).toEqual([]);
}

const settings: Http2Settings = { ...HTTP2, maxConnections: 4, maxStreams: 900 };

describe('storms over HTTP/2', () => {
	const authority = createAuthority();
	let server: Http2TestServer;
	const factory = transports();

	const start = async (options: Parameters<typeof Http2TestServer.start>[0] = {}) => {
		server = await Http2TestServer.start({
			tls: authority.issue('localhost'),
			maxConcurrentStreams: 1_000,
			...options,
		});
		server.keepRequests = false;
	};
	const transport = (key: string, more: Partial<Http2Settings> = {}) =>
		factory.http2({ origin: server.origin, ca: authority.ca }, key, { ...settings, ...more });

	afterEach(async () => await server.stop());
	afterAll(async () => await factory.close(0));

	it('GOAWAY after every 500 streams: 20,000 requests, none lost, none doubled', async () => {
		await start();
		server.intercept = (stream) => (stream.id ?? 0) > 999;
		server.respond = (stream, seen, session) => {
			if (stream.id === 999) session.session.goaway(0, 999, Buffer.from('{"reason":"Shutdown"}'));
			setTimeout(() => answer(stream, 200, seen.id), 2);
		};
		const result = await storm(transport('goaway'), 20_000);
		expect(tally(result.answers)).toEqual({ 'response 200': 20_000 });
		expectHonest(server, result);
		expect(server.sessions.length).toBeGreaterThanOrEqual(40);
	}, 120_000);

	it('the stream limit flapping between 1 and 1,000: 10,000 requests, all answered once', async () => {
		await start();
		const random = dice(seed);
		const flap = setInterval(() => {
			const maxConcurrentStreams = random() < 0.4 ? 1 : Math.ceil(random() * 1_000);
			for (const { session } of server.live) session.settings({ maxConcurrentStreams });
		}, 20);
		server.respond = (stream, seen) => setTimeout(() => answer(stream, 200, seen.id), random() * 5);
		const result = await storm(transport('flap'), 10_000);
		clearInterval(flap);
		expectHonest(server, result);
		expect(tally(result.answers)).toEqual({ 'response 200': 10_000 });
	}, 120_000);

	it('a mixture of refusals, resets, cuts and GOAWAYs by lot: every request is answered once and truly', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.record({
					lot: fc.integer(),
					refuse: fc.double({ min: 0, max: 0.2, noNaN: true }),
					break: fc.double({ min: 0, max: 0.05, noNaN: true }),
					goaway: fc.double({ min: 0, max: 0.004, noNaN: true }),
					cut: fc.double({ min: 0, max: 0.001, noNaN: true }),
					streams: fc.integer({ min: 1, max: 300 }),
				}),
				async (faults) => {
					const random = dice(faults.lot);
					await start({ maxConcurrentStreams: faults.streams });
					const away = new Map<SeenSession, number>();
					server.intercept = (stream, _headers, session) => {
						if ((stream.id ?? 0) > (away.get(session) ?? Infinity)) return true;
						if (random() >= faults.refuse) return false;
						reset(stream, REFUSED_STREAM);
						return true;
					};
					server.respond = (stream, seen, session) => {
						const roll = random();
						if (roll < faults.cut) return server.cut();
						if (roll < faults.cut + faults.goaway) {
							const last = 2 * session.streams - 1;
							away.set(session, last);
							session.session.goaway(random() < 0.7 ? 0 : ENHANCE_YOUR_CALM, last);
						}
						if (random() < faults.break) {
							reset(stream, [CANCEL, INTERNAL_ERROR, ENHANCE_YOUR_CALM][Math.floor(random() * 3)] ?? CANCEL);
							return;
						}
						setTimeout(() => answer(stream, 200, seen.id), random() * 4);
					};
					const count = 600;
					const result = await storm(transport(`lot ${faults.lot}`), count, 400, 5_000);
					expectHonest(server, result);
					const kinds = tally(result.answers);
					expect(
						Object.keys(kinds).filter((kind) => !['response 200', 'lost', 'refused', 'unreachable'].includes(kind)),
					).toEqual([]);
					expect(kinds['response 200'] ?? 0).toBeGreaterThan(0);
					await server.stop();
				},
			),
			{ seed, numRuns: 15, endOnFailure: true, verbose: 1 },
		);
	}, 300_000);

	it('cancelling and timing out by lot while answers come: every request is answered once', async () => {
		await start({ maxConcurrentStreams: 50 });
		const random = dice(seed);
		server.respond = (stream, seen) => {
			if (random() < 0.02) return;
			setTimeout(() => answer(stream, 200, seen.id), random() * 10);
		};
		const pool = transport('cancel');
		const calls = new Map<number, number>();
		const answers: Answer[] = [];
		await Promise.all(
			numbers(5_000).map(
				async (n) =>
					await new Promise<void>((resolve) => {
						const handle = pool.request(post(n, { timeoutMs: 300 }), (got) => {
							calls.set(n, (calls.get(n) ?? 0) + 1);
							answers.push(got);
							resolve();
						});
						if (random() < 0.3) setTimeout(() => handle.cancel(), random() * 200);
					}),
			),
		);
		expect(answers).toHaveLength(5_000);
		expect([...calls.values()].every((times) => times === 1)).toBe(true);
		const kinds = tally(answers);
		expect(kinds['cancelled'] ?? 0).toBeGreaterThan(0);
		expect(kinds['timeout'] ?? 0).toBeGreaterThan(0);
		expect(kinds['response 200'] ?? 0).toBeGreaterThan(1_000);
	}, 120_000);
});
