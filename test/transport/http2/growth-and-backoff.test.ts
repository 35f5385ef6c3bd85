import { systemRandom } from '../../../push/model';
import type { Answer, Http2Settings } from '../../../push/transport';
import { Http2Pool } from '../../../push/transport/http2/pool';
import { HTTP2, numbers, post, tally } from '../client';
import { ManualClock, settled } from '../manual-clock';
import { FakeNetwork, type FakeStream } from './fake-connections';

function setUp(settings: Partial<Http2Settings> = {}, measureLoop?: () => () => number) {
	const clock = new ManualClock();
	const network = new FakeNetwork();
	const random = { ...systemRandom, fraction: () => 1 };
	const deps = { clock, random, connect: network.connect, ...(measureLoop ? { measureLoop } : {}) };
	const pool = new Http2Pool({ ...HTTP2, maxConnections: 4, ...settings }, deps);
	const answers: Answer[] = [];
	const request = (count: number) => {
		for (const n of numbers(count)) pool.request(post(n, { timeoutMs: 3_600_000 }), (got) => answers.push(got));
	};
	return { clock, network, pool, answers, request };
}

function answerFirst(streams: FakeStream[], seen: Map<FakeStream, number>): void {
	const stream = streams.shift();
	if (!stream) return;
	seen.delete(stream);
	stream.end({ kind: 'response', status: 200, headers: {}, body: '' });
}

describe('the number of connections', () => {
	it('is 0 without requests, 1 for the first, and stays 1 while its streams suffice', async () => {
		const { network, request, clock } = setUp();
		await settled();
		expect(network.attempts).toHaveLength(0);
		request(100);
		await settled();
		expect(network.attempts).toHaveLength(1);
		network.latest().succeed(100);
		await clock.advance(10_000);
		expect(network.attempts).toHaveLength(1);
	});

	it('is 1 after a warm-up, which is done once and not while a failure is waited out', async () => {
		const { network, pool: transport, request, clock } = setUp();
		transport.warmUp();
		transport.warmUp();
		expect(network.attempts).toHaveLength(1);
		network.latest().fail();
		await settled();
		transport.warmUp();
		expect(network.attempts).toHaveLength(1);
		await clock.advance(1_000);
		transport.warmUp();
		network.latest().succeed(100);
		transport.warmUp();
		request(10);
		await settled();
		expect(network.attempts).toHaveLength(2);
		expect(network.connections[0]?.streams).toHaveLength(10);
	});

	it('grows by one at a time while every connection is full, up to the maximum', async () => {
		const { network, request, clock } = setUp();
		request(1_000);
		await settled();
		for (const count of [2, 3, 4]) {
			network.latest().succeed(100);
			await settled();
			expect(network.attempts).toHaveLength(count);
		}
		network.latest().succeed(100);
		await clock.advance(10_000);
		expect(network.attempts).toHaveLength(4);
		expect(network.connections.map(({ streams }) => streams.length)).toEqual([100, 100, 100, 100]);
	});

	it('does not grow while this process itself is what is slow, and grows once it is the answers', async () => {
		let busy = 1;
		const { network, request, clock } = setUp({}, () => () => busy);
		request(1_000);
		await settled();
		network.latest().succeed(100);
		await clock.advance(2_000);
		expect(network.attempts).toHaveLength(1);
		busy = 0.5;
		await clock.advance(50);
		expect(network.attempts).toHaveLength(2);
	});

	it('follows rate x answer time / streams: 4,000/s at 50 ms are 200 streams, at 100 each 2 connections or 3', async () => {
		const { network, request, clock, pool, answers } = setUp({ maxConnections: 20, maxStreams: 100 }, () => () => 0.2);
		const seen = new Map<FakeStream, number>();
		let begun = 0;
		for (let ms = 0; ms < 2_000; ms += 1) {
			// As the sender does: at the rate, and no more at once than the pool can hold.
			const count = Math.min(4 * (ms + 1) - begun, pool.capacity - (begun - answers.length), 20);
			request(count);
			begun += count;
			await clock.advance(1);
			if (network.attempts.length > network.connections.length) network.latest().succeed(100);
			for (const { streams } of network.connections) {
				for (const stream of streams) if (!seen.has(stream)) seen.set(stream, ms);
				while (streams[0] && (seen.get(streams[0]) ?? ms) <= ms - 50) answerFirst(streams, seen);
			}
		}
		expect(network.connections.length).toBeGreaterThanOrEqual(2);
		expect(network.connections.length).toBeLessThanOrEqual(3);
	}, 30_000);

	it('grows after 200 ms when the only connection may hold one request until it was accepted', async () => {
		const { network, request, clock } = setUp({ firstRequestAlone: true });
		request(50);
		await settled();
		network.latest().succeed(100);
		await clock.advance(199);
		expect(network.attempts).toHaveLength(1);
		await clock.advance(1);
		expect(network.attempts).toHaveLength(2);
	});

	it('does not grow when the queue is worked off within 200 ms', async () => {
		const { network, request, clock } = setUp({ firstRequestAlone: true });
		request(50);
		await settled();
		const connection = network.latest().succeed(100);
		await clock.advance(100);
		connection.answer(1);
		await clock.advance(10_000);
		expect(network.attempts).toHaveLength(1);
		expect(connection.streams).toHaveLength(49);
	});

	it('does not grow while the peer asks to slow down', async () => {
		const { network, request, clock } = setUp({ maxStreams: 10 });
		request(10);
		await settled();
		const connection = network.latest().succeed(100);
		await settled();
		connection.streams.shift()?.end({ kind: 'lost', code: 'ENHANCE_YOUR_CALM', detail: '', slowDown: true });
		await settled();
		request(20);
		await clock.advance(500);
		expect(network.attempts).toHaveLength(1);
		expect(connection.streams).toHaveLength(9);
	});

	it('shrinks: spare connections fall idle and close while the first carries on', async () => {
		const { network, request, clock } = setUp({ idleCloseMs: 1_000, maxStreams: 10 });
		request(20);
		await settled();
		const first = network.latest().succeed();
		await settled();
		const second = network.latest().succeed();
		await settled();
		first.answer(10);
		second.answer(10);
		for (let round = 0; round < 4; round += 1) {
			await clock.advance(400);
			request(1);
			await settled();
			first.answer(1);
		}
		await settled();
		expect([first.state, second.state]).toEqual(['open', 'closed']);
	});

	it('keeps the process alive only while requests are open', async () => {
		const { network, request } = setUp();
		request(2);
		await settled();
		const connection = network.latest().succeed();
		await settled();
		expect(connection.keepsProcess).toBe(true);
		connection.answer(1);
		await settled();
		expect(connection.keepsProcess).toBe(true);
		connection.answer(1);
		await settled();
		expect(connection.keepsProcess).toBe(false);
	});
});

