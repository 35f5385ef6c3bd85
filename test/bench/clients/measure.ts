import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type ClientReport, ENDED, type Sender, type Supply, type Task } from './types';

const MB = 1 << 20;
const SENTENCES = 5;

/** How each device ended. */
class Ends {
	bytes = new Uint8Array(1 << 17);

	devices = 0;

	surplus = 0;

	readonly sentences: string[] = [];

	readonly record = (device: number, end: number, sentence?: string): void => {
		if (device >= this.devices) this.#grow(device);
		if (this.bytes[device] !== ENDED.never) this.surplus += 1;
		this.bytes[device] = end;
		if (end !== ENDED.accepted && sentence && this.sentences.length < SENTENCES && !this.sentences.includes(sentence)) {
			this.sentences.push(sentence);
		}
	};

	#grow(device: number): void {
		this.devices = device + 1;
		if (device < this.bytes.length) return;
		const larger = new Uint8Array(Math.max(device + 1, 2 * this.bytes.length));
		larger.set(this.bytes);
		this.bytes = larger;
	}
}

/** Devices from number `first`: so many, or for so long. */
class Devices implements Supply {
	#next: number;

	#checked = 0;

	#over = false;

	readonly #until: number;

	constructor(
		first: number,
		private readonly last: number,
		seconds: number,
	) {
		this.#next = first;
		this.#until = performance.now() + seconds * 1000;
	}

	get given(): number {
		return this.#next;
	}

	next(): number {
		if (this.#over) return -1;
		// Looking at the clock costs about as much as a device.
		this.#checked += 1;
		this.#over = this.#next >= this.last || (this.#checked % 64 === 0 && performance.now() >= this.#until);
		return this.#over ? -1 : this.#next++;
	}
}

/** Warms up, then measures. */
export async function measure(sender: Sender, task: Task): Promise<ClientReport> {
	const ends = new Ends();
	await sender.send(new Devices(0, task.warmUp, Infinity), ends.record);
	const loop = monitorEventLoopDelay({ resolution: 1 });
	const supply = new Devices(task.warmUp, task.warmUp + (task.pushes ?? Infinity), task.seconds ?? Infinity);
	let early = 0;
	const later = setTimeout(() => {
		early = process.memoryUsage.rss();
	}, 1000);
	const cpu = process.cpuUsage();
	const begin = performance.now();
	loop.enable();
	await sender.send(supply, ends.record);
	loop.disable();
	const seconds = (performance.now() - begin) / 1000;
	const { user, system } = process.cpuUsage(cpu);
	clearTimeout(later);
	const late = process.memoryUsage.rss();
	return {
		pushes: supply.given - task.warmUp,
		seconds,
		cpuMicros: user + system,
		peakRssMb: process.resourceUsage().maxRSS / 1024,
		rssEarlyMb: (early || late) / MB,
		rssLateMb: late / MB,
		loopP99Ms: loop.percentile(99) / 1e6,
		loopMaxMs: loop.max / 1e6,
		ends: ends.bytes.slice(0, supply.given),
		surplus: ends.surplus,
		sentences: ends.sentences,
	};
}
