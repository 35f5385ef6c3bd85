import { Socket } from 'node:net';
import { systemClock } from '../../../../push/model';
import type { ConnectionEnd } from '../../../../push/transport/http2/contract';
import { FrameConnection } from '../../../../push/transport/http2/frames/connection';
import { HpackDecoder } from '../../../../push/transport/http2/hpack/decoder';
import { HeaderBomb, HpackError } from '../../../../push/transport/http2/hpack/hpack-error';
import { parseOrigin } from '../../../../push/transport/origin';
import { post } from '../../client';
import { dice } from './dice';
import { fuzzedPackets, randomBlock } from './mutations';

/** `npm run test:nightly` asks for a million; a seed shows the same cases again. */
const CASES = Number(process.env.FUZZ_CASES ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 7_541);
const HOURS = 3_600_000;
const STREAMS = 3;

/** A socket that leads nowhere: the test says what comes in, and counts what goes out. */
class DeadEnd extends Socket {
	sent = 0;

	override write(chunk: Uint8Array | string): boolean {
		this.sent += chunk.length;
		return true;
	}

	override end(): this {
		return this.destroy();
	}

	override destroySoon(): void {
		this.destroy();
	}
}

const ORIGIN = parseOrigin('http://127.0.0.1:80');
const PEER = { name: 'api.example', withClientCertificate: false };
const quiet = { ...systemClock, after: () => () => undefined };

interface Outcome {
	/** How often each stream ended. */
	readonly ends: number[];
	readonly closed: ConnectionEnd[];
	readonly sent: number;
}

/** Plays one case on a connection of its own, to its end. */
async function play(packets: readonly Buffer[]): Promise<Outcome> {
	const socket = new DeadEnd();
	const closed: ConnectionEnd[] = [];
	const events = {
		limitChanged: () => undefined,
		goaway: () => undefined,
		closed: (end: ConnectionEnd) => closed.push(end),
	};
	const connection = new FrameConnection(socket, ORIGIN, PEER, '127.0.0.1', events, quiet);
	const ends = new Array<number>(STREAMS).fill(0);
	for (let n = 0; n < STREAMS; n += 1) {
		connection.open(post(n), { streamEnded: () => (ends[n] = (ends[n] ?? 0) + 1) });
	}
	await Promise.resolve();
	for (const packet of packets) if (!socket.destroyed) socket.emit('data', Buffer.from(packet));
	const over = new Promise((resolve) => socket.once('close', resolve));
	connection.destroy('The case is over.');
	await over;
	return { ends, closed, sent: socket.sent };
}

describe(`frames that are broken, cut and mixed up (FUZZ_SEED=${SEED})`, () => {
	it(
		`end every stream once and the connection once, and are never a fault of ours: ${CASES} cases`,
		async () => {
			const wrong: string[] = [];
			for (let n = 0; n < CASES && wrong.length === 0; n += 1) {
				const packets = fuzzedPackets(dice(SEED + n * 2_654_435_761));
				const { ends, closed, sent } = await play(packets);
				const once = ends.every((count) => count === 1) && closed.length === 1;
				const fault = closed.some(({ code }) => code === 'INTERNAL_ERROR');
				if (!once || fault || sent > 100_000) {
					const bytes = Buffer.concat(packets).toString('hex');
					wrong.push(`case ${n}: ends ${ends.join()}, closed ${closed.length}, fault ${fault}, sent ${sent}: ${bytes}`);
				}
			}
			expect(wrong).toEqual([]);
		},
		HOURS,
	);

	it('take no more memory the longer it goes on', async () => {
		const round = async (from: number) => {
			for (let n = from; n < from + 3_000; n += 1) await play(fuzzedPackets(dice(SEED + n)));
			return process.memoryUsage().arrayBuffers;
		};
		await round(0);
		const first = await round(3_000);
		const second = await round(6_000);
		// 3,000 connections that stayed would hold 200 MB of buffers.
		expect(second - first).toBeLessThan(150_000_000);
	}, 60_000);
});

describe('header blocks of random bytes', () => {
	it(
		'are decoded or refused as what they are',
		() => {
			const roll = dice(SEED);
			const allowed = { refused: 0, decoded: 0 };
			for (let n = 0; n < CASES; n += 1) {
				const block = randomBlock(roll);
				try {
					new HpackDecoder().decode(block, 0, block.length, { field: () => undefined });
					allowed.decoded += 1;
				} catch (error) {
					if (!(error instanceof HpackError) && !(error instanceof HeaderBomb)) throw error;
					allowed.refused += 1;
				}
			}
			expect(allowed.refused).toBeGreaterThan(0);
			expect(allowed.decoded).toBeGreaterThan(0);
		},
		HOURS,
	);
});