describe('failed attempts to connect', () => {
	it('fail everything that waits when no connection is there', async () => {
		const { network, request, answers } = setUp();
		request(30);
		await settled();
		network.latest().fail();
		await settled();
		expect(tally(answers)).toEqual({ unreachable: 30 });
	});

	it('fail nothing while another connection works', async () => {
		const { network, request, answers } = setUp({ maxStreams: 10 });
		request(15);
		await settled();
		const connection = network.latest().succeed();
		await settled();
		network.latest().fail();
		await settled();
		expect(answers).toEqual([]);
		connection.answer(10);
		await settled();
		connection.answer(5);
		await settled();
		expect(tally(answers)).toEqual({ 'response 200': 15 });
	});

	it('are further and further apart: 0.2 s, 0.4 s, 0.8 s ... at most 10 s', async () => {
		const { network, request, clock } = setUp();
		const waits: number[] = [];
		request(1);
		await settled();
		for (let round = 0; round < 8; round += 1) {
			network.latest().fail();
			await settled();
			request(1);
			await settled();
			const before = network.attempts.length;
			let waited = 0;
			while (network.attempts.length === before) {
				await clock.advance(100);
				waited += 100;
			}
			waits.push(waited);
		}
		expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
	});

	it('are forgotten after an answer', async () => {
		const { network, request, clock, answers } = setUp();
		request(1);
		await settled();
		for (let round = 0; round < 5; round += 1) {
			network.latest().fail();
			request(1);
			await clock.advance(20_000);
		}
		const connection = network.latest().succeed();
		await settled();
		connection.answer(1);
		connection.destroy();
		await settled();
		request(1);
		await settled();
		expect(network.attempts).toHaveLength(7);
		expect(tally(answers)).toEqual({ unreachable: 5, 'response 200': 1 });
	});

	it('for an egress refusal do not make later requests wait', async () => {
		const { network, request, answers } = setUp();
		for (let round = 0; round < 3; round += 1) {
			request(1);
			await settled();
			network.latest().fail({ kind: 'unreachable', code: 'EGRESS_REFUSED', detail: 'no', cause: 'egress' });
			await settled();
		}
		expect(network.attempts).toHaveLength(3);
		expect(tally(answers)).toEqual({ unreachable: 3 });
	});
});

describe('a peer that allows no streams at all', () => {
	it('does not make requests wait for ever', async () => {
		const { network, request, clock, answers } = setUp({ maxConnections: 1 });
		request(3);
		await settled();
		for (let round = 0; round < 20; round += 1) {
			if (network.attempts.length > network.connections.length) network.latest().succeed(0);
			await clock.advance(5_000);
		}
		expect(tally(answers)).toEqual({ refused: 3 });
		expect(network.attempts.length).toBeLessThan(8);
	});

	it('is waited for when it allows them again in time', async () => {
		const { network, request, clock, answers } = setUp({ maxConnections: 1 });
		request(3);
		await settled();
		const connection = network.latest().succeed(0);
		await clock.advance(3_000);
		connection.setLimit(10);
		await settled();
		connection.answer(3);
		await settled();
		expect(tally(answers)).toEqual({ 'response 200': 3 });
	});
});
