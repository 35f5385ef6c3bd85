import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { IBinaryData } from 'n8n-workflow';
import { ROOT } from '../../../scripts/fullN8n';
import { PROGRAMS } from '../build';
import { Child } from '../children';
import type { EngineOrder } from './engine';
import { Gauge } from './gauge';
import { type CampaignSummary, PATIENCE_MS, type Place, type PlaceSettings } from './place';

/**
 * n8n's engine in a process of its own, without the rest of n8n: the nodes of this package and nothing else. That the
 * file comes into n8n's storage, which costs n8n memory for a while, is done by another process.
 */
export function enginePlace({ folder, files, apnsKey, profile }: PlaceSettings): Place {
	let started = 0;
	/** By path. */
	const stored = new Map<string, IBinaryData>();

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
			for (const name of await readdir(files)) {
				const file = join(files, name);
				stored.set(file, await ask<IBinaryData>({ command: 'store', root: ROOT, file }));
			}
			await child.end();
		},

		async start() {
			const { child, ask, probe } = spawn();
			await ask({ command: 'load', root: ROOT });
			return {
				gauge: await Gauge.of(probe),
				async campaign(file, key, ratePerSecond) {
					const data = stored.get(file);
					if (!data) throw new Error(`${file} is not in n8n's storage`);
					const rate = ratePerSecond === undefined ? {} : { ratePerSecond };
					return await ask<CampaignSummary>({ command: 'campaign', root: ROOT, data, key, ...rate });
				},
				stop: async () => await child.end(),
			};
		},
	};
}
