import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SQLITE_WORKER } from '../../store/stores';

const ROOT = join(__dirname, '../../..');

/** Mulberry32: the same seed kills at the same moments. */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

export const seed = Number(process.env.FAULTS_SEED ?? 1);
export const random = randomFrom(seed);

export interface Child {
	readonly process: ChildProcess;
	readonly lines: string[];
	readonly ended: Promise<number | null>;
	errors: string;
}

const CHILD = join(__dirname, 'child.ts');

export function start(place: string, job: string, script = CHILD): Child {
	const child = spawn(process.execPath, [join(ROOT, 'scripts/run.js'), script, place, SQLITE_WORKER, job]);
	const lines: string[] = [];
	let rest = '';
	child.stdout.on('data', (data: Buffer) => {
		const parts = (rest + data.toString()).split('\n');
		rest = parts.pop() ?? '';
		lines.push(...parts);
	});
	const started: Child = { process: child, lines, errors: '', ended: once(child, 'close').then(() => child.exitCode) };
	child.stderr.on('data', (data: Buffer) => {
		started.errors += data.toString();
	});
	return started;
}

export async function runToEnd(place: string, job: string): Promise<Child> {
	const child = start(place, job);
	expect({ code: await child.ended, errors: child.errors }).toEqual({ code: 0, errors: '' });
	return child;
}

export const sleep = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a job and kills it -9 after it said that many lines, plus a little. */
export async function kill(place: string, job: string, afterLines: number, script = CHILD): Promise<Child> {
	const child = start(place, job, script);
	let over = false;
	void child.ended.then(() => {
		over = true;
	});
	while (child.lines.length < afterLines && !over) await sleep(1);
	await sleep(random() * 20);
	child.process.kill('SIGKILL');
	await child.ended;
	return child;
}

export const done = ({ lines }: Child) => lines.filter((line) => line.startsWith('done ')).map((line) => line.slice(5));

/** Two processes on one store for a minute, or FAULTS_SECONDS; neither may have failed at anything. */
export async function hammerTogether(place: string): Promise<Child[]> {
	const children = [start(place, 'hammer'), start(place, 'hammer')];
	await sleep(Number(process.env.FAULTS_SECONDS ?? 60) * 1_000);
	for (const child of children) child.process.stdin?.write('stop\n');
	const codes = await Promise.all(children.map(async (child) => await child.ended));
	expect({ codes, errors: children.map(({ errors }) => errors) }).toEqual({ codes: [0, 0], errors: ['', ''] });
	return children;
}
