import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the measured process before anything else (`--require`): how late its event loop is. n8n's own metric
 * looks every 10 ms only and counts those 10 ms in. SIGUSR2: says what was since the last time, and begins anew.
 */
const file = process.env.BENCH_PROBE;
const PROGRAM = /bin[/\\]n8n$|campaign-engine\.js$/;

if (file && isMainThread && PROGRAM.test(process.argv[1] ?? '')) {
	const loop = monitorEventLoopDelay({ resolution: 1 });
	loop.enable();
	let times = 0;
	const say = () =>
		writeFileSync(
			file,
			JSON.stringify({ pid: process.pid, times, p99Ms: loop.percentile(99) / 1e6, maxMs: loop.max / 1e6 }),
		);
	process.on('SIGUSR2', () => {
		times += 1;
		say();
		loop.reset();
	});
	say();
}
