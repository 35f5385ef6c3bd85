import { type Clock, systemClock, systemRandom } from '../../push/model';
import type { ProviderDeps } from '../../push/providers/provider';
import { createTransports } from '../../push/transport';
import type { TransportFactory } from '../../push/transport/types';

const HURRY = 20;

/** Real time for sockets; for providers a clock on which pauses and token lives pass twenty times as fast. */
const quickClock: Clock = {
	now: () => systemClock.now(),
	monotonic: () => systemClock.monotonic() * HURRY,
	after: (ms, callback, background) => systemClock.after(ms / HURRY, callback, background),
};

export interface SimulatedEngine {
	readonly deps: ProviderDeps;
	readonly transports: TransportFactory;
	close(): Promise<void>;
}

/** What providers need, over real sockets; nothing of the environment (no proxy). */
export function simulatedEngine(clock: Clock = quickClock): SimulatedEngine {
	const transports = createTransports({ clock: systemClock, random: systemRandom, env: {} });
	return {
		transports,
		deps: { transports, clock, random: systemRandom },
		close: async () => await transports.close(1_000),
	};
}
