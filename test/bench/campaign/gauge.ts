import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const ANSWERS_WITHIN_MS = 10_000;
const KB_PER_MB = 1_024;

/** What `probe.ts` writes. */
interface Probed {
	readonly pid: number;
	readonly times: number;
	readonly p99Ms: number;
	readonly maxMs: number;
}

export interface Gauged {
	/** At the beginning, and the highest above it, MB of resident memory as the kernel counts it. */
	readonly rssIdleMb: number;
	readonly rssGrowthMb: number;
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
}

/** Memory and event loop of another process. */
export class Gauge {
	private constructor(
		private readonly file: string,
		private readonly pid: number,
	) {}

	/** @param file that the process's probe writes */
	static async of(file: string): Promise<Gauge> {
		return new Gauge(file, (await probed(file, 0)).pid);
	}

	async rssMb(): Promise<number> {
		const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
		return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / KB_PER_MB;
	}

	/** @param rssIdleMb what its memory is compared with */
	async during<T>(rssIdleMb: number, work: () => Promise<T>): Promise<{ readonly value: T; readonly gauged: Gauged }> {
		await this.#ask();
		let peak = rssIdleMb;
		let over = false;
		const polling = (async () => {
			while (!over) {
				peak = Math.max(peak, await this.rssMb());
				await sleep(POLL_MS);
			}
		})();
		try {
			const value = await work();
			const { p99Ms, maxMs } = await this.#ask();
			return {
				value,
				gauged: { rssIdleMb, rssGrowthMb: peak - rssIdleMb, loopP99Ms: p99Ms, loopMaxMs: maxMs },
			};
		} finally {
			over = true;
			await polling;
		}
	}

	async #ask(): Promise<Probed> {
		const { times } = await probed(this.file, 0);
		process.kill(this.pid, 'SIGUSR2');
		return await probed(this.file, times + 1);
	}
}

/** @throws {Error} when the process does not say it in time */
async function probed(file: string, times: number): Promise<Probed> {
	for (const until = performance.now() + ANSWERS_WITHIN_MS; performance.now() < until; await sleep(10)) {
		const text = await readFile(file, 'utf8').catch(() => '');
		if (!text.endsWith('}')) continue;
		const found: Probed = JSON.parse(text);
		if (found.times >= times) return found;
	}
	throw new Error('the measured process does not answer');
}
