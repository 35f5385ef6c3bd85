import { createWriteStream, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { loadFixtures } from '../../simulators/pki/fixtures';
import { PROGRAMS } from '../build';
import { Child } from '../children';
import { ADDRESS } from '../clients/devices';
import type { SinkAddress, SinkReport } from '../sink/types';
import type { CampaignReport, CampaignTask } from './client';

/**
 * `npm run bench:campaign`: a CSV file to a finished campaign, every result recorded, in a process of its own against
 * the bench's sink. The last line is JSON. `--quick`: a tenth of the rows. `--profile DIR`: a CPU profile.
 */
const TIMEOUT_MS = 900_000;
const WARM_UP = 20_000;

const ROOT = join(__dirname, '..', '..', '..');

/** What issue and design ask for. */
const TARGETS = {
	perSecond: 50_000,
	rssGrowthMb: 250,
	firstResultMs: 2_000,
	loopP99Ms: 20,
	memoryDifferencePercent: 20,
	rateErrorPercent: 1,
} as const;

async function buildCampaignPrograms(): Promise<void> {
	await build({
		entryPoints: {
			campaign: join(__dirname, 'client.ts'),
			sink: join(__dirname, '..', 'sink', 'main.ts'),
			'sqlite-worker': join(ROOT, 'push', 'store', 'sqlite', 'worker.ts'),
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

async function writeCsv(file: string, rows: number, from: number): Promise<void> {
	const stream = createWriteStream(file);
	stream.write('device,name,order\n');
	for (let row = 0; row < rows; ) {
		let text = '';
		for (let n = 0; n < 5_000 && row < rows; n += 1, row += 1) {
			text += `${ADDRESS.apns(from + row)},Customer ${row},${row * 7}\n`;
		}
		if (!stream.write(text)) await once(stream, 'drain');
	}
	stream.end();
	await once(stream, 'close');
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' }, rows: { type: 'string' } },
	});
	await buildCampaignPrograms();
	mkdirSync(PROGRAMS, { recursive: true });
	const fixtures = await loadFixtures(join(PROGRAMS, 'fixtures'));
	const sink = new Child('sink.js');
	const { key, certificate } = fixtures.server;
	const { origin } = await sink.ask<SinkAddress>(
		{ command: 'start', identity: { key, cert: certificate } },
		TIMEOUT_MS,
	);
	const folder = mkdtempSync(join(tmpdir(), 'push-campaign-'));

	const measure = async (rows: number, ratePerSecond?: number) => {
		const file = join(folder, 'recipients.csv');
		const warmUpFile = join(folder, 'warm-up.csv');
		await writeCsv(warmUpFile, WARM_UP, 0);
		await writeCsv(file, rows, WARM_UP);
		const settings = { shape: 'apns', delayMs: 0, maxStreams: 1_000, measuredFrom: WARM_UP };
		await sink.ask({ command: 'configure', settings }, TIMEOUT_MS);
		const profile = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [];
		const child = new Child('campaign.js', ['--expose-gc', ...profile]);
		const task: CampaignTask = {
			file,
			warmUpFile,
			store: join(folder, `store-${rows}-${ratePerSecond ?? 'free'}`, 'push.sqlite'),
			sqliteWorkerPath: join(PROGRAMS, 'sqlite-worker.js'),
			origin,
			ca: fixtures.authority.certificate,
			apnsKey: fixtures.apnsKeys.both,
			...(ratePerSecond === undefined ? {} : { ratePerSecond }),
		};
		const report = await child.ask<CampaignReport>(task, TIMEOUT_MS);
		await child.end();
		const seen = await sink.ask<SinkReport>({ command: 'report' }, TIMEOUT_MS);
		const accepted = seen.acceptedByDevice.subarray(WARM_UP, WARM_UP + rows);
		const missed = accepted.filter((times) => times === 0).length + Math.max(0, rows - accepted.length);
		const doubled = accepted.filter((times) => times > 1).length;
		console.log(
			`${rows} rows${ratePerSecond === undefined ? '' : ` at ${ratePerSecond}/s`}: ${report.state} in ${report.seconds.toFixed(1)} s, ` +
				`${Math.round(report.perSecond)}/s, first result after ${Math.round(report.firstResultMs)} ms, ` +
				`memory +${Math.round(report.rssGrowthMb)} MB over ${Math.round(report.rssIdleMb)} MB (${report.heldGrowthMb.toFixed(1)} MB still in use), loop p99 ${report.loopP99Ms.toFixed(1)} ms ` +
				`(max ${report.loopMaxMs.toFixed(0)}), CPU ${report.cpuMicrosPerRow.toFixed(1)} µs/row, missed ${missed}, doubled ${doubled}` +
				(ratePerSecond === undefined ? '' : `, paced ${report.paced.toFixed(1)}/s`),
		);
		return { ...report, missed, doubled, sinkPerSecond: seen.ratePerSecond };
	};

	try {
		const large = Number(values.rows ?? (values.quick ? 100_000 : 1_000_000));
		const small = await measure(large / 10);
		const full = await measure(large);
		const paced = await measure(values.quick ? 25_000 : 50_000, 5_000);
		const figures = {
			perSecond: Math.round(full.perSecond),
			rssGrowthMb: Math.round(full.rssGrowthMb),
			heldGrowthMb: Math.round(full.heldGrowthMb * 10) / 10,
			firstResultMs: Math.round(full.firstResultMs),
			loopP99Ms: Math.round(full.loopP99Ms * 10) / 10,
			memoryDifferencePercent: Math.round(Math.abs(full.rssGrowthMb / small.rssGrowthMb - 1) * 100),
			rateErrorPercent: Math.round(Math.abs(paced.paced / 5_000 - 1) * 10_000) / 100,
			missed: small.missed + full.missed + paced.missed,
			doubled: small.doubled + full.doubled + paced.doubled,
		};
		console.log(JSON.stringify({ bench: 'campaign', rows: large, figures, targets: TARGETS }));
	} finally {
		await sink.end();
		await rm(folder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
