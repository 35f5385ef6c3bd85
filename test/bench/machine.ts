import { execFile } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Machine {
	readonly processor: string;
	readonly cores: number;
	readonly memoryGb: number;
	readonly system: string;
	readonly node: string;
	/** Processes that wanted a core in the minute before: above 1 the figures are too low. */
	readonly loadBefore: number;
}

export function machine(): Machine {
	const processors = cpus();
	return {
		processor: processors[0]?.model.trim() || process.arch,
		cores: processors.length,
		memoryGb: Math.round(totalmem() / 2 ** 30),
		system: `${process.platform} ${release()}`,
		node: process.version,
		loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
	};
}

/** What h2load (nghttp2's load generator) gets out of the sink, requests per second; undefined where it is not installed. */
export async function h2loadAgainst(origin: string, bodyFile: string): Promise<number | undefined> {
	const token = '0'.repeat(64);
	try {
		const { stdout } = await run('h2load', [
			'-n',
			'400000',
			'-c',
			'1',
			'-m',
			'500',
			'-d',
			bodyFile,
			`${origin}/3/device/${token}`,
		]);
		const rate = /finished in [^,]+, ([\d.]+) req\/s/.exec(stdout)?.[1];
		return rate === undefined ? undefined : Number(rate);
	} catch {
		return undefined;
	}
}
