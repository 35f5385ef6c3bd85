const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Drains once when the process is asked to end. n8n tells its nodes nothing of its shutdown, waits for running
 * executions and then exits. Where nobody else listens for the signal, it takes its usual effect after the draining.
 * @returns listens no more
 */
export function onTermination(drain: () => Promise<void>): () => void {
	const listener = (signal: NodeJS.Signals) => {
		stop();
		const alone = process.listenerCount(signal) === 0;
		const end = () => {
			if (alone) process.kill(process.pid, signal);
		};
		drain().then(end, end);
	};
	const stop = () => {
		for (const signal of SIGNALS) process.off(signal, listener);
	};
	// First in line: those of others that listen once, as n8n's do, would be gone by the time of ours.
	for (const signal of SIGNALS) process.prependListener(signal, listener);
	return stop;
}
