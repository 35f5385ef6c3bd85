import { createReadStream } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEngine, openFile } from '../../../push';
import type { Caller } from '../../../push/applications';
import { SUBSTITUTED_MESSAGE } from '../message';

/** What the measured process is told. */
export interface CampaignTask {
	readonly file: string;
	readonly store: string;
	readonly sqliteWorkerPath: string;
	readonly origin: string;
	readonly ca: string;
	readonly apnsKey: {
		readonly keyId: string;
		readonly teamId: string;
		readonly bundleId: string;
		readonly privateKey: string;
	};
	readonly ratePerSecond?: number;
	/** Rows of the warm-up, which are not measured. */
	readonly warmUpFile: string;
}

export interface CampaignReport {
	readonly rows: number;
	readonly successful: number;
	readonly seconds: number;
	readonly perSecond: number;
	/** From Start to the first result. */
	readonly firstResultMs: number;
	readonly cpuMicrosPerRow: number;
	readonly rssIdleMb: number;
	readonly rssGrowthMb: number;
	/** Of what is still in use afterwards: heap and buffers of the main thread, after a garbage collection. */
	readonly heldGrowthMb: number;
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
	/** Results per second from the first to the last, for paced campaigns. */
	readonly paced: number;
	readonly state: string;
}

const MB = 1 << 20;

const caller: Caller = { principal: { workflowName: 'bench:campaign' } };

function heldMb(): number {
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return (heapUsed + external) / MB;
}

async function measure(task: CampaignTask): Promise<CampaignReport> {
	const engine = createEngine({ env: {}, sqliteWorkerPath: task.sqliteWorkerPath });
	const registry = await engine.openRegistry({
		store: { kind: 'sqlite', file: task.store },
		keyMaterial: 'a key for measuring, and nothing else',
	});
	const { id } = await registry.applications.create(caller, { name: 'Bench' });
	await registry.channels.enable(
		caller,
		{ by: 'id', id },
		{
			channelTypes: ['APNS'],
			credentials: [{ type: 'apnsKey', ...task.apnsKey, connection: { endpoint: task.origin, ca: task.ca } }],
			verify: false,
		},
	);
	const start = async (file: string, key: string, onResult?: () => void, rate = task.ratePerSecond) =>
		await registry.campaigns.start(caller, {
			application: { by: 'id', id },
			key,
			plan: {
				message: { kind: 'notification', notification: SUBSTITUTED_MESSAGE },
				rendering: { onMissing: 'fail', shortenToFit: false },
				mapping: { address: 'device', channel: { type: 'APNS' } },
				retryHorizonMs: 3_600_000,
				...(rate === undefined ? {} : { ratePerSecond: rate }),
			},
			source: await openFile(createReadStream(file, { highWaterMark: 65_536 }), { name: 'recipients.csv' }),
			...(onResult ? { onResult } : {}),
		});
	await start(task.warmUpFile, 'warm-up', undefined, 1_000_000);
	const heldIdleMb = heldMb();
	const rssIdleMb = process.memoryUsage.rss() / MB;
	let peak = rssIdleMb;
	const memory = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss() / MB)), 100);
	const loop = monitorEventLoopDelay({ resolution: 1 });
	loop.enable();
	const cpu = process.cpuUsage();
	const began = performance.now();
	let first = 0;
	let last = 0;
	let results = 0;
	const { campaign } = await start(task.file, 'measured', () => {
		last = performance.now();
		results += 1;
		first ||= last;
	});
	const seconds = (performance.now() - began) / 1_000;
	const used = process.cpuUsage(cpu);
	loop.disable();
	clearInterval(memory);
	const heldGrowthMb = heldMb() - heldIdleMb;
	await engine.close(1_000);
	const rows = campaign?.rows ?? 0;
	return {
		rows,
		successful: campaign?.successful ?? 0,
		seconds,
		perSecond: rows / seconds,
		firstResultMs: first - began,
		cpuMicrosPerRow: (used.user + used.system) / rows,
		rssIdleMb,
		rssGrowthMb: peak - rssIdleMb,
		heldGrowthMb,
		loopP99Ms: loop.percentile(99) / 1e6,
		loopMaxMs: loop.max / 1e6,
		paced: (results - 1) / ((last - first) / 1_000),
		state: campaign?.state ?? '',
	};
}

process.on('message', (task: CampaignTask) => {
	void measure(task).then(
		(value) => process.send?.({ value }),
		(error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
	);
});
process.on('disconnect', () => process.exit());
