import { createWriteStream, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ensureBuilt } from '../../../scripts/build';
import { apnsKeyData } from '../../../scripts/simulatorCredentials';
import { loadFixtures } from '../../simulators/pki/fixtures';
import { PROGRAMS } from '../build';
import { Child } from '../children';
import { ADDRESS } from '../clients/devices';
import type { SinkAddress, SinkReport } from '../sink/types';
import { enginePlace } from './enginePlace';
import { figuresOf, type Measured, TARGETS } from './figures';
import { n8nPlace } from './n8nPlace';
import { PACED, PATIENCE_MS, type Place, type PlaceSettings, type Running } from './place';

/**
 * `npm run bench:campaign`: a CSV file to a finished campaign, every result recorded, against the bench's sink. In n8n's
 * engine in-process and in the full n8n; `--place engine` or `--place n8n`: there alone. `--quick`: a tenth of the
 * rows. `--profile DIR`: CPU profiles of the engine's processes. The last line is JSON.
 */
const PLACES = { engine: enginePlace, n8n: n8nPlace } as const;

/** Whoever checks a credential asks for a device with only zeros. */
const FIRST = 1;

/** After its start a process settles, ms. */
const IDLE_MS = 5_000;

async function buildPrograms(): Promise<void> {
	await build({
		entryPoints: {
			'campaign-engine': join(__dirname, 'engine.ts'),
			probe: join(__dirname, 'probe.ts'),
			sink: join(__dirname, '..', 'sink', 'main.ts'),
		},
		outdir: PROGRAMS,
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'cjs',
		target: 'node24',
		define: { PACKAGE_VERSION: '"bench"' },
		logLevel: 'warning',
	});
}

async function writeCsv(file: string, rows: number): Promise<string> {
	const stream = createWriteStream(file);
	stream.write('device,name,order\n');
	for (let row = 0; row < rows; ) {
		let text = '';
		for (let n = 0; n < 5_000 && row < rows; n += 1, row += 1) {
			text += `${ADDRESS.apns(FIRST + row)},Customer ${row},${row * 7}\n`;
		}
		if (!stream.write(text)) await once(stream, 'drain');
	}
	stream.end();
	await once(stream, 'close');
	return file;
}

/** One campaign in a process that runs: what it did, and what it cost. */
async function measure(
	running: Running,
	sink: Child,
	{ what, file, rows, idleMb, ratePerSecond }: Task,
): Promise<Measured> {
	await sink.ask(
		{ command: 'configure', settings: { shape: 'apns', delayMs: 0, maxStreams: 1_000, measuredFrom: FIRST } },
		PATIENCE_MS,
	);
	const began = Date.now();
	const key = `${what} ${began}`;
	const { value, gauged } = await running.gauge.during(
		idleMb,
		async () => await running.campaign(file, key, ratePerSecond),
	);
	const seen = await sink.ask<SinkReport>({ command: 'report' }, PATIENCE_MS);
	const accepted = seen.acceptedByDevice.subarray(FIRST, FIRST + rows);
	const seconds = (Date.parse(value.finishedAt ?? '') - Date.parse(value.startedAt ?? '')) / 1_000;
	const measured: Measured = {
		rows,
		state: value.state ?? '',
		successful: value.successful ?? 0,
		seconds,
		perSecond: rows / seconds,
		firstPushMs: seen.firstAt - began,
		sinkPerSecond: seen.ratePerSecond,
		missed: accepted.filter((times) => times === 0).length + Math.max(0, rows - accepted.length),
		doubled: accepted.filter((times) => times > 1).length,
		...gauged,
	};
	console.log(
		`  ${what}: ${measured.state} in ${seconds.toFixed(1)} s, ${Math.round(measured.perSecond)}/s (sink ${measured.sinkPerSecond.toFixed(0)}/s), first push after ${Math.round(measured.firstPushMs)} ms, ` +
			`memory +${Math.round(gauged.rssGrowthMb)} MB over ${Math.round(idleMb)} MB, loop p99 ${gauged.loopP99Ms.toFixed(1)} ms (max ${gauged.loopMaxMs.toFixed(0)}), ` +
			`missed ${measured.missed}, doubled ${measured.doubled}`,
	);
	return measured;
}

