import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileNotification } from '../../push/messages';
import { type DeliveryResult, type Outcome, type Recipient, systemClock, systemRandom } from '../../push/model';
import type { ProviderClient } from '../../push/providers/provider';
import { createDeliveryLog, createUpkeep, recordResults } from '../../push/results';
import { ActiveSends, createSender, createThrottleRegistry, Turns } from '../../push/sending';
import type { ResultStream, SendBatch } from '../../push/sending/types';
import { openStore, type Store } from '../../push/store';
import { SUBSTITUTED_MESSAGE } from './message';

/** What the delivery log may cost: µs of CPU per result, and the share of a paced rate that must remain. */
const TARGETS = { cpuMicros: 2, paced: 0.99 } as const;

const RESULTS = 400_000;
const RATE = 25_000;
const PACED_SECONDS = 8;

const HEAD = { applicationId: 'a'.repeat(32), origin: { workflowId: 'bench' } };

const OK: Outcome = { class: 'ok', message: '', tokenAction: 'keep', providerStatus: 200 };
const DEAD: Outcome = {
	class: 'token',
	message: 'The app was removed from the device.',
	tokenAction: 'remove',
	providerStatus: 410,
	providerReason: 'Unregistered',
	statusCode: 410,
};

/** Answers at once, so that nothing but the sender and the log is measured. One in ten addresses is dead. */
function instantClient(): ProviderClient {
	return {
		provider: 'apns',
		channelType: 'APNS',
		key: 'bench',
		pace: { rampUpMs: 0, inFlight: 1_000, attempts: 1, maxBackoffMs: 0 },
		capacity: 1_000_000,
		warnings: () => [],
		send(_content, { ref }, _attempt, done) {
			setImmediate(done, ref % 10 === 0 ? DEAD : OK);
			return { cancel() {} };
		},
		renewAuthorization: async () => false,
	};
}

function* batches(count: number): Generator<SendBatch> {
	const message = compileNotification(SUBSTITUTED_MESSAGE);
	for (let start = 0; start < count; start += 1_000) {
		const recipients = Array.from({ length: Math.min(1_000, count - start) }, (_, n): Recipient => {
			const ref = start + n;
			const address = ref.toString(16).padStart(64, '9');
			return { ref, address, channelType: 'APNS', substitutions: { name: ['Ann'], order: ['1'] } };
		});
		yield { message, recipients };
	}
}

interface Run {
	/** µs of CPU of all threads of this process, per result. */
	readonly cpuMicros: number;
	/** Results per second. */
	readonly rate: number;
}

async function run(store: Store | undefined, count: number, ratePerSecond?: number): Promise<Run> {
	const deps = { clock: systemClock, random: systemRandom };
	const client = instantClient();
	const sender = createSender(
		{ clientFor: async () => client },
		{
			...deps,
			throttles: createThrottleRegistry({ clock: systemClock }),
			sends: new ActiveSends(),
			turns: new Turns(systemClock),
		},
	);
	const start = (signal?: AbortSignal): ResultStream =>
		sender.send(batches(count), {
			...(ratePerSecond === undefined ? {} : { ratePerSecond }),
			...(signal ? { signal } : {}),
		});
	const upkeep = store && createUpkeep(store, systemClock, systemRandom);
	const stream = store ? recordResults(start, createDeliveryLog(store, systemClock), HEAD, undefined) : start();
	const cpu = process.cpuUsage();
	const began = performance.now();
	let results = 0;
	let sent = began;
	for await (const batch of stream) {
		results += batch.length;
		check(batch);
		sent = performance.now();
	}
	// Indexes and figures are made afterwards: they count too.
	await upkeep?.run();
	const { user, system } = process.cpuUsage(cpu);
	await upkeep?.stop();
	return { cpuMicros: (user + system) / results, rate: results / ((sent - began) / 1_000) };
}

function check(batch: readonly DeliveryResult[]): void {
	const warning = batch[0]?.warnings?.[0];
	if (warning) throw new Error(warning);
}

async function main(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'push-bench-log-'));
	const workerPath = join(__dirname, '..', '..', 'dist', 'push', 'sqlite-worker.js');
	const store = await openStore({ kind: 'sqlite', file: join(folder, 'push.sqlite'), workerPath });
	try {
		await run(undefined, 100_000);
		const costs: number[] = [];
		for (let round = 0; round < 3; round++) {
			const without = await run(undefined, RESULTS);
			const recorded = await run(store, RESULTS);
			costs.push(recorded.cpuMicros - without.cpuMicros);
			console.log(
				`without the log ${format(without)}; with it, its index and its figures ${format(recorded)}: ` +
					`${(recorded.cpuMicros - without.cpuMicros).toFixed(2)} µs per result`,
			);
		}
		const cost = costs.sort((one, other) => one - other)[1] ?? Infinity;
		const paced = await run(store, RATE * PACED_SECONDS, RATE);
		const share = paced.rate / RATE;
		console.log(`paced at ${RATE.toLocaleString('en')}/s: ${Math.round(paced.rate).toLocaleString('en')}/s`);
		const reached = cost <= TARGETS.cpuMicros && share >= TARGETS.paced && share <= 2 - TARGETS.paced;
		console.log(
			`CPU of the log per result ${cost.toFixed(2)} µs (at most ${TARGETS.cpuMicros}), share of the rate ` +
				`${(share * 100).toFixed(2)} % (99 to 101): ${reached ? 'reached' : 'NOT REACHED'}`,
		);
		if (!reached) process.exitCode = 1;
	} finally {
		await store.close();
		await rm(folder, { recursive: true, force: true });
	}
}

function format({ cpuMicros, rate }: Run): string {
	return `${cpuMicros.toFixed(2)} µs, ${Math.round(rate).toLocaleString('en')}/s`;
}

void main();
