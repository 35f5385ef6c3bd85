import { join } from 'node:path';
import { ROOT } from '../../../scripts/fullN8n';
import { PROGRAMS } from '../build';
import { Child } from '../children';
import type { EngineOrder } from './engine';
import { Gauge } from './gauge';
import { type CampaignSummary, PATIENCE_MS, type Place, type PlaceSettings } from './place';

/** n8n's engine in a process of its own, without the rest of n8n. */
export function enginePlace({ folder, apnsKey, profile }: PlaceSettings): Place {
	let started = 0;

	function spawn() {
		const probe = join(folder, `engine-${(started += 1)}.json`);
		const env = {
			...process.env,
			BENCH_PROBE: probe,
			N8N_USER_FOLDER: folder,
			N8N_ENCRYPTION_KEY: 'a key for measuring, and nothing else',
			N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		};
		const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
		const child = new Child('campaign-engine.js', ['--require', join(PROGRAMS, 'probe.js'), ...profiling], env);
		const ask = async <T>(order: EngineOrder) => await child.ask<T>(order, PATIENCE_MS);
		return { child, ask, probe };
	}

	return {
		async prepare() {
			const { child, ask } = spawn();
			await ask({ command: 'prepare', root: ROOT, apnsKey: apnsKey.data });
			await child.end();
		},

		async start() {
			const { child, ask, probe } = spawn();
			await ask({ command: 'load', root: ROOT });
			return {
				gauge: await Gauge.of(probe),
				campaign: async (file, key, ratePerSecond) =>
					await ask<CampaignSummary>({
						command: 'campaign',
						root: ROOT,
						file,
						key,
						...(ratePerSecond === undefined ? {} : { ratePerSecond }),
					}),
				stop: async () => await child.end(),
			};
		},
	};
}