interface Task {
	readonly what: string;
	readonly file: string;
	readonly rows: number;
	/** Memory of the process before its first campaign. */
	readonly idleMb: number;
	readonly ratePerSecond?: number;
}

/** A fresh process for each size, and in it the same campaign a second time: an n8n runs for weeks. */
async function measurePlace(place: Place, sink: Child, files: string, large: number, paced: number) {
	await place.prepare();
	const inFreshProcess = async <T>(work: (running: Running, idleMb: number) => Promise<T>): Promise<T> => {
		const running = await place.start();
		try {
			await sleep(IDLE_MS);
			return await work(running, await running.gauge.rssMb());
		} finally {
			await running.stop();
		}
	};
	const twice = async (rows: number) =>
		await inFreshProcess(async (running, idleMb) => {
			const task = { file: join(files, `${rows}.csv`), rows, idleMb };
			const first = await measure(running, sink, { ...task, what: `${rows} rows` });
			return { first, again: await measure(running, sink, { ...task, what: `${rows} rows, again` }) };
		});
	const small = await twice(large / 10);
	const full = await twice(large);
	const limited = await inFreshProcess(async (running, idleMb) => {
		const task = { file: join(files, `${paced}.csv`), rows: paced, idleMb, ratePerSecond: PACED };
		return await measure(running, sink, { ...task, what: `${paced} rows at ${PACED}/s` });
	});
	return figuresOf(small, full, limited);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			place: { type: 'string' },
			profile: { type: 'string' },
			rows: { type: 'string' },
		},
	});
	const names = (['engine', 'n8n'] as const).filter((name) => values.place === undefined || values.place === name);
	if (names.length === 0) throw new Error('--place is engine or n8n');
	await ensureBuilt((line) => console.log(line));
	mkdirSync(PROGRAMS, { recursive: true });
	await buildPrograms();
	const fixtures = await loadFixtures(join(PROGRAMS, 'fixtures'));
	const sink = new Child('sink.js');
	const { key, certificate } = fixtures.server;
	const { origin } = await sink.ask<SinkAddress>(
		{ command: 'start', identity: { key, cert: certificate } },
		PATIENCE_MS,
	);
	const folder = mkdtempSync(join(tmpdir(), 'push-campaign-'));
	const files = join(folder, 'files');
	mkdirSync(files);
	const large = Number(values.rows ?? (values.quick ? 100_000 : 1_000_000));
	const paced = values.quick ? 25_000 : 50_000;
	try {
		for (const rows of [large / 10, large, paced]) await writeCsv(join(files, `${rows}.csv`), rows);
		const connection = { endpoint: origin, ca: fixtures.authority.certificate };
		const data = apnsKeyData({ type: 'apnsKey', ...fixtures.apnsKeys.both, connection });
		const places: Partial<Record<keyof typeof PLACES, ReturnType<typeof figuresOf>>> = {};
		for (const name of names) {
			console.log(name === 'engine' ? "n8n's engine in-process" : 'the full n8n');
			const own = join(folder, name);
			mkdirSync(own);
			const settings: PlaceSettings = {
				folder: own,
				files,
				apnsKey: { id: 'benchApnsKey', name: 'Bench', type: 'apnsKeyApi', data },
				...(values.profile === undefined ? {} : { profile: values.profile }),
			};
			places[name] = await measurePlace(PLACES[name](settings), sink, files, large, paced);
		}
		console.log(JSON.stringify({ bench: 'campaign', rows: large, places, targets: TARGETS }));
	} finally {
		await sink.end();
		await rm(folder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
